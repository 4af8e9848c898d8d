// What the statistics say of a thousand strategies of which none has any skill, or one has.
import assert from "node:assert/strict";
import { randomStrategies } from "../testing/random_strategies.ts";
import { SeededRandom } from "../time/mod.ts";
import { backtestOverfitting, judgeReturns, type ReturnMoments, returnMoments } from "./mod.ts";

const SEEDS = 40, STRATEGIES = 1_000;
/** 252 splits; their mean over the seeds is that of 12,870. */
const BLOCKS = 10;

/** Over all seeds: the share in which the best strategy passes, and the mean probability of overfitting. */
function study(days: number, sharpeAnnual: number): { passed: number; meanPbo: number } {
  let passed = 0, pbo = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const returns = randomStrategies(new SeededRandom(seed), STRATEGIES, days, sharpeAnnual);
    const tried = returns.map((column) => returnMoments(column));
    if (judgeReturns(tried, bestOf(tried)).deflatedSharpe! > 0.95) passed++;
    pbo += backtestOverfitting(returns, BLOCKS).pbo;
  }
  return { passed: passed / SEEDS, meanPbo: pbo / SEEDS };
}

function bestOf(tried: readonly ReturnMoments[]): number {
  return tried.reduce((best, { sharpe }, j) => sharpe! > tried[best]!.sharpe! ? j : best, 0);
}

Deno.test("of 1,000 strategies without skill over two years, the best passes in at most 5 % of 40 markets", () => {
  const { passed, meanPbo } = study(730, 0);
  assert.ok(passed <= 0.05, `passed in ${passed}`);
  assert.ok(meanPbo >= 0.45 && meanPbo <= 0.55, `mean PBO ${meanPbo}`);
});

Deno.test("one strategy with a true Sharpe ratio of 3 among them passes in at least 80 % of 40 markets of four years", () => {
  const { passed, meanPbo } = study(1_460, 3);
  assert.ok(passed >= 0.8, `passed in ${passed}`);
  assert.ok(meanPbo <= 0.15, `mean PBO ${meanPbo}`);
});
