import assert from "node:assert/strict";
import { eventTrial, parseRunSpec } from "../backtest/mod.ts";
import { instrument } from "../market/mod.ts";
import { smaCross } from "../strategies/mod.ts";
import { plainHistory } from "../testing/random_history.ts";
import { type TimestampMs } from "../time/mod.ts";
import { overfittingTests, range, runSweep, studyReturns, sweepInput, type SweepPlan } from "./mod.ts";

const market = { exchange: "test", symbol: "BTC/USDT" };
const candles = plainHistory(instrument(market), { seed: 3, length: 2_000 });
const plan: SweepPlan = {
  spec: parseRunSpec({ strategy: "sma-cross", params: {}, markets: [market], timeframe: "1h" }),
  strategy: smaCross,
  axes: { fast: range(2, 6), slow: range(10, 40, 10) },
};

Deno.test("the returns of a study's trials are those that its trials have candle by candle", async () => {
  const input = sweepInput(plan, [candles]), study = await runSweep(plan, input);
  const returns = studyReturns(study, input), tradeFromMs = candles.openTimeMs[0] as TimestampMs;
  assert.equal(returns.length, 20);
  for (const [i, { params }] of study.trials.entries()) {
    const expected = eventTrial(plan.spec, smaCross.bind(params), { used: [candles], tradeFromMs }).returns;
    assert.equal(returns[i]!.length, expected.length);
    returns[i]!.forEach((value, day) => assert.ok(Math.abs(value - expected[day]!) < 1e-12, `trial ${i} day ${day}`));
  }
});

Deno.test("blocks that cannot be halved are refused, and more trials have fewer of them", () => {
  const noise = (seed: number) => Float64Array.from({ length: 40 }, (_, i) => ((i * 7919 + seed * 104729) % 101) / 1e4);
  const returns = Array.from({ length: 2_001 }, (_, i) => noise(i)), few = returns.slice(0, 5);
  assert.throws(() => overfittingTests(few, { blocks: 7 }), /7 blocks cannot be halved/);
  const blocks = (own: Float64Array[]) => {
    const tests = overfittingTests(own, { resamples: 10 });
    return "reason" in tests ? null : tests.blocks;
  };
  assert.deepEqual([blocks(few), blocks(returns)], [16, 10]);
});

Deno.test("too few days or trials are a reason to say nothing, and no error", () => {
  const one = [Float64Array.of(0.1, 0.2, 0.1, 0)], none = "fewer than two trials can be compared over the same days";
  assert.deepEqual(overfittingTests(one), { trials: 1, days: 4, reason: none });
  assert.deepEqual(overfittingTests([...one, ...one]), {
    trials: 2,
    days: 4,
    reason: "4 days are too few for 16 blocks",
  });
  assert.deepEqual(overfittingTests([]), { trials: 0, days: 0, reason: none });
});
