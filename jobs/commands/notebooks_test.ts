import assert from "node:assert/strict";

const decoder = new TextDecoder();

async function task(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "notebooks", ...args],
    env: { NO_COLOR: "1" },
  }).output();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs `check` with a notebook of these cells in a short-lived file. */
async function withNotebook(sources: readonly string[], check: (path: string) => Promise<void>): Promise<void> {
  await Deno.mkdir("data", { recursive: true });
  const folder = await Deno.makeTempDir({ dir: "data", prefix: "notebooks_test_" }), path = `${folder}/a.ipynb`;
  const cells = sources.map((source) => ({ cell_type: "code", source, metadata: {}, outputs: [] }));
  await Deno.writeTextFile(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  try {
    await check(path.slice(path.indexOf("data/")));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("notebooks stores outputs with --write only, and writing again changes no byte", async () => {
  await withNotebook(["console.log(1); console.log(2)", "Deno.jupyter.html`<b>x</b>`"], async (path) => {
    const before = await Deno.readTextFile(path);
    assert.equal((await task(path)).code, 0);
    assert.equal(await Deno.readTextFile(path), before);
    const { code, stdout } = await task(path, "--write", "--json");
    assert.equal(code, 0);
    const { notebooks: [{ seconds, ...executed }] } = JSON.parse(stdout);
    assert.deepEqual(executed, { path, cells: 2 });
    assert.ok(seconds > 0);
    const written = await Deno.readTextFile(path);
    assert.match(written, /"1\\n",\n\s+"2\\n"\n/);
    await task(path, "--write");
    assert.equal(await Deno.readTextFile(path), written);
  });
});

Deno.test("notebooks fails with one sentence when a cell throws, and leaves the file as it was", async () => {
  await withNotebook(["1", `throw new Error("no candles")`], async (path) => {
    const before = await Deno.readTextFile(path);
    const { code, stderr } = await task(path, "--write");
    assert.equal(code, 1);
    assert.deepEqual(stderr.split("\n").filter((line) => line.startsWith("error")), [
      `error: ${path}: code cell 2 throws Error: no candles`,
    ]);
    assert.equal(await Deno.readTextFile(path), before);
  });
});

Deno.test("notebooks goes on after a failed one and names what is not there", async () => {
  await withNotebook(["1"], async (path) => {
    const { code, stdout, stderr } = await task("data/none.ipynb", path, "--json");
    assert.equal(code, 1);
    assert.match(stderr, /error: data\/none\.ipynb is not there: check the path/);
    assert.deepEqual(JSON.parse(stdout).notebooks.map(({ error }: { error?: string }) => error === undefined), [
      false,
      true,
    ]);
  });
});

Deno.test("notebooks refuses a time limit that is none", async () => {
  const { code, stderr } = await task("--timeout", "soon");
  assert.equal(code, 2);
  assert.match(stderr, /"soon" is no number of seconds/);
});
