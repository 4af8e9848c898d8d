import assert from "node:assert/strict";
import fc from "fast-check";
import { assertClose } from "../testing/assert_close.ts";
import { beginGroup, correlationOf, newReturnWindow, noteReturn, type ReturnWindow } from "./mod.ts";

/** A window of two instruments after these closes; null where an instrument has no candle in the group. */
function windowOf(length: number, groups: readonly (readonly (number | null)[])[]): ReturnWindow {
  const window = newReturnWindow(2, length), last = [NaN, NaN];
  for (const group of groups) {
    beginGroup(window);
    group.forEach((close, instrument) => {
      if (close === null) return;
      noteReturn(window, instrument, last[instrument]!, close);
      last[instrument] = close;
    });
  }
  return window;
}

Deno.test("the correlation of three returns is that of a calculation by hand", () => {
  // Returns 0.1, −0.1, 0.2 and 0.2, 0.1, −0.1: deviations 1, −5, 4 and 4, 1, −5 thirtieths … −21 ÷ √(42 × 42) = −0.5.
  const window = windowOf(3, [[100, 100], [110, 120], [99, 132], [118.8, 118.8]]);
  assertClose(correlationOf(window, 0, 1), -0.5, "by hand");
  assertClose(correlationOf(window, 1, 0), -0.5, "the other way round");
  assertClose(correlationOf(window, 0, 0), 1, "with itself");
});

Deno.test("a candle that is missing leaves out two returns, and fewer than half of the window is not known", () => {
  const closes = [[100, 100], [110, 120], [99, null], [118.8, 118.8], [130.68, 95.04], [117.612, 104.544]];
  const window = windowOf(4, closes);
  assert.deepEqual(Array.from(window.returns[1]!, Number.isNaN), [false, false, true, true]);
  assertClose(correlationOf(window, 0, 1), -1, "two returns are left");
  assert.equal(Number.isNaN(correlationOf(windowOf(5, closes), 0, 1)), false);
  assert.equal(correlationOf(windowOf(7, closes), 0, 1), NaN);
  assert.equal(correlationOf(windowOf(2, [[1, 1], [2, 1], [3, 1]]), 0, 1), NaN, "one stands still");
});

Deno.test("a window remembers no more than its length, and lies within −1 and 1, over 10,000 cases", () => {
  const close = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 50, max: 150 }) }, fc.constant(null));
  const groups = fc.array(fc.tuple(close, close), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(groups, fc.integer({ min: 2, max: 8 }), (own, length) => {
      const found = correlationOf(windowOf(length, own), 0, 1);
      // The close before the oldest return is needed, and whether there was one.
      const recent = correlationOf(windowOf(length, own.slice(-length - 1)), 0, 1);
      if (Number.isNaN(found)) assert.ok(Number.isNaN(recent));
      else {
        assertClose(recent, found, "from the last candles alone", 1e-9);
        assert.ok(Math.abs(found) <= 1 + 1e-9);
      }
    }),
    { numRuns: 10_000 },
  );
});
