import assert from "node:assert/strict";
import { parseRunSpec, runBacktest, type RunSpecInput } from "../../backtest/mod.ts";
import { instrument } from "../../market/mod.ts";
import { defineStrategy, integer, smaCross } from "../../strategies/mod.ts";
import { sma } from "../../indicators/mod.ts";
import { close } from "../../series/mod.ts";
import { plainHistory } from "../../testing/random_history.ts";
import { objectiveOf } from "../study.ts";
import { TrialPool } from "../trial_pool.ts";
import { preparedSearch, runSearch, searchInput, type SearchPlan, type SearchSurroundings } from "./run_search.ts";
import { SAMPLER_NAMES, type SamplerName } from "./samplers.ts";
import { trialsOfSearch } from "./searched_trial.ts";
import { constraintOf } from "./search_goal.ts";
import { searchNotices, type SearchStudy, type SearchTrial } from "./search_study.ts";

const market = { exchange: "test", symbol: "BTC/USDT" };
const candles = plainHistory(instrument(market), { seed: 3, length: 2_000 });

function planOf(more: Partial<SearchPlan> = {}, spec: Partial<RunSpecInput> = {}): SearchPlan {
  return {
    spec: parseRunSpec({ strategy: "sma-cross", params: {}, markets: [market], timeframe: "1h", ...spec }),
    strategy: smaCross,
    space: { fast: { from: 2, to: 40 }, slow: { from: 20, to: 120, log: true } },
    trials: 60,
    ...more,
  };
}

function searchedBy(name: SamplerName, more: Partial<SearchPlan> = {}): SearchPlan {
  const space = { fast: { from: 2, to: 40, step: 2 }, slow: { from: 20, to: 120, step: 10 } };
  return planOf({ sampler: { name }, ...(name === "grid" ? { space } : {}), ...more });
}

function searched(plan: SearchPlan, surroundings?: SearchSurroundings): Promise<SearchStudy> {
  return runSearch(plan, searchInput(plan, [candles]), surroundings);
}

Deno.test("the same seed gives the same trials with 1, 4 and 16 workers and without any, by every sampler", async () => {
  const pools = [1, 4, 16].map((size) => new TrialPool(size));
  try {
    for (const name of SAMPLER_NAMES) {
      for (const seed of [1, 7]) {
        const plan = searchedBy(name, { seed, certify: 1 }), alone = await searched(plan);
        assert.ok(alone.trials.length === 60 || alone.ended === "exhausted");
        assert.deepEqual(alone.trials.map(({ index }) => index), alone.trials.map((_, i) => i));
        for (const pool of pools) assert.deepEqual(await searched(plan, { queue: pool }), alone);
      }
    }
  } finally {
    pools.forEach((pool) => pool.close());
  }
});

Deno.test("a search that was interrupted anywhere goes on to the same study, by every sampler", async () => {
  for (const name of SAMPLER_NAMES) {
    const plan = searchedBy(name), whole = await searched(plan);
    for (const end of [0, 1, 13, 37]) {
      const kept: SearchTrial[] = [];
      const part = await searched(plan, {
        onTrials: (trials) => void kept.push(...trials),
        progress: (done) => done < end,
      });
      // Plain samplers ask for more than 60 points at once, and a generation without threads is one batch.
      assert.equal(part.ended, kept.length < whole.trials.length ? "interrupted" : whole.ended);
      assert.deepEqual(part.trials, kept);
      assert.deepEqual(kept, whole.trials.slice(0, kept.length));
      // What a killed process has written may end anywhere.
      for (const done of [kept, kept.slice(0, kept.length - 3)]) {
        const later: SearchTrial[] = [];
        const resumed = await searched(plan, { done, onTrials: (trials) => void later.push(...trials) });
        assert.deepEqual(resumed, whole);
        assert.equal(later.length, whole.trials.length - done.length);
        if (end === 0) assert.equal(done.length, 0);
      }
    }
  }
});

Deno.test("with more trials a search goes on from where a smaller one ended", async () => {
  for (const name of ["tpe", "cma-es", "nsga-ii", "halving"] as const) {
    const few = await searched(searchedBy(name, { trials: 21 })), more = await searched(searchedBy(name));
    assert.deepEqual(few.trials, more.trials.slice(0, 21));
    assert.deepEqual(await searched(searchedBy(name), { done: few.trials }), more);
  }
});

Deno.test("the best trial has the figures and the hash of the backtest with its parameters", async () => {
  const plan = planOf({ certify: 2 }), input = searchInput(plan, [candles]), study = await runSearch(plan, input);
  const { best, certificates, trials } = study;
  assert.equal(best!.metrics.sharpe, Math.max(...trials.map(({ metrics }) => metrics.sharpe ?? -Infinity)));
  assert.ok(certificates.length === 2 && certificates.every(({ equal, trades }) => equal && trades > 0));
  const counted = await trialsOfSearch(study, smaCross, input);
  const run = await runBacktest({ ...plan.spec, params: best!.params }, smaCross.bind(best!.params), [candles]);
  assert.equal(counted[best!.index]!.hash, run.manifest.run.hash);
  assert.ok(Math.abs(run.metrics.sharpe! - best!.metrics.sharpe!) < 1e-9);
  assert.ok(counted.every(({ source }) => source === "search"));
  assert.equal(new Set(counted.map(({ hash }) => hash)).size, trials.length);
  const unrounded = await trialsOfSearch(await searched(planOf({ money: "unrounded" })), smaCross, input);
  assert.equal(new Set([...counted, ...unrounded].map(({ hash }) => hash)).size, 2 * trials.length);
});

Deno.test("a trial of a rung is the run that ends where its part of the history does", async () => {
  const space = { fast: { from: 2, to: 19 }, slow: { from: 20, to: 120 } };
  const plan = searchedBy("halving", { trials: 39, space }), input = searchInput(plan, [candles]);
  const study = await runSearch(plan, input), counted = await trialsOfSearch(study, smaCross, input);
  const rungs = [...Map.groupBy(study.trials, ({ fraction }) => fraction)].map((
    [fraction, own],
  ) => [fraction, own.length]);
  assert.deepEqual(rungs, [[1 / 9, 27], [1 / 3, 9], [1, 3]]);
  const short = study.trials[0]!;
  // A ninth of 2,000 hours.
  const to = "2024-01-10T07:00";
  const run = await runBacktest({ ...plan.spec, to, params: short.params }, smaCross.bind(short.params), [candles]);
  assert.equal(run.metrics.tradeCount, short.metrics.tradeCount);
  assert.equal(counted[0]!.data.toMs, Date.parse(`${to}Z`) - 3_600_000);
  assert.equal(counted[0]!.data.sha256, run.manifest.run.data[0]!.sha256);
  assert.equal(study.best!.fraction, 1);
  assert.ok(study.trials.some((own) => own.fraction < 1 && own.metrics.sharpe! > study.best!.metrics.sharpe!));
});

Deno.test("points that the strategy refuses are counted and told as the worst; a space of nothing else is an error", async () => {
  const space = { fast: { from: 20, to: 60 }, slow: { from: 20, to: 60 } };
  for (const name of ["random", "tpe", "cma-es", "nsga-ii"] as const) {
    const study = await searched(planOf({ space, sampler: { name } }));
    assert.equal(study.trials.length, 60);
    assert.ok(study.refused > 0);
    assert.ok(study.trials.every(({ params }) => params.fast! < params.slow!));
  }
  const none = planOf({ space: { fast: { from: 50, to: 60 }, slow: { from: 20, to: 40 } } });
  assert.throws(
    () => searchInput(none, [candles]),
    /sma-cross refuses every point that was tried.*State another space/,
  );
});

Deno.test("a small space is answered from memory, is exhausted, and nothing in it is traded twice", async () => {
  const space = { fast: [3, 5, 8], slow: [20, 30] };
  for (const name of SAMPLER_NAMES.filter((own) => own !== "halving")) {
    const { trials, ended, best } = await searched(planOf({ space, sampler: { name }, trials: 500 }));
    assert.equal(ended, "exhausted", name);
    assert.equal(new Set(trials.map(({ params }) => JSON.stringify(params))).size, 6);
    assert.equal(trials.length, 6);
    assert.equal(best!.metrics.sharpe, Math.max(...trials.map(({ metrics }) => metrics.sharpe!)));
  }
  const halved = await searched(planOf({ space, sampler: { name: "halving" }, trials: 500 }));
  assert.equal(halved.ended, "converged");
  assert.match(searchNotices(halved)[0]!, /halving asked for nothing new after \d+ of 500 trials/);
});

Deno.test("of several objectives there is a front, by the first of them, that nothing dominates", async () => {
  const objectives = ["totalReturnFraction", "-maxDrawdownFraction"].map(objectiveOf);
  for (const name of ["nsga-ii", "tpe"] as const) {
    const { front, trials, best } = await searched(planOf({ objectives, sampler: { name } }));
    const of = ({ metrics }: SearchTrial) => [metrics.totalReturnFraction!, metrics.maxDrawdownFraction!];
    assert.ok(front.length > 1);
    assert.equal(best, front[0]);
    const returns = front.map((own) => of(own)[0]!);
    assert.deepEqual(returns, returns.toSorted((a, b) => b - a));
    for (const own of front) {
      const [gain, depth] = of(own);
      const better = trials.filter((other) => of(other)[0]! > gain! && of(other)[1]! > depth!);
      assert.deepEqual(better, []);
    }
  }
});

Deno.test("trials that break a constraint are never the best", async () => {
  const constraints = [constraintOf("tradeCount>=30")];
  const free = await searched(planOf()), bound = await searched(planOf({ constraints }));
  assert.ok(bound.infeasible > 0);
  assert.ok(bound.best!.metrics.tradeCount! >= 30);
  const kept = bound.trials.filter(({ metrics }) => metrics.tradeCount! >= 30);
  assert.equal(bound.best!.metrics.sharpe, Math.max(...kept.map(({ metrics }) => metrics.sharpe!)));
  assert.equal(free.infeasible, 0);
  const impossible = await searched(planOf({ constraints: [constraintOf("tradeCount>=30000")], trials: 20 }));
  assert.equal(impossible.best, null);
  assert.match(searchNotices(impossible).join(), /none keeps the constraints; loosen them/);
});

Deno.test("a loss is one function of the figures; where it is NaN the trial counts and comes last", async () => {
  const plan = planOf({
    loss: ({ tradeCount, sharpe }) => tradeCount! % 2 === 0 ? NaN : -sharpe!,
    trials: 40,
  });
  const study = await searched(plan), even = study.trials.filter(({ metrics }) => metrics.tradeCount! % 2 === 0);
  assert.ok(even.length > 0 && even.length < 40);
  assert.equal(study.withoutFigure, even.length);
  const odd = study.trials.filter((trial) => !even.includes(trial));
  assert.equal(study.best!.metrics.sharpe, Math.max(...odd.map(({ metrics }) => metrics.sharpe!)));
  const never = await searched(planOf({ loss: () => NaN, trials: 30 }));
  assert.deepEqual([never.best, never.withoutFigure, never.trials.length], [null, 30, 30]);
  assert.match(searchNotices(never)[0]!, /no trial has a best: the loss is not defined for any of them/);
  await assert.rejects(searched(planOf({ loss: () => "3" as never })), /the loss function gave 3 at fast=/);
  await assert.rejects(
    searched(planOf({ loss: (metrics) => (metrics as never as { missing(): number }).missing() })),
    /loss function failed at/,
  );
  assert.throws(
    () => searchInput(planOf({ loss: () => 1, objectives: [objectiveOf("sharpe")] }), [candles]),
    /leave the objectives out/,
  );
});

Deno.test("what cannot be searched is said before anything is traded", () => {
  const make = (more: Partial<SearchPlan>) => () => searchInput(planOf(more), [candles]);
  assert.throws(make({ trials: 0 }), /cannot have 0 trials/);
  const wide = defineStrategy({
    id: "sma-cross",
    params: { length: integer({ default: 5, min: 2, max: 2_000_001 }) },
    rules: ({ length }) => ({ enter: close.gt(sma(close, length)) }),
  });
  const whole: Partial<SearchPlan> = { strategy: wide, space: {}, sampler: { name: "grid" } };
  assert.throws(
    () => preparedSearch({ spec: planOf().spec, strategy: wide, ...whole }),
    /has 2000000 points, and a study can hold 1000000: state how many/,
  );
  assert.throws(make({ objectives: ["sharpe", "-sharpe"].map(objectiveOf) }), /sharpe is an objective twice/);
  // Drawdowns are figures below 0: who writes a size means the size.
  assert.deepEqual(constraintOf("maxDrawdownFraction<=0.2"), { metric: "maxDrawdownFraction", is: ">=", limit: -0.2 });
  assert.deepEqual(constraintOf("maxDrawdownFraction>=-0.2"), { metric: "maxDrawdownFraction", is: ">=", limit: -0.2 });
  assert.deepEqual(objectiveOf("-maxDrawdownFraction"), { metric: "maxDrawdownFraction", direction: "max" });
  assert.throws(() => constraintOf("tradeCount>30"), /no constraint: write it as in tradeCount>=30/);
  assert.throws(() => constraintOf("trades>=30"), /trials have no figure "trades"/);
});

Deno.test("all trials see the history from where the longest look-back of the space wants it", async () => {
  const strategy = defineStrategy({
    id: "sma-cross",
    params: { length: integer({ default: 5, min: 2, max: 50 }) },
    rules: ({ length }) => ({ enter: close.gt(sma(close, length)), exit: close.lt(sma(close, length)) }),
  });
  const plan: SearchPlan = { ...planOf({}, { from: "2024-02-15" }), strategy, space: {}, trials: 20 };
  const input = searchInput(plan, [candles]);
  // An average of 50 candles is settled after 10 times as many.
  const hours = (Date.UTC(2024, 1, 15) - input.candles.used[0]!.openTimeMs[0]!) / 3_600_000;
  assert.ok(hours >= 490 && hours <= 510, String(hours));
  const study = await runSearch(plan, input);
  assert.equal(study.trials.length, 20);
});
