import assert from "node:assert/strict";
import { eventTrial, parseRunSpec, type RunSpecInput } from "../backtest/mod.ts";
import { atr, sma, smaKernel } from "../indicators/mod.ts";
import { fundingColumns, instrument } from "../market/mod.ts";
import { applyKernel, close, type Kernel, type Series } from "../series/mod.ts";
import { defineStrategy, integer, percent, smaCross } from "../strategies/mod.ts";
import { plainHistory } from "../testing/random_history.ts";
import { type TimestampMs } from "../time/mod.ts";
import { range } from "./parameter_grid.ts";
import { objectiveOf, ranked, type Study, type SweepTrial } from "./study.ts";
import { runSweep, sweepInput, type SweepPlan, type SweepSurroundings } from "./sweep.ts";
import { TrialPool } from "./trial_pool.ts";
import { trialsOfStudy } from "./swept_trial.ts";
import { isTrial } from "./trial_check.ts";

const market = { exchange: "test", symbol: "BTC/USDT" };
const candles = plainHistory(instrument(market), { seed: 3, length: 2_000 });

function planOf(more: Partial<SweepPlan> = {}, spec: Partial<RunSpecInput> = {}): SweepPlan {
  return {
    spec: parseRunSpec({ strategy: "sma-cross", params: {}, markets: [market], timeframe: "1h", ...spec }),
    strategy: smaCross,
    axes: { fast: range(2, 6), slow: range(10, 40, 10) },
    ...more,
  };
}

function swept(plan: SweepPlan, surroundings?: SweepSurroundings): Promise<Study> {
  return runSweep(plan, sweepInput(plan, [candles]), surroundings);
}

Deno.test("every point of a grid is a trial, with the figures that the event path has for it", async () => {
  const plan = planOf(), study = await swept(plan);
  assert.equal(study.trials.length, 20);
  for (const { params, metrics, path } of study.trials) {
    const tradeFromMs = candles.openTimeMs[0] as TimestampMs;
    const event = eventTrial(plan.spec, smaCross.bind(params), { used: [candles], tradeFromMs });
    assert.equal(path, "columns");
    assert.ok(Math.abs(metrics.sharpe! - event.metrics.sharpe!) <= 1e-9);
    assert.equal(metrics.tradeCount, event.trades.length);
  }
  assert.deepEqual(study.best, ranked(study.trials, study.objective)[0]);
});

Deno.test("a study that was interrupted goes on to the same trials", async () => {
  const kept: SweepTrial[] = [], axes = { fast: range(2, 40), slow: range(50, 90) };
  let calls = 0;
  const part = await swept(planOf({ axes }), {
    onTrials: (trials) => void kept.push(...trials),
    progress: () => ++calls < 2,
  });
  assert.ok(part.trials.length > 0 && part.trials.length < part.points);
  assert.deepEqual(part.trials, kept);
  const whole = await swept(planOf({ axes }));
  const later: SweepTrial[] = [];
  const resumed = await swept(planOf({ axes }), {
    done: kept,
    onTrials: (trials) => void later.push(...trials),
  });
  assert.deepEqual(resumed, whole);
  assert.equal(later.length, whole.points - kept.length);
});

Deno.test("the best trials are certified by the event path", async () => {
  const { certificates } = await swept(planOf({ certify: 3 }));
  assert.equal(certificates.length, 3);
  assert.ok(certificates.every(({ equal, trades }) => equal && trades > 0));
  const { certificates: [unrounded] } = await swept(
    planOf({ certify: 1, money: "unrounded" }, { markets: [{ ...market, lot: "0.5" }] }),
  );
  assert.equal(unrounded!.equal, false);
  assert.match(unrounded!.differences[0]!, / over columns, .* candle by candle/);
});

Deno.test("what columns cannot trade is traded candle by candle and says why", async () => {
  const whyOf = async (more: Partial<SweepPlan>, spec: Partial<RunSpecInput> = {}) => {
    const { trials } = await swept(planOf({ axes: { fast: [3] }, ...more }, spec));
    return [trials[0]!.path, trials[0]!.why];
  };
  assert.deepEqual(await whyOf({}, { limits: { maxPositions: 1 } }), ["events", 'its limits states "maxPositions"']);
  assert.deepEqual(await whyOf({}, { costs: { fixedFeeQuote: 1 } }), ["events", "it has a fixed fee"]);
  assert.deepEqual(await whyOf({}, { fillRules: "this-close" }), ["events", "its fill rules are not the default ones"]);
  const trailing = defineStrategy({
    id: "sma-cross",
    params: { fast: integer({ default: 3, min: 1, max: 9 }) },
    rules: ({ fast }) => ({
      enter: close.gt(sma(close, fast)),
      stop: { ...percent(2), kind: "trailing-fraction", fraction: 0.02 },
    }),
  });
  assert.deepEqual(await whyOf({ strategy: trailing }), [
    "events",
    "its stop is more than a fixed market or limit order",
  ]);
});

Deno.test("the trial of a sweep has the hash of the backtest with its parameters", async () => {
  const { runBacktest } = await import("../backtest/mod.ts");
  const plan = planOf({ axes: { fast: [3, 4], slow: [20] } }), study = await swept(plan);
  const input = sweepInput(plan, [candles]);
  const trials = await trialsOfStudy(study, input);
  const { manifest, metrics } = await runBacktest(
    { ...plan.spec, params: { fast: 4, slow: 20 } },
    smaCross.bind({ fast: 4, slow: 20 }),
    [candles],
  );
  assert.equal(trials[1]!.hash, manifest.run.hash);
  assert.equal(trials[1]!.metrics.tradeCount, metrics.tradeCount);
  const [unrounded] = await trialsOfStudy({ ...study, money: "unrounded" }, input);
  assert.ok(isTrial(unrounded) && unrounded.hash !== trials[0]!.hash, "it counts, and is not taken for the run");
  assert.equal(unrounded.source, "unrounded sweep");
});

Deno.test("the trial of a sweep over a contract has the hash of the backtest that is charged the same funding", async () => {
  const { runBacktest } = await import("../backtest/mod.ts"), linear = { ...market, kind: "linear" } as const;
  const contract = instrument(linear), history = { ...candles, instrument: contract };
  const settlements = Array.from({ length: 250 }, (_, i) => ({
    timeMs: (candles.openTimeMs[0]! + 8 * 3_600_000 * i) as TimestampMs,
    rate: 1e-4,
  }));
  const feeds = [{ funding: fundingColumns(contract, settlements) }];
  const plan = planOf({ axes: { fast: [4], slow: [20] }, feeds }, { markets: [linear], account: { funding: true } });
  const input = sweepInput(plan, [history]), [trial] = await trialsOfStudy(await runSweep(plan, input), input);
  const bound = smaCross.bind({ fast: 4, slow: 20 }), spec = { ...plan.spec, params: bound.params };
  const { manifest } = await runBacktest(spec, bound, [history], undefined, {}, feeds);
  assert.ok(manifest.run.data[0]!.funding !== undefined);
  assert.equal(trial!.hash, manifest.run.hash);
});

Deno.test("an objective is a figure of trials, with a minus for the least", () => {
  assert.deepEqual(objectiveOf("-feesQuote"), { metric: "feesQuote", direction: "min" });
  assert.throws(() => objectiveOf("sharp"), /trials have no figure "sharp"/);
});

Deno.test("a study is the same with one, two and four threads, and on this one", async () => {
  const plan = planOf({ axes: { fast: range(2, 9), slow: range(10, 40, 5) }, certify: 2 });
  const alone = await swept(plan);
  for (const size of [1, 2, 4]) {
    const pool = new TrialPool(size);
    try {
      assert.deepEqual(await swept(plan, { queue: pool }), alone);
      // The threads of a pool can do another study afterwards.
      const other = planOf({ axes: { fast: [3] } }, { account: { cashQuote: 500 } });
      assert.deepEqual(await swept(other, { queue: pool }), await swept(other));
    } finally {
      pool.close();
    }
  }
});

Deno.test("protections and their series reach the threads, and kernels of one's own are traded without them", async () => {
  const doubled: Kernel = {
    name: "doubled",
    inputs: 1,
    outputs: ["value"],
    warmUp: () => [0],
    state: () => ({ ...smaKernel.state([1]) }) as never,
    run: ([x], from, to, _, [out]) => {
      for (let i = from; i < to; i++) out![i] = 2 * x![i]!;
    },
  };
  const strategyOf = (own: Series) =>
    defineStrategy({
      id: "sma-cross",
      params: { fast: integer({ default: 3, min: 1, max: 9 }) },
      rules: ({ fast }) => ({ enter: own.gt(sma(own, fast)), stop: atr(5), target: percent(3) }),
    });
  const pool = new TrialPool(2);
  try {
    for (const series of [close, applyKernel(doubled, [close], [])[0]!]) {
      const plan = planOf({ strategy: strategyOf(series), axes: { fast: range(2, 9) } });
      assert.deepEqual(await swept(plan, { queue: pool }), await swept(plan));
    }
  } finally {
    pool.close();
  }
});

Deno.test("a thread that fails says so, and a pool has a sensible size", async () => {
  const pool = new TrialPool(1), plan = planOf(), input = sweepInput(plan, [candles]);
  const study = { spec: plan.spec, candles: { ...input.candles, used: [] }, money: "exact", perBar: false } as const;
  try {
    await assert.rejects(
      pool.trade({ study, points: input.points }),
      /a thread of the sweep failed: .*what was done before is kept/,
    );
  } finally {
    pool.close();
  }
  assert.throws(() => new TrialPool(0), /cannot have 0 workers: use 1 to 64/);
});
