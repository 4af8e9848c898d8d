/// <reference lib="deno.unstable" />
import assert from "node:assert/strict";
import plugin from "./pure_modules.ts";

/** What the rule says about a file with this text. */
function findingsIn(text: string, path = "engine/series/planted.ts"): string[] {
  return Deno.lint.runPlugin(plugin, path, text).map(({ message }) =>
    message.replace(" in the pure module series", "")
  );
}

const banned: [name: string, text: string][] = [
  ["Date.now", "Date.now()"],
  ["Date", "const now = Date;"],
  ["Date", "Date()"],
  ["new Date()", "new Date()"],
  ["Math.random", "Math.random()"],
  ["Math.exp", "Math.exp(1)"],
  ["Math.pow", "[1].map((x) => Math.pow(x, 2))"],
  ["Math", "const { sin } = Math;"],
  ["Math", `Math["log"](2)`],
  ["**", "1.5 ** 0.5"],
  ["**=", "let x = 3; x **= 0.5"],
  ["fetch", `fetch("https://example.org")`],
  ["fetch", "const get = { fetch };"],
  ["Deno", `Deno.readTextFileSync("x")`],
  ["globalThis", "globalThis.fetch"],
  ["performance", "performance.now()"],
  ["setTimeout", "setTimeout(() => {}, 1)"],
  ["console", `console.log("x")`],
  ["crypto", "crypto.randomUUID()"],
  ["crypto", "await crypto.subtle.generateKey(a, b, c)"],
  ["process", "process.env"],
  ["getHours", "new Date(0).getHours()"],
  ["toLocaleString", "(1).toLocaleString()"],
  ["Intl", `new Intl.NumberFormat("en")`],
];

for (const [name, text] of banned) {
  Deno.test(`a pure module with \`${text}\` is found`, () => assert.equal(findingsIn(text)[0], name));
}

Deno.test("what gives the same on every machine is allowed", () => {
  const text = `
    Math.sqrt(2) + Math.abs(-1) + Math.PI + 2 ** -53; 10n ** 3n; 10n ** BigInt(3);
    new Date(0).getUTCHours(); Date.UTC(2020, 0); ({ fetch: 1, console: 2 }).fetch;
    await crypto.subtle.digest("SHA-256", new Uint8Array());
    interface Effects { fetch(): void; performance: number }
    export class Market { fetch() {} }`;
  assert.deepEqual(findingsIn(text), []);
});

Deno.test("tests, benches, other modules and listed exceptions may use what they need", () => {
  for (const path of ["engine/series/a_test.ts", "engine/series/a_bench.ts", "engine/lake/a.ts", "jobs/a.ts"]) {
    assert.deepEqual(findingsIn("Deno.args; Math.random()", path), []);
  }
  assert.deepEqual(findingsIn("Date.now()", "engine/time/system_clock.ts"), []);
  assert.equal(findingsIn("Math.random()", "engine/time/system_clock.ts").length, 1);
});
