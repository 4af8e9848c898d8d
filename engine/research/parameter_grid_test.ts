import assert from "node:assert/strict";
import { buyAndHold, smaCross } from "../strategies/mod.ts";
import { gridPoints, range } from "./parameter_grid.ts";

Deno.test("a range has both ends and reads as it was written", () => {
  assert.deepEqual(range(5, 20, 5), [5, 10, 15, 20]);
  assert.deepEqual(range(0.1, 0.5, 0.1), [0.1, 0.2, 0.3, 0.4, 0.5]);
  assert.deepEqual(range(3, 1, -1), [3, 2, 1]);
  assert.deepEqual(range(2, 2), [2]);
  assert.deepEqual(range(1, 2, 0.4), [1, 1.4, 1.8]);
});

Deno.test("the points of a grid vary the last parameter fastest, beside what is fixed", () => {
  const points = gridPoints(smaCross, { fast: [5, 10], slow: [20, 30] });
  assert.deepEqual(points.map(({ params }) => params), [
    { fast: 5, slow: 20 },
    { fast: 5, slow: 30 },
    { fast: 10, slow: 20 },
    { fast: 10, slow: 30 },
  ]);
  const fixed = gridPoints(smaCross, { fast: [5, 10] }, { fixed: { slow: 99 } });
  assert.deepEqual(fixed.map(({ strategy }) => strategy.params), [{ fast: 5, slow: 99 }, { fast: 10, slow: 99 }]);
});

Deno.test("points that the strategy refuses are an error, or left out and keep the numbers of the others", () => {
  const axes = { fast: [10, 30], slow: [20, 40] };
  assert.throws(
    () => gridPoints(smaCross, axes),
    /point fast=30 slow=20 cannot be traded: fast \(30\) of sma-cross must be below slow \(20\).*leave such points out/,
  );
  assert.deepEqual(gridPoints(smaCross, axes, { skipRefused: true }).map(({ index }) => index), [0, 1, 3]);
  assert.throws(() => gridPoints(smaCross, { fast: [50], slow: [20] }, { skipRefused: true }), /refuses all 1 points/);
});

Deno.test("a grid that cannot be traded says what is wrong with it and what to do", () => {
  const refused: [() => unknown, RegExp][] = [
    [() => gridPoints(smaCross, {}), /the grid is empty: give at least one parameter/],
    [() => gridPoints(smaCross, { fast: [] }), /no value for fast/],
    [() => gridPoints(smaCross, { fasst: [1] }), /no parameter "fasst".*did you mean fast\?/],
    [() => gridPoints(buyAndHold, { fast: [1] }), /no parameter "fast"/],
    [() => gridPoints(smaCross, { fast: [5, 5] }), /has 5 twice for fast/],
    [() => gridPoints(smaCross, { fast: [5] }, { fixed: { fast: 6 } }), /fast has one value and values of the grid/],
    [
      () => gridPoints(smaCross, { fast: range(1, 40_000), slow: range(1, 40_000) }),
      /1,600,000,000 points is beyond the 1,000,000/,
    ],
    [() => gridPoints(smaCross, { fast: [1.5], slow: [20] }), /fast=1.5 slow=20 cannot be traded: parameter fast/],
    [() => range(1, 10, 0), /has no end/],
    [() => range(1, 10, -1), /has no end/],
    [() => range(1, NaN), /has no end/],
    [() => range(0, 1e9), /1,000,000,001 points is beyond/],
  ];
  for (const [make, message] of refused) assert.throws(make, message);
});
