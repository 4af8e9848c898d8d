import assert from "node:assert/strict";
import { executeNotebook } from "./execute_notebook.ts";
import type { NotebookFile } from "./notebook_file.ts";

const never = new AbortController().signal;

function notebook(...sources: string[]): NotebookFile {
  return { nbformat: 4, cells: sources.map((source) => ({ cell_type: "code", source, metadata: {} })) };
}

function execute(content: NotebookFile, signal = never, limitMs = 20_000): Promise<NotebookFile> {
  return executeNotebook("notebooks/of_the_test.ipynb", content, { limitMs, scratch: "data", signal });
}

/** Each output of the cells in a word or two. */
function outlines({ cells }: NotebookFile): string[][] {
  return cells.map(({ outputs }) =>
    (outputs as Record<string, unknown>[]).map(({ output_type, name, text, data }) =>
      `${name ?? output_type} ${[Object.values(data ?? { text })].flat(2).join("").replaceAll("\n", "|")}`
    )
  );
}

Deno.test("cells run in order in one kernel, and all that they show is kept in order, also what comes late", async () => {
  const many =
    `for (let i = 0; i < 20; i++) { console.log(i); await Deno.jupyter.display(Deno.jupyter.html\`<b>\${i}</b>\`); } 7`;
  const executed = await execute(
    notebook(
      "const shared: number = 41;",
      `console.log("a"); console.log("b"); console.error("c"); shared + 1`,
      many,
      "",
    ),
  );
  const twenty = Array.from({ length: 20 }, (_, i) => [`stdout ${i}|`, `display_data <b>${i}</b>`]).flat();
  assert.deepEqual(outlines(executed), [
    [],
    ["stdout a|b|", "stderr c|", "execute_result 42"],
    [...twenty, "execute_result 7"],
    [],
  ]);
  assert.deepEqual(executed.cells.map(({ execution_count }) => execution_count), [1, 2, 3, 4]);
});

Deno.test("imports and files count from the notebook's folder", async () => {
  const source = `const { bps } = await import("../engine/mod.ts"); [bps(10), Deno.cwd().endsWith("/notebooks")]`;
  assert.deepEqual(outlines(await execute(notebook(source))), [["execute_result [ 10, true ]"]]);
});

Deno.test("a cell that throws ends the notebook with its number, the error's name and message", async () => {
  await assert.rejects(execute(notebook("1", `throw new RangeError("no <candles>")`, `console.log("after")`)), {
    code: "notebook",
    message: "notebooks/of_the_test.ipynb: code cell 2 throws RangeError: no <candles>",
  });
  await assert.rejects(execute(notebook("const = 3")), /code cell 1 throws SyntaxError: the code cannot be read/);
});

Deno.test("a cell that takes too long or ends its kernel is a failure, not a wait", async () => {
  await assert.rejects(execute(notebook("1", "for (;;);"), never, 1_500), {
    message: "notebooks/of_the_test.ipynb: code cell 2 failed: it took longer than 1.5 s: give it more with --timeout",
  });
  await assert.rejects(execute(notebook("Deno.exit(3)")), /code cell 1 failed: its kernel ended with status 3/);
});

Deno.test("an interruption ends the kernel, even in an endless loop", async () => {
  const controller = new AbortController();
  const file = await Deno.makeTempFile({ dir: "data" });
  try {
    const started = `Deno.writeTextFileSync(${JSON.stringify(`../${file}`)}, String(Deno.pid));`;
    const running = execute(notebook(`${started} for (;;);`), controller.signal);
    const pid = Number(await eventually(() => Deno.readTextFile(file)));
    controller.abort(new Error("enough"));
    await assert.rejects(running, /enough/);
    assert.equal(await isAlive(pid), false, `process ${pid} still runs`);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a kernel ends by itself when the process that started it was killed", async () => {
  const folder = await Deno.makeTempDir({ dir: "data", prefix: "kernel_test_" });
  try {
    const program = `${folder}/program.ts`, file = `${Deno.cwd()}/data/${folder.split("/").at(-1)}/pid`;
    const cell = `Deno.writeTextFileSync(${
      JSON.stringify(file)
    }, String(Deno.pid)); await new Promise(() => setTimeout(() => {}, 60_000));`;
    await Deno.writeTextFile(
      program,
      `import { Kernel } from "../../jobs/notebooks/kernel.ts";
       const kernel = await Kernel.start({ folder: ".", scratch: "data", signal: new AbortController().signal });
       await kernel.execute(${JSON.stringify(cell)}, 1, 60_000);`,
    );
    const args = ["run", "--quiet", "--allow-all", program];
    const starter = new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "null" }).spawn();
    const pid = Number(await eventually(() => Deno.readTextFile(file).catch(() => "")));
    starter.kill("SIGKILL");
    await starter.status;
    await eventually(async () => !(await isAlive(pid)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What `look` gives as soon as that is something. */
async function eventually<T>(look: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("nothing came in ten seconds");
}

async function isAlive(pid: number): Promise<boolean> {
  const probe = new Deno.Command(Deno.execPath(), { args: ["eval", `Deno.kill(${pid}, "SIGCONT")`] });
  return (await probe.output()).success;
}
