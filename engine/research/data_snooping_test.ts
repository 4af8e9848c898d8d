import assert from "node:assert/strict";
import fc from "fast-check";
import { assertClose } from "../testing/assert_close.ts";
import { randomStrategies } from "../testing/random_strategies.ts";
import { SeededRandom } from "../time/mod.ts";
import { realityCheck, superiorPredictiveAbility } from "./mod.ts";
import { forEachBlock, forEachBootstrapMean } from "./stationary_bootstrap.ts";

/** Rows of a drawn history, one by one. */
function drawnRows(periods: number, meanBlockPeriods: number, random: SeededRandom): number[] {
  const rows: number[] = [];
  forEachBlock(periods, 1 / meanBlockPeriods, random, (from, to) => {
    for (let row = from; row < to; row++) rows.push(row);
  });
  return rows;
}

Deno.test("a drawn history is as long as the own one, in blocks that go on past the end, over 10,000 histories", () => {
  const drawn = fc.record({
    seed: fc.nat(),
    periods: fc.integer({ min: 1, max: 60 }),
    mean: fc.double({ min: 1, max: 80, noNaN: true }),
  });
  fc.assert(
    fc.property(drawn, ({ seed, periods, mean }) => {
      const rows = drawnRows(periods, mean, new SeededRandom(seed));
      assert.equal(rows.length, periods);
      assert.ok(rows.every((row) => row >= 0 && row < periods));
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("blocks are as long as was asked on average, and each period is drawn as often as any other", () => {
  const random = new SeededRandom(5), periods = 40, drawn = new Float64Array(periods);
  let steps = 0, restarts = 0;
  for (let i = 0; i < 20_000; i++) {
    const rows = drawnRows(periods, 5, random);
    for (const [k, row] of rows.entries()) {
      drawn[row]!++;
      if (k > 0) steps++;
      if (k > 0 && row !== (rows[k - 1]! + 1) % periods) restarts++;
    }
  }
  // A restart goes on where it was by chance in one of 40 cases.
  assertClose(restarts / steps, 1 / 5 * 39 / 40, "restarts", 0.01);
  for (const count of drawn) assertClose(count, 20_000, "times that a period was drawn", 0.03);
});

Deno.test("means from running sums are those of the rows themselves", () => {
  const returns = randomStrategies(new SeededRandom(1), 7, 50), random = new SeededRandom(9);
  forEachBootstrapMean(returns, { resamples: 200, meanBlockPeriods: 4, random: new SeededRandom(9) }, (means) => {
    const rows = drawnRows(50, 4, random);
    for (const [j, column] of returns.entries()) {
      const mean = rows.reduce((sum, row) => sum + column[row]!, 0) / 50;
      assert.ok(Math.abs(means[j]! - mean) < 1e-15);
    }
  });
});

Deno.test("the statistics are those of the papers on three strategies, by hand", () => {
  // Blocks of one period: no covariance counts, so the deviation is that of the returns.
  const returns = [[0.02, -0.01, 0.03, 0], [0.01, 0.01, 0.01, 0.01], [-0.02, -0.04, 0.01, 0.03]];
  const settings = () => ({ meanBlockPeriods: 1, resamples: 10, random: new SeededRandom(1) });
  const white = realityCheck(returns, settings()), hansen = superiorPredictiveAbility(returns, settings());
  assert.equal(white.best, 0);
  assertClose(white.statistic, 2 * 0.01, "√4 × the mean of 0.02, −0.01, 0.03 and 0");
  assert.equal(hansen.best, 0);
  // Squares of 0.01, −0.02, 0.02 and −0.01 have the mean 0.00025. The second never varies, and takes no part.
  assertClose(hansen.statistic, 2 * 0.01 / Math.sqrt(0.00025), "√4 × mean ÷ deviation");
});

Deno.test("the p-values are those of a program in numpy that draws row by row, within chance", () => {
  // 40 strategies of 300 days, of which one is good and many are poor; 20,000 histories of blocks of 8 in numpy 2.3.
  const returns = randomStrategies(new SeededRandom(11), 40, 300);
  for (const [j, column] of returns.entries()) {
    const drift = j === 3 ? 0.0025 : j > 20 ? -0.004 : 0;
    for (let i = 0; i < column.length; i++) column[i] = column[i]! + drift;
  }
  const settings = () => ({ resamples: 20_000, meanBlockPeriods: 8, random: new SeededRandom(2) });
  const white = realityCheck(returns, settings()), hansen = superiorPredictiveAbility(returns, settings());
  const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) < 0.012, `${actual}, ${expected}`);
  assertClose(hansen.statistic, NUMPY.statistic, "statistic");
  near(white.pValue, NUMPY.white);
  near(hansen.lower, NUMPY.lower);
  near(hansen.consistent, NUMPY.consistent);
  near(hansen.upper, NUMPY.upper);
});

const NUMPY = { statistic: 2.138135012472799, white: 0.5558, lower: 0.20195, consistent: 0.30425, upper: 0.4498 };

Deno.test("lower ≤ consistent ≤ upper, the same seed draws the same, and a benchmark is subtracted, over 300 matrices", () => {
  const matrix = fc.record({
    seed: fc.nat(),
    strategies: fc.integer({ min: 1, max: 12 }),
    days: fc.integer({ min: 3, max: 60 }),
  });
  fc.assert(
    fc.property(matrix, ({ seed, strategies, days }) => {
      const returns = randomStrategies(new SeededRandom(seed), strategies, days),
        [benchmark] = randomStrategies(
          new SeededRandom(seed + 1),
          1,
          days,
        );
      const settings = () => ({ resamples: 60, random: new SeededRandom(seed) });
      const { lower, consistent, upper, ...found } = superiorPredictiveAbility(returns, settings());
      assert.ok(lower <= consistent && consistent <= upper && upper <= 1);
      assert.deepEqual(superiorPredictiveAbility(returns, settings()), { ...found, lower, consistent, upper });
      const above = returns.map((column) => column.map((value, i) => value - benchmark![i]!));
      assert.deepEqual(
        realityCheck(returns, { ...settings(), benchmark: benchmark! }),
        realityCheck(above, settings()),
      );
    }),
    { numRuns: 300 },
  );
});

Deno.test("luck passes rarely, skill passes: p-values below 5 % of 60 markets each", () => {
  const share = (sharpeAnnual: number, test: (returns: Float64Array[], seed: number) => number) => {
    let passed = 0;
    for (let seed = 0; seed < 60; seed++) {
      if (test(randomStrategies(new SeededRandom(seed), 30, 365, sharpeAnnual), seed) < 0.05) passed++;
    }
    return passed / 60;
  };
  const settings = (seed: number) => ({ resamples: 200, meanBlockPeriods: 3, random: new SeededRandom(seed) });
  const white = (returns: Float64Array[], seed: number) => realityCheck(returns, settings(seed)).pValue;
  const hansen = (returns: Float64Array[], seed: number) =>
    superiorPredictiveAbility(returns, settings(seed)).consistent;
  for (const test of [white, hansen]) {
    assert.ok(share(0, test) <= 0.12);
    assert.ok(share(6, test) >= 0.95);
  }
});

Deno.test("what cannot be tested is refused in words", () => {
  const returns = randomStrategies(new SeededRandom(1), 2, 20), random = new SeededRandom(1);
  assert.throws(() => realityCheck([], { random }), /there are no strategies/);
  assert.throws(() => realityCheck([[0.1, 0.2]], { random }), /2 returns are too few/);
  assert.throws(() => realityCheck(returns, { random, resamples: 0 }), /0 histories cannot be drawn/);
  assert.throws(() => realityCheck(returns, { random, meanBlockPeriods: 0.5 }), /blocks cannot be 0.5 periods long/);
  assert.throws(
    () => realityCheck(returns, { random, benchmark: [0] }),
    /strategy 3 has 1 returns and the first one 20/,
  );
});
