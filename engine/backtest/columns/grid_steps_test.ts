import assert from "node:assert/strict";
import fc from "fast-check";
import { type Price, priceFromNumber, priceToNumber, type Quantity, quantityFromNumber } from "../../money/mod.ts";
import { GridSteps } from "./grid_steps.ts";

const grids = fc.constantFrom(
  1n,
  4n,
  10_000n,
  25_000_000n,
  10_000_000_000n,
  250_000_000_000n,
  500_000_000_000n,
  10n ** 12n,
);
const values = fc.oneof(
  fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
  fc.integer({ min: 1, max: 10 ** 9 }).map((n) => n / 1e4),
  fc.integer({ min: 1, max: 10 ** 12 }).map((n) => n / 1e8),
  fc.integer({ min: 1, max: 10 ** 6 }).map((n) => n / 100 * (1 + 2 ** -52)),
);

Deno.test("steps of a grid are those that money rounds to, for every rounding", () => {
  fc.assert(
    fc.property(grids, values, fc.constantFrom("up", "down", "nearest" as const), (step, value, rounding) => {
      const grid = new GridSteps(step), expected = priceFromNumber(value, step as Price, rounding as "up");
      const hi = grid.steps(value, rounding as "up"), low = grid.low;
      assert.equal((BigInt(hi) + BigInt(low)) * step, expected);
      if (low === 0) assert.equal(grid.toNumber(hi, low), priceToNumber(expected));
      if (rounding === "down") assert.equal(expected as bigint, quantityFromNumber(value, step as Quantity) as bigint);
    }),
    { numRuns: 40_000 },
  );
});

Deno.test("a grid that no whole number of steps makes one of is not counted in doubles", () => {
  assert.deepEqual([1n, 3n, 10_000n, 5n * 10n ** 12n].map(GridSteps.fits), [true, false, true, false]);
});
