import assert from "node:assert/strict";
import fc from "fast-check";
import { assertClose } from "../testing/assert_close.ts";
import { randomStrategies } from "../testing/random_strategies.ts";
import { SeededRandom } from "../time/mod.ts";
import { backtestOverfitting, returnMoments } from "./mod.ts";

/** Splits of `blocks` blocks into halves, by brute force, in lexicographic order. */
function halvesOf(blocks: number): number[][] {
  const choose = (from: number, left: number): number[][] =>
    left === 0 ? [[]] : Array.from({ length: blocks - from }, (_, i) => from + i)
      .flatMap((block) => choose(block + 1, left - 1).map((rest) => [block, ...rest]));
  return choose(0, blocks / 2);
}

/** The method as the paper tells it: put the halves together and look at their returns. */
function plainly(returns: readonly Float64Array[], blocks: number) {
  const rows = Math.floor(returns[0]!.length / blocks), dropped = returns[0]!.length % blocks;
  const part = (column: Float64Array, block: number) =>
    Array.from(column.slice(dropped + block * rows, dropped + (block + 1) * rows));
  return halvesOf(blocks).map((half) => {
    const others = Array.from({ length: blocks }, (_, b) => b).filter((block) => !half.includes(block));
    const ratios = (chosen: number[]) =>
      returns.map((column) => returnMoments(chosen.flatMap((block) => part(column, block))).sharpe ?? 0);
    const inSample = ratios(half), outOfSample = ratios(others), best = inSample.indexOf(Math.max(...inSample));
    const below = outOfSample.filter((ratio) => ratio < outOfSample[best]!).length;
    const equal = outOfSample.filter((ratio) => ratio === outOfSample[best]!).length;
    return { best, inSample: inSample[best]!, outOfSample: outOfSample[best]!, rank: below + (equal + 1) / 2 };
  });
}

Deno.test("sums of blocks tell what the halves put together tell, over 300 matrices with strategies that rest or repeat", () => {
  const matrix = fc.record({
    seed: fc.nat(),
    strategies: fc.integer({ min: 2, max: 8 }),
    days: fc.integer({ min: 24, max: 60 }),
    blocks: fc.constantFrom(2, 4, 6),
    rests: fc.boolean(),
    repeats: fc.boolean(),
  });
  fc.assert(
    fc.property(matrix, ({ seed, strategies, days, blocks, rests, repeats }) => {
      const returns = randomStrategies(new SeededRandom(seed), strategies, days);
      if (rests) returns[1]!.fill(0);
      if (repeats) returns[strategies - 1]!.set(returns[0]!.subarray(days >> 1), days >> 1);
      const { splits, pbo } = backtestOverfitting(returns, blocks), plain = plainly(returns, blocks);
      assert.equal(splits.best.length, plain.length);
      for (const [i, expected] of plain.entries()) {
        assert.equal(splits.best[i], expected.best);
        assertClose(splits.inSample[i]!, expected.inSample, "in sample");
        assertClose(splits.outOfSample[i]!, expected.outOfSample, "out of sample");
        assertClose(splits.relativeRank[i]!, expected.rank / (strategies + 1), "rank");
      }
      const worse = plain.filter(({ rank }) => rank / (strategies + 1) <= 0.5).length;
      assertClose(pbo, worse / plain.length, "PBO");
    }),
    { numRuns: 300 },
  );
});

Deno.test("a strategy that is best in every block is never overfitted to; equals are in the middle", () => {
  const steady = Float64Array.from({ length: 64 }, (_, i) => i % 2 === 0 ? 0.03 : 0.01);
  const noise = randomStrategies(new SeededRandom(3), 4, 64);
  const sure = backtestOverfitting([...noise, steady], 8);
  assert.deepEqual([sure.pbo, sure.probabilityOfLoss], [0, 0]);
  assert.ok(sure.splits.best.every((best) => best === 4));
  const equals = backtestOverfitting([steady, steady, steady], 8);
  assert.ok(equals.splits.logits.every((logit) => logit === 0) && equals.pbo === 1 && equals.degradation === null);
});

Deno.test("what cannot be split is refused in words", () => {
  const two = randomStrategies(new SeededRandom(1), 2, 40);
  assert.throws(() => backtestOverfitting([two[0]!], 4), /one strategy alone/);
  assert.throws(() => backtestOverfitting([], 4), /one strategy alone/);
  for (const blocks of [3, 0, 22, 2.5, NaN]) assert.throws(() => backtestOverfitting(two, blocks), /cannot be halved/);
  assert.throws(
    () => backtestOverfitting(two.map((own) => own.subarray(0, 30))),
    /^InputError: 30 returns are too few for 16 blocks/,
  );
  assert.throws(
    () => backtestOverfitting([two[0]!, two[1]!.subarray(1)], 4),
    /strategy 2 has 39 returns and the first one 40/,
  );
  assert.throws(() => backtestOverfitting([two[0]!, two[1]!.with(7, NaN)], 4), /return 8 of strategy 2 is NaN/);
});
