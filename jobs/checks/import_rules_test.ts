import assert from "node:assert/strict";
import { imports } from "./architecture.ts";
import { importGraph } from "./import_graph.ts";
import { notebookGraph } from "./notebook_graph.ts";
import { importFindings } from "./import_rules.ts";

/** The findings in a tree of planted files. */
async function findingsIn(files: Record<string, string>): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    await Deno.mkdir(`${folder}/data`);
    const root = new URL(`file://${folder}/`), sources = Object.keys(files).filter((path) => path.endsWith(".ts"));
    return importFindings([...await importGraph(root, sources, "data"), ...await notebookGraph(root, "data")]).map((
      { path, line, message },
    ) => `${path}:${line} ${message}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the table holds the 29 modules, and each imports only modules above it", () => {
  const names = [...imports.keys()];
  assert.equal(names.length, 29);
  const below = [...imports].flatMap(([name, others]) =>
    others.filter((other) => names.indexOf(other) >= names.indexOf(name)).map((other) => `${name} → ${other}`)
  );
  assert.deepEqual(below, []);
  assert.deepEqual(imports.get("indicators"), ["errors", "identity", "money", "time", "market", "series"]);
});

Deno.test("a tree that keeps the rules has no finding", async () => {
  assert.deepEqual(
    await findingsIn({
      "engine/errors/mod.ts": `export * from "./coded.ts";`,
      "engine/errors/coded.ts": `export const coded = 1;`,
      "engine/money/price.ts": `import { coded } from "../errors/mod.ts"; export const price = coded;`,
      "engine/money/price_test.ts":
        `import "./price.ts"; import "../errors/coded.ts"; import "node:fs"; import "../testing/data.ts";`,
      "engine/testing/data.ts": `export const data = 1;`,
      "engine/mod.ts": `export * from "./errors/mod.ts";`,
      "jobs/main.ts": `import "../engine/errors/mod.ts"; await import("../engine/lake/mod.ts");`,
      "engine/lake/mod.ts": `export {};`,
      "src/runs.json.ts": `import "../engine/lake/mod.ts";`,
      "src/components/chart.ts": `import "./axis.ts";`,
      "src/components/axis.ts": `export {};`,
    }),
    [],
  );
});

Deno.test("an edge outside the table is found, also when only a type crosses it", async () => {
  assert.deepEqual(
    await findingsIn({
      "engine/money/mod.ts": `export {};\nimport type { T } from "../trader/mod.ts"; export type U = T;`,
      "engine/trader/mod.ts": `export type T = 1;`,
    }),
    ["engine/money/mod.ts:2 money may not import trader"],
  );
});

Deno.test("an import into the inside of another module, or of one's own mod.ts, is found", async () => {
  assert.deepEqual(
    await findingsIn({
      "engine/money/price.ts": `import "../errors/coded.ts"; import "./mod.ts";`,
      "engine/money/mod.ts": `export {};`,
      "engine/errors/coded.ts": `export {};`,
    }),
    [
      "engine/money/price.ts:1 engine/errors/coded.ts is inside errors",
      "engine/money/price.ts:1 money imports its own mod.ts",
    ],
  );
});

Deno.test("a cycle between files is found, also when one of its imports is a type", async () => {
  assert.deepEqual(
    await findingsIn({
      "engine/money/a.ts": `import "./b.ts"; export type A = 1;`,
      "engine/money/b.ts": `import "./c.ts";`,
      "engine/money/c.ts": `export const c = 1;\nexport type { A } from "./a.ts";`,
    }),
    ["engine/money/c.ts:2 import cycle: engine/money/a.ts → engine/money/b.ts → engine/money/c.ts → engine/money/a.ts"],
  );
});

Deno.test("a pure module that imports node: or a package of its own choice is found", async () => {
  assert.deepEqual(
    await findingsIn({ "engine/series/mod.ts": `import "node:fs"; import type {} from "npm:commander@14.0.3";` }),
    [
      "engine/series/mod.ts:1 the pure module series imports node:fs",
      "engine/series/mod.ts:1 the pure module series imports npm:commander@14.0.3",
    ],
  );
});

Deno.test("the engine imports neither its own top, nor jobs, nor test support", async () => {
  assert.deepEqual(
    await findingsIn({
      "engine/backtest/a.ts": `import "../mod.ts";\nimport "../../jobs/b.ts";\nimport "../testing/c.ts";`,
      "engine/mod.ts": `export {};`,
      "jobs/b.ts": `export {};`,
      "engine/testing/c.ts": `export {};`,
    }),
    [
      "engine/backtest/a.ts:1 backtest may not import engine/mod.ts",
      "engine/backtest/a.ts:2 backtest may not import jobs/b.ts",
      "engine/backtest/a.ts:3 engine/backtest/a.ts imports the test support engine/testing/c.ts",
    ],
  );
});

Deno.test("pages import src only, loaders no more than the pure modules and the lake", async () => {
  assert.deepEqual(
    await findingsIn({
      "src/components/chart.ts": `import "../../engine/metrics/mod.ts";`,
      "src/runs.json.ts": `import "../engine/exchanges/mod.ts"; import "../engine/metrics/mod.ts";`,
      "engine/metrics/mod.ts": `export {};`,
      "engine/exchanges/mod.ts": `export {};`,
    }),
    [
      "src/components/chart.ts:1 src/components/chart.ts may not import metrics",
      "src/runs.json.ts:1 src/runs.json.ts may not import exchanges",
    ],
  );
});

Deno.test("a process that loads what it must not is found, a lazy import is not", async () => {
  assert.deepEqual(
    await findingsIn({
      "jobs/main.ts": `import "./frame.ts"; await import("../engine/learning/mod.ts");`,
      "jobs/frame.ts": `export {};\nimport "../engine/lake/mod.ts";`,
      "engine/lake/mod.ts": `export {};`,
      "engine/learning/mod.ts": `export {};`,
    }),
    ["jobs/frame.ts:2 jobs/main.ts must not load lake: a command's file is loaded only when that command is called"],
  );
});

Deno.test("a notebook imports the engine's top and packages, nothing else", async () => {
  const code = (source: string) => ({ cell_type: "code", source: [source, "const same = 1;"] });
  const cells = [
    { cell_type: "markdown", source: "import nothing" },
    code(`import { a } from "../engine/mod.ts"; import { z } from "npm:zod@4.6.7";\n`),
    code(`\nconst { b } = await import("../engine/errors/mod.ts");\n`),
  ];
  assert.deepEqual(
    await findingsIn({
      "notebooks/01_first.ipynb": JSON.stringify({ cells }),
      "engine/mod.ts": `export {};`,
      "engine/errors/mod.ts": `export {};`,
    }),
    ["notebooks/01_first.ipynb:2 notebooks/01_first.ipynb imports engine/errors/mod.ts"],
  );
});
