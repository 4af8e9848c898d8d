import assert from "node:assert/strict";
import { NakedTime } from "./naked_time.ts";

Deno.test("naked time counts from the look that finds a position naked to the one that does not", () => {
  const time = new NakedTime();
  time.take(1_000, [0, 1], new Set());
  time.take(2_000, [0, 1], new Set([1]));
  assert.deepEqual(time.naked, [{ book: 1, sinceMs: 2_000 }]);
  time.take(5_000, [0, 1], new Set([1]));
  assert.equal(time.longestMs, 3_000, "it is told while it lasts");
  time.take(5_500, [0, 1], new Set());
  assert.deepEqual(time.naked, []);
  assert.equal(time.longestMs, 3_500);
  time.take(6_000, [0], new Set([0]));
  time.take(7_000, [0], new Set());
  assert.equal(time.longestMs, 3_500, "the longest stays");
});

Deno.test("a look without an answer of a market neither ends nor begins anything there", () => {
  const time = new NakedTime();
  time.take(0, [0, 1], new Set([0]));
  time.take(1_000, [1], new Set());
  assert.deepEqual(time.naked, [{ book: 0, sinceMs: 0 }]);
});

Deno.test("a position that is gone is not naked, and what it was counts", () => {
  const time = new NakedTime(500);
  time.take(0, [0, 1], new Set([0, 1]));
  time.keep(new Set([1]), 4_000);
  assert.deepEqual(time.naked.map(({ book }) => book), [1]);
  assert.equal(time.longestMs, 4_000);
  assert.equal(new NakedTime(500).longestMs, 500, "it goes on from what was measured before");
});
