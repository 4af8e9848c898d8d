import assert from "node:assert/strict";
import { editsOf } from "../mutation/drawn_mutants.ts";
import { mutantOf } from "../mutation/mutant.ts";
import { tryMutant, tryUnchanged } from "../mutation/mutant_trial.ts";
import { PLANTED_BUGS } from "../mutation/planted_bugs.ts";

const ROOT = new URL("../../", import.meta.url);
/** Those that the first few worlds find; `deno task mutate` looks for all. */
const FASTEST = [
  "daily-count-forgotten",
  "effects-before-commit",
  "float-cash",
  "late-fill-dropped",
  "limit-ignores-in-flight",
  "no-dedupe",
  "unclosed-candle-used",
  "recovered-sending-is-refused",
  "resend-on-timeout",
  "spike-used",
];
const PLAN = { tests: [], seeds: 20, days: 0.5 };

Deno.test("every planted bug has its place in the code, and a name of its own", async () => {
  for (const bug of PLANTED_BUGS) assert.notEqual((await mutantOf(bug, ROOT)).source, "");
  assert.equal(new Set(PLANTED_BUGS.map(({ name }) => name)).size, PLANTED_BUGS.length);
  assert.ok(PLANTED_BUGS.length >= 30);
});

Deno.test("the simulated world finds planted bugs, and none where there is none", async (t) => {
  const bugs = PLANTED_BUGS.filter(({ name }) => FASTEST.includes(name));
  assert.equal(bugs.length, FASTEST.length);
  assert.equal((await tryUnchanged(bugs[0]!.file, PLAN, ROOT)).foundBy, null);
  for (const bug of bugs) {
    await t.step(bug.name, async () => {
      const { foundBy } = await tryMutant(await mutantOf(bug, ROOT), PLAN, ROOT);
      assert.match(foundBy ?? "nothing", /worlds? of .* failed, seed/, bug.breaks);
    });
  }
});

Deno.test("tests of a module find a bug in it", async () => {
  const file = "engine/orders/order_state.ts", source = await Deno.readTextFile(new URL(file, ROOT));
  const mutant = {
    name: "state",
    file,
    source: source.replace("export function isTerminal", "export const gone = 1; function isTerminal"),
    change: "gone",
  };
  const { foundBy } = await tryMutant(mutant, { tests: ["engine/orders"], seeds: 0, days: 1 }, ROOT);
  assert.equal(foundBy, "tests of engine/orders");
});

Deno.test("small changes leave types, imports and what is said to people alone", () => {
  const source =
    'import { a } from "./a.ts";\nconst b: number = a < 1 ? 2n : 3n;\nif (!b) throw new Error(`no ${b + 1}`);\n';
  const texts = editsOf(source).map(({ start, end, text }) => `${source.slice(0, start)}${text}${source.slice(end)}`);
  assert.deepEqual(texts.map((own) => own.split("\n").slice(1, 3).join(" ")), [
    "const b: number = true ? 2n : 3n; if (!b) throw new Error(`no ${b + 1}`);",
    "const b: number = false ? 2n : 3n; if (!b) throw new Error(`no ${b + 1}`);",
    "const b: number = a <= 1 ? 2n : 3n; if (!b) throw new Error(`no ${b + 1}`);",
    "const b: number = a < 2 ? 2n : 3n; if (!b) throw new Error(`no ${b + 1}`);",
    "const b: number = a < 1 ? 3n : 3n; if (!b) throw new Error(`no ${b + 1}`);",
    "const b: number = a < 1 ? 2n : 4n; if (!b) throw new Error(`no ${b + 1}`);",
    "const b: number = a < 1 ? 2n : 3n; if (true) throw new Error(`no ${b + 1}`);",
    "const b: number = a < 1 ? 2n : 3n; if (false) throw new Error(`no ${b + 1}`);",
    "const b: number = a < 1 ? 2n : 3n; if (b) throw new Error(`no ${b + 1}`);",
  ]);
});

Deno.test("classes whose fields are parameters are changed like all else", () => {
  const source =
    "class A {\n  constructor(private readonly a: number, readonly b?: string) {}\n  get c() {\n    return this.a + 1;\n  }\n}\n";
  const texts = editsOf(source).map(({ start, end, text }) => `${source.slice(0, start)}${text}${source.slice(end)}`);
  assert.deepEqual(texts.map((own) => own.split("\n")[3]!.trim()), ["return this.a - 1;", "return this.a + 2;"]);
});
