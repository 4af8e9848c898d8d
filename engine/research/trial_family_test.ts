import assert from "node:assert/strict";
import fc from "fast-check";
import { bindStrategies, parseRunSpec, runBacktest } from "../backtest/mod.ts";
import { instrument } from "../market/mod.ts";
import { dailyReturns } from "../metrics/mod.ts";
import { buyAndHold, smaCross, type Strategy } from "../strategies/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import { exampleTrial, exampleTrials } from "../testing/example_trials.ts";
import { randomCandles } from "../testing/random_candles.ts";
import { timeframe } from "../time/mod.ts";
import { expectedMaximumZ } from "./deflated_sharpe.ts";
import { familiesOf, isTrial, judgeTrial, returnMoments, type Trial, trialFault, trialOfRun } from "./mod.ts";

const withSharpe = (n: number, sharpe: number | null, count = 1_250): Trial =>
  exampleTrial(n, {
    returns: { count, sharpe, skewness: sharpe === null ? null : -3, kurtosis: sharpe === null ? null : 10 },
  });

Deno.test("a family's best trial is judged by the count and the spread of all its trials", () => {
  // 99 ratios with a variance of 0.002, and the best, as in the example of Bailey and López de Prado.
  const others = Array.from({ length: 98 }, (_, i) => withSharpe(i, i % 2 === 0 ? 0.04 : -0.04));
  const best = withSharpe(98, 0.15811388300841897), trials = [...others, best, withSharpe(99, null)];
  const [family] = familiesOf(trials), judgement = family!.judgement!;
  assert.equal(family!.best, best);
  assert.equal(judgement.trials, 100, "one without a ratio was a trial, too");
  const ratios = trials.flatMap(({ returns }) => returns.sharpe ?? []), mean = ratios.reduce((a, b) => a + b) / 99;
  const variance = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / 98;
  assertClose(judgement.expectedMaximumSharpe, Math.sqrt(variance * 365) * 2.5306028932016846, "by luck");
  assertClose(judgement.sharpe, 0.15811388300841897 * Math.sqrt(365), "ratio of a year");
  const { sharpe, skewness, kurtosis } = best.returns as { sharpe: number; skewness: number; kurtosis: number };
  const error = Math.sqrt((1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe ** 2) / 1_249) * Math.sqrt(365);
  assertClose(judgement.sharpeStandardError, error, "standard error");
  assert.ok(judgement.deflatedSharpe! < judgement.probabilisticSharpe!);
  assert.ok(judgement.deflatedTrackRecordDays! > judgement.minimumTrackRecordDays!);
});

Deno.test("one trial alone is judged as it is: deflated is probabilistic", () => {
  const [family] = familiesOf([withSharpe(1, 0.1)]), { judgement } = family!;
  assert.equal(judgement!.deflatedSharpe, judgement!.probabilisticSharpe);
  assert.equal(judgement!.expectedMaximumSharpe, 0);
});

Deno.test("each further trial makes the same ratio less believable", () => {
  const best = withSharpe(0, 0.12), more = Array.from({ length: 200 }, (_, i) => withSharpe(i + 1, (i % 9 - 4) / 80));
  let before = 1;
  for (const count of [2, 10, 50, 200]) {
    const { deflatedSharpe } = judgeTrial(best, [best, ...more.slice(0, count)]);
    assert.ok(deflatedSharpe! < before, `${count} trials: ${deflatedSharpe}`);
    before = deflatedSharpe!;
  }
});

Deno.test("two neighbours of the best over a day less do not make many trials forgotten", () => {
  const many = Array.from({ length: 400 }, (_, i) => withSharpe(i, (i % 21 - 10) / 200)), best = withSharpe(400, 0.09);
  const honest = judgeTrial(best, [...many, best]);
  const pair = [withSharpe(401, 0.09, 1_249), withSharpe(402, 0.0899, 1_249)];
  const again = judgeTrial(pair[0]!, [...many, best, ...pair]);
  assert.ok(honest.deflatedSharpe! < 0.95, `${honest.deflatedSharpe}`);
  assert.ok(again.deflatedSharpe! <= honest.deflatedSharpe! + 1e-3, `${again.deflatedSharpe}`);
  // The same history moved day by day: no two trials have the same days but the last two.
  const moved = Array.from({ length: 400 }, (_, i) => withSharpe(i, (i % 21 - 10) / 200, 1_250 + i));
  assert.ok(judgeTrial(pair[0]!, [...moved, ...pair]).deflatedSharpe! < 0.95);
});

Deno.test("ratios of a year do not make those of four spread more than they do", () => {
  const long = Array.from({ length: 50 }, (_, i) => withSharpe(i, (i % 5 - 2) / 100, 1_460));
  const short = Array.from({ length: 200 }, (_, i) => withSharpe(50 + i, (i % 5 - 2) / 50, 365));
  const alone = judgeTrial(long[4]!, long), both = judgeTrial(long[4]!, [...long, ...short]);
  // √(365 ÷ 1460) of twice the spread is the same spread: only the count has grown.
  const ratio = both.expectedMaximumSharpe! / alone.expectedMaximumSharpe!;
  assertClose(ratio, expectedMaximumZ(250) / expectedMaximumZ(50), "by luck");
});

Deno.test("families are strategy, instrument and timeframe, and come in the order of their first trials", () => {
  const other = exampleTrial(50, { family: { ...exampleTrial(0).family, timeframe: "4h" } });
  const families = familiesOf([exampleTrial(0), other, ...exampleTrials(1, 4)]);
  assert.deepEqual(families.map(({ timeframe, trials }) => [timeframe, trials]), [["1h", 4], ["4h", 1]]);
  const [none] = familiesOf([withSharpe(1, null)]);
  assert.deepEqual([none!.best, none!.judgement, none!.trials], [null, null, 1]);
});

const market = { exchange: "test", symbol: "BTC/USDT" };
const hours = fc.sample(randomCandles(instrument(market), timeframe("1h"), 0, 400), { numRuns: 9, seed: 1 })
  .find(({ length }) => length > 200)!;

Deno.test("a run as a trial has the run's hash, parameters, candles and the moments of its days", async () => {
  const spec = parseRunSpec({
    strategy: "sma-cross",
    params: { fast: 3, slow: 8 },
    markets: [market],
    timeframe: "1h",
  });
  const run = await runBacktest(spec, bindStrategies(spec, () => smaCross as unknown as Strategy), [hours]),
    trial = trialOfRun(run, "backtest");
  assert.ok(isTrial(trial), trialFault(trial) ?? "");
  assert.deepEqual(trial.family, { strategy: "sma-cross", instrument: "test:BTC/USDT", timeframe: "1h" });
  const { run: { hash, strategyHash, data: [data] }, params } = run.manifest;
  assert.deepEqual([trial.hash, trial.codeHash, trial.params], [hash, strategyHash, params]);
  assert.deepEqual(trial.data, { sha256: data!.sha256, fromMs: data!.originMs, toMs: data!.lastMs });
  assert.deepEqual(trial.returns, returnMoments(dailyReturns(run.equity, 10_000).returns));
  assert.equal(trial.metrics.totalReturnFraction, run.metrics.totalReturnFraction);
});

Deno.test("a run of several strategies is a trial of all of them together", async () => {
  const spec = parseRunSpec({
    strategies: [{ strategy: "sma-cross", params: { fast: 3, slow: 8 } }, { strategy: "buy-and-hold", id: "core" }],
    markets: [market],
    timeframe: "1h",
  });
  const find = (id: string) => (id === "sma-cross" ? smaCross : buyAndHold) as unknown as Strategy;
  const trial = trialOfRun(await runBacktest(spec, bindStrategies(spec, find), [hours]), "backtest");
  assert.equal(trial.family.strategy, "core+sma-cross");
  assert.equal(trial.params["sma-cross.fast"], 3);
  assert.ok(isTrial(trial), trialFault(trial) ?? "");
});
