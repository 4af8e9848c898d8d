import assert from "node:assert/strict";
import fc from "fast-check";
import { type Situation, whenToAct } from "./when_to_act.ts";

const TERMS = { flattenMs: 10_000, nakedMs: 30_000, silentMs: 7_000 };
const QUIET: Situation = {
  ...{ nowMs: 100_000, awaySinceMs: null, isLed: false, maySell: true, flattenSinceMs: null },
  ...{ held: [0, 1], naked: [], begun: [] },
};
const FLATTEN = { flattenSinceMs: 90_000 }, NAKED = { naked: [{ book: 1, sinceMs: 70_000 }] };

/** What is seen beside the quiet, and by what leave which books are closed; null: none. */
const TABLE:
  readonly (readonly [string, Partial<Situation>, readonly ["lease" | "alone", readonly number[]] | null])[] = [
    ["nothing is wrong", {}, null],
    ["flatten, for long enough", FLATTEN, ["lease", [0, 1]]],
    ["flatten, just now", { flattenSinceMs: 90_001 }, null],
    ["flatten, and somebody leads", { ...FLATTEN, isLed: true }, null],
    ["flatten, and nothing is held", { ...FLATTEN, held: [] }, null],
    ["flatten, and the account may not be traded", { ...FLATTEN, maySell: false }, null],
    ["flatten, and the database is away for long enough", { ...FLATTEN, awaySinceMs: 93_000 }, ["alone", [0, 1]]],
    ["flatten, and the database was just there", { ...FLATTEN, awaySinceMs: 93_001 }, null],
    ["flatten, the database away, led when it was last seen", { ...FLATTEN, awaySinceMs: 0, isLed: true }, ["alone", [
      0,
      1,
    ]]],
    ["naked, for long enough", NAKED, ["lease", [1]]],
    ["naked, for a moment", { naked: [{ book: 1, sinceMs: 70_001 }] }, null],
    ["naked, and somebody leads", { ...NAKED, isLed: true }, null],
    ["naked, and the database is away", { ...NAKED, awaySinceMs: 0 }, ["alone", [1]]],
    ["naked and flatten", { ...NAKED, ...FLATTEN }, ["lease", [0, 1]]],
    ["begun before, and nothing else is wrong", { begun: [0] }, ["lease", [0]]],
    ["begun before, and somebody leads", { begun: [0], isLed: true }, null],
  ];

Deno.test("when it acts, and by what leave", () => {
  for (const [what, seen, expected] of TABLE) {
    const action = whenToAct({ ...QUIET, ...seen }, TERMS);
    assert.deepEqual(action === null ? null : [action.way, action.books], expected, what);
  }
});

Deno.test("it never acts beside somebody who leads, before the lease and its last request are over, or against the mode", () => {
  const moment = fc.integer({ min: 0, max: 100_000 }), maybe = fc.option(moment), books = fc.subarray([0, 1, 2]);
  const naked = fc.array(fc.record({ book: fc.constantFrom(0, 1, 2), sinceMs: moment }), { maxLength: 3 });
  fc.assert(fc.property(
    fc.record({
      ...{ nowMs: fc.constant(100_000), awaySinceMs: maybe, isLed: fc.boolean(), maySell: fc.boolean() },
      ...{ flattenSinceMs: maybe, held: books, naked, begun: books },
    }),
    (seen) => {
      const action = whenToAct(seen, TERMS);
      if (action === null) return;
      assert.ok(seen.maySell && action.books.length > 0);
      if (action.way === "lease") assert.ok(seen.awaySinceMs === null && !seen.isLed);
      else assert.ok(seen.awaySinceMs !== null && seen.nowMs - seen.awaySinceMs >= TERMS.silentMs);
    },
  ));
});
