import assert from "node:assert/strict";
import { notebookPage } from "./notebook_page.ts";

const cell = (outputs: object[]) => ({ cells: [{ cell_type: "code", source: "1", outputs }] }) as never;

Deno.test("notebookPage() shows sources as code, whatever backticks are in them", () => {
  const page = notebookPage({ cells: [{ cell_type: "code", source: ["const a = `x`;\n", "// ```js"], outputs: [] }] });
  assert.equal(page, "````ts run=false\nconst a = `x`;\n// ```js\n````\n");
});

Deno.test("notebookPage() keeps Framework from running what stands in a Markdown cell", () => {
  const page = notebookPage({
    cells: [{ cell_type: "markdown", source: "# Title\n\nIt is ${1 + 1}.\n\n```js\nalert(1)\n```" }],
  });
  assert.equal(page, "# Title\n\nIt is \\${1 + 1}.\n\n```js run=false\nalert(1)\n```\n");
});

Deno.test("notebookPage() writes text outputs without any character that could become markup", () => {
  const page = notebookPage(cell([{ output_type: "stream", text: "\x1b[31m<b>${1}\x1b[0m\n\n`x`" }]));
  assert.match(page, /<pre class="notebook-output">&#60;b&#62;&#36;&#123;1&#125;&#10;&#10;&#96;x&#96;<\/pre>/);
});

Deno.test("notebookPage() takes drawings and tables, in one block of HTML", () => {
  const page = notebookPage(
    cell([{ output_type: "display_data", data: { "text/html": "<table>\n\n<tr><td>$1</td></tr></table>" } }]),
  );
  assert.match(page, /<div class="notebook-output"><table>\n<tr><td>&#36;1<\/td><\/tr><\/table><\/div>/);
});

Deno.test("notebookPage() shows the text instead of markup that could run something", () => {
  for (
    const markup of [
      "<script>alert(1)</script>",
      "<img src=x onerror=alert(1)>",
      "<svg/onload=alert(1)>",
      '<a href="javascript:alert(1)">x</a>',
      "<iframe srcdoc='x'></iframe>",
      '<a href="java&#115;cript:alert(1)">x</a>',
    ]
  ) {
    const page = notebookPage(
      cell([{ output_type: "execute_result", data: { "text/html": markup, "text/plain": "as text" } }]),
    );
    assert.match(page, /<pre class="notebook-output">as text<\/pre>/, markup);
    assert.ok(!page.includes(markup), markup);
  }
});

Deno.test("notebookPage() shows an error with its message", () => {
  const page = notebookPage(cell([{ output_type: "error", ename: "InputError", evalue: "no <candles>" }]));
  assert.match(page, /<pre class="notebook-output loss">InputError: no &#60;candles&#62;<\/pre>/);
});

Deno.test("notebookPage() shows what the project's own notebooks have drawn, none of it as text", async () => {
  for await (const { name } of Deno.readDir("notebooks")) {
    const notebook = JSON.parse(await Deno.readTextFile(`notebooks/${name}`));
    const outputs = notebook.cells.flatMap(({ outputs = [] }) => outputs);
    const drawn = outputs.filter(({ data }: { data?: object }) => data !== undefined && "text/html" in data).length;
    assert.ok(drawn > 0, `${name} shows nothing: store its outputs with deno task notebooks --write`);
    assert.equal(notebookPage(notebook).match(/^<div class="notebook-output"><(table|p|svg)\b/gm)?.length, drawn, name);
  }
});
