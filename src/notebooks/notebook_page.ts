// A notebook as Markdown for Framework. Markdown cells are the author's words; sources and outputs are data: nothing in
// them runs, whatever an exchange or a cell put into a string.

/** A notebook file, as far as a page shows it. */
export interface Notebook {
  readonly cells: readonly NotebookCell[];
}

/** Text that may come as lines. */
type Text = string | readonly string[];

interface NotebookCell {
  readonly cell_type: string;
  readonly source: Text;
  readonly outputs?: readonly NotebookOutput[];
}

interface NotebookOutput {
  readonly output_type: string;
  readonly text?: Text;
  readonly data?: Readonly<Record<string, Text | undefined>>;
  readonly ename?: string;
  readonly evalue?: string;
}

/** The page of a notebook with the outputs that are stored in it. */
export function notebookPage({ cells }: Notebook): string {
  return cells.flatMap(({ cell_type, source, outputs = [] }) => {
    if (cell_type === "markdown") return [markdown(joined(source))];
    if (cell_type !== "code") return [];
    return [fenced(joined(source)), ...outputs.map(outputBlock)];
  }).filter((block) => block !== "").join("\n\n") + "\n";
}

/** Title of a notebook: its first heading. */
export function notebookTitle({ cells }: Notebook): string | undefined {
  return cells.filter(({ cell_type }) => cell_type === "markdown")
    .map(({ source }) => /^#\s+(.+)$/m.exec(joined(source))?.[1]?.trim()).find((title) => title !== undefined);
}

function joined(text: Text): string {
  return typeof text === "string" ? text : text.join("");
}

/** Framework runs fenced code and replaces `${…}`; a notebook only shows them. */
function markdown(text: string): string {
  return text
    .replaceAll("${", "\\${")
    .replace(/^([ \t]*(?:```+|~~~+))[ \t]*([a-z]+).*$/gim, "$1$2 run=false");
}

/** Source as code that is shown, in a fence longer than any in it. */
function fenced(source: string): string {
  const longest = Math.max(2, ...Array.from(source.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}ts run=false\n${source}\n${fence}`;
}

function outputBlock({ output_type, text, data = {}, ename, evalue }: NotebookOutput): string {
  if (output_type === "error") return preformatted(`${ename}: ${evalue}`, "loss");
  if (output_type === "stream") return preformatted(joined(text ?? ""));
  const markup = data["image/svg+xml"] ?? data["text/html"], image = data["image/png"];
  if (markup !== undefined && isInert(joined(markup))) return htmlBlock(joined(markup));
  if (image !== undefined) {
    const base64 = joined(image).replace(/[^A-Za-z0-9+/=]/g, "");
    return htmlBlock(`<img alt="Output of the cell above" src="data:image/png;base64,${base64}">`);
  }
  return preformatted(joined(data["text/markdown"] ?? data["text/plain"] ?? ""));
}

/** Text as text: without the codes of terminal colours, and with no character that HTML, Markdown or Framework reads. */
function preformatted(text: string, name = ""): string {
  if (text === "") return "";
  // deno-lint-ignore no-control-regex -- the escape that begins a colour code is one
  const plain = text.replace(/\x1b\[[0-9;]*m/g, "").trimEnd();
  const escaped = plain.replace(/[&<>$`{}\\\n]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<pre class="${`notebook-output ${name}`.trim()}">${escaped}</pre>`;
}

/** An HTML block of Markdown ends at an empty line; `${` would be an expression. */
function htmlBlock(markup: string): string {
  return `<div class="notebook-output">${markup.replace(/\n\s*\n/g, "\n").replaceAll("$", "&#36;")}</div>`;
}

const INERT_ELEMENTS = new Set(
  ("a b br caption circle clippath code col colgroup dd defs desc details div dl dt ellipse em figcaption figure g h1 h2 " +
    "h3 h4 hr i img li line lineargradient ol p path pattern polygon polyline pre rect small span stop strong style sub " +
    "summary sup svg symbol table tbody td text tfoot th thead title tr tspan ul use").split(" "),
);

/** Where links and images may lead: a page, a place in this one, a picture in itself. */
const INERT_ADDRESS = /^(https?:|#|data:image\/png;base64,)/i;

/** True for markup that cannot run anything: known elements, no handler, no address with code in it. */
function isInert(markup: string): boolean {
  const names = Array.from(markup.matchAll(/<\/?([^\s>/]+)/g), ([, name]) => name.toLowerCase());
  const addresses = Array.from(markup.matchAll(/(?:href|src|action|data)\s*=\s*["']?\s*([^"'\s>]*)/gi), ([, to]) => to);
  return names.every((name) => INERT_ELEMENTS.has(name) || name.startsWith("!--")) &&
    addresses.every((address) => INERT_ADDRESS.test(address)) && !/[\s"'/]on[a-z]+\s*=/i.test(markup);
}
