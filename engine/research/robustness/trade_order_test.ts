import assert from "node:assert/strict";
import fc from "fast-check";
import { SeededRandom, shuffle } from "../../time/mod.ts";
import { exceedanceProbability } from "./distribution.ts";
import { skippedTrades } from "./skipped_trades.ts";
import { accountOf, tradeOrder } from "./trade_order.ts";

const SETTINGS = { samples: 3_000, drawdownFractions: [0.5, 0.75], ruinFraction: 0.25 };
const near = (actual: number | null, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual! - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);

Deno.test("shuffled trades are the same trades: their sum and the end of the account stay", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -90, max: 200 }), { minLength: 1, maxLength: 40 }),
      fc.nat(),
      (percents, seed) => {
        const profits = percents.map((own) => own / 100), order = Float64Array.from(profits);
        shuffle(order, new SeededRandom(seed));
        assert.deepEqual([...order].sort((a, b) => a - b), profits.toSorted((a, b) => a - b));
        const before = accountOf(profits).growth.at(-1)!, after = accountOf(order).growth.at(-1)!;
        near(after / before, 1, 1e-12);
      },
    ),
    { numRuns: 10_000 },
  );
});

Deno.test("a doubling between two halvings falls least: one order of three has half of the drawdown", () => {
  // 2, ½, ½ in any order: the account falls by 75 %, but by 50 % where the doubling comes second.
  const { shuffledDrawdown, fan } = tradeOrder([1, -0.5, -0.5], SETTINGS, new SeededRandom(1));
  assert.deepEqual([shuffledDrawdown.p05, shuffledDrawdown.p95, shuffledDrawdown.actual], [-0.75, -0.5, -0.75]);
  // Two thirds of the orders tie with the actual one; ties count half.
  near(shuffledDrawdown.belowActualFraction, 1 / 3, 0.03);
  assert.deepEqual(fan.actual, [1, 2, 1, 0.5]);
});

Deno.test("trades drawn anew lose, and fall, as often as counting says", () => {
  const { lossProbability, ruinProbability, drawdownProbabilities } = tradeOrder(
    [1, -0.5, -0.5],
    SETTINGS,
    new SeededRandom(2),
  );
  // At most one doubling of three: (2/3)³ + 3 × 1/3 × (2/3)² = 20/27.
  near(lossProbability, 20 / 27, 0.03);
  // A quarter of the start is reached by two halvings first, or by three: 4/9.
  near(ruinProbability, 4 / 9, 0.03);
  // All but three doublings fall by half; two halvings in a row are 4/9 + 1/3 × 4/9.
  assert.deepEqual(drawdownProbabilities.map(({ depthFraction }) => depthFraction), [0.5, 0.75]);
  near(drawdownProbabilities[0]!.probability, 26 / 27, 0.02);
  near(drawdownProbabilities[1]!.probability, 16 / 27, 0.03);
});

Deno.test("without a missed trade the run is the run; without any trade what was open is left", () => {
  // Two trades of +50 % and −20 %, and a position that is still open and has gained 10 %.
  const profits = [0.5, -0.2], total = 1.5 * 0.8 * 1.1 - 1;
  const none = skippedTrades(profits, total, 0, 50, new SeededRandom(1));
  assert.deepEqual([none.totalReturn.p05, none.totalReturn.p95, none.profitableFraction], [total, total, 1]);
  const all = skippedTrades(profits, total, 1, 50, new SeededRandom(1));
  near(all.totalReturn.median, 0.1, 1e-12);
  // Only where the gain is missed and the loss is not, money is lost: 0.88 × … is one case in four.
  near(skippedTrades(profits, total, 0.5, 4_000, new SeededRandom(3)).profitableFraction, 3 / 4, 0.03);
});

Deno.test("a p-value counts what happened as one of the draws", () => {
  assert.equal(exceedanceProbability([1, 2, 3], 4), 1 / 4);
  assert.equal(exceedanceProbability([1, 2, 3], 2), 3 / 4);
});
