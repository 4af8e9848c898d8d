import assert from "node:assert/strict";
import { parseRunSpec, runBacktest, type RunRecord, type RunSpecInput, usedCandles } from "../../backtest/mod.ts";
import { InputError } from "../../errors/mod.ts";
import { instrument } from "../../market/mod.ts";
import { atrBreakout, type BoundStrategy, smaCross } from "../../strategies/mod.ts";
import { plainHistory } from "../../testing/random_history.ts";
import { timeframe } from "../../time/mod.ts";
import { type RiskRule, ruleIdentity } from "../../risk/mod.ts";
import type { Evidence } from "./evidence.ts";
import { isMade, type Part } from "./part.ts";
import { type RobustnessStudy, studyRobustness } from "./robustness.ts";
import type { RobustnessSettings } from "./robustness_settings.ts";
import { tradeStakes } from "./trade_stakes.ts";

const market = { exchange: "test", symbol: "BTC/USDT" };
const candlesOf = (symbol: string, seed: number) =>
  plainHistory(instrument({ ...market, symbol }), { seed, startMs: Date.UTC(2024, 6, 1), length: 2_000 });
const btc = candlesOf("BTC/USDT", 3);
const NOTHING: Evidence = { judgement: null, overfitting: null, walks: [] };
const FEW: RobustnessSettings = { samples: 8 };

async function inputOf(strategy: BoundStrategy, more: Partial<RunSpecInput> = {}, candles = [btc]) {
  const spec = parseRunSpec({
    strategy: strategy.id,
    params: strategy.params,
    markets: [market],
    timeframe: "1h",
    ...more,
  });
  const run = await runBacktest(spec, strategy, candles);
  return { run, strategies: strategy, candles: usedCandles(spec, strategy, candles).used, evidence: NOTHING };
}

const cross = smaCross.bind({ fast: 5, slow: 20 });
const made = <T extends object>(part: Part<T>): T => {
  assert.ok(isMade(part), JSON.stringify(part));
  return part;
};

Deno.test("the same seed gives the same study to the last byte, another one other histories", async () => {
  const input = await inputOf(cross), study = await studyRobustness(input, FEW);
  assert.equal(JSON.stringify(await studyRobustness(input, FEW)), JSON.stringify(study));
  const other = await studyRobustness(input, { ...FEW, seed: 2 });
  assert.notDeepEqual(other.bootstrap, study.bootstrap);
  assert.deepEqual(other.costs, study.costs, "what is not drawn stays");
  const noise = await studyRobustness(input, { ...FEW, noiseFractions: [0.3] });
  assert.deepEqual(noise.bootstrap, study.bootstrap, "one part does not change another");
});

Deno.test("replays over columns and candle by candle come to the same", async () => {
  const columns = await studyRobustness(await inputOf(cross), FEW);
  const events = await studyRobustness(await inputOf(cross, { limits: { maxPositions: 1 } }), FEW);
  assert.deepEqual([columns.path, events.path], ["columns", "events"]);
  assert.match(events.why!, /its limits states? "maxPositions"/);
  const close = (a: RobustnessStudy, b: RobustnessStudy, of: (study: RobustnessStudy) => number | null) =>
    assert.ok(Math.abs(of(a)! - of(b)!) <= 1e-9 * Math.max(1, Math.abs(of(a)!)), `${of}: ${of(a)}, ${of(b)}`);
  close(columns, events, ({ bootstrap }) => made(bootstrap.movingBlock).totalReturn.median);
  close(columns, events, ({ bootstrap }) => made(bootstrap.stationary).maxDrawdown.p05);
  close(columns, events, ({ noise }) => made(noise).levels[1]!.totalReturn.p95);
  close(columns, events, ({ costs }) => made(costs).levels.at(-1)!.figures.sharpe);
  close(columns, events, ({ costs }) => made(costs).breakEvenBps);
});

Deno.test("a history of one block, and noise of nothing, are the run itself", async () => {
  const input = await inputOf(cross);
  const study = await studyRobustness(input, {
    ...FEW,
    blockCandles: btc.length,
    noiseFractions: [0],
    skipFractions: [0],
  });
  const total = input.run.metrics.totalReturnFraction!;
  for (
    const { totalReturn } of [
      made(study.bootstrap.movingBlock),
      made(study.noise).levels[0]!,
      made(study.skipped).levels[0]!,
    ]
  ) {
    for (const drawn of [totalReturn.p05, totalReturn.p95]) {
      assert.ok(Math.abs(drawn! - total) < 1e-9, `${drawn} is not ${total}`);
    }
  }
  const once = made((await studyRobustness(input, { ...FEW, costMultiples: [1] })).costs).levels[0]!;
  assert.equal(once.figures.totalReturnFraction, study.actual.totalReturnFraction);
});

Deno.test("trades that are left out come to what a replay comes to that refuses their entries", async () => {
  const input = await inputOf(cross), { run } = input, { run: _, ...spec } = run.manifest;
  const missed = new Set(run.trades.filter((_, i) => i % 3 === 0).map(({ entryTimeMs }) => entryTimeMs));
  const refuse: RiskRule = function missing({ decidedAtMs }) {
    return missed.has(decidedAtMs) ? { code: "missed", reason: "it was missed" } : null;
  };
  // A market order decided at a close fills in the candle that opens then.
  const replayed = await runBacktest(
    { ...spec, rules: [ruleIdentity(refuse)] },
    cross,
    [btc],
    undefined,
    { rules: [refuse] },
  );
  assert.equal(replayed.trades.length, run.trades.length - missed.size);
  const left = tradeStakes(run.trades, run.equity, 10_000).reduce(
    (growth, { trade, profitFraction }) => missed.has(trade.entryTimeMs) ? growth / (1 + profitFraction) : growth,
    1 + run.metrics.totalReturnFraction!,
  );
  const replayedGrowth = 1 + replayed.metrics.totalReturnFraction!;
  assert.ok(Math.abs(left / replayedGrowth - 1) < 1e-4, `${left} and ${replayedGrowth}`);
});

Deno.test("an account of two markets is studied with both drawn together", async () => {
  const eth = candlesOf("ETH/USDT", 4), markets = [market, { ...market, symbol: "ETH/USDT" }];
  const input = await inputOf(cross, { markets, sizing: { kind: "equity-fraction", fraction: 0.5 } }, [btc, eth]);
  const study = await studyRobustness(input, FEW);
  assert.match(study.why!, /several markets/);
  assert.equal(made(study.bootstrap.stationary).samples, 8);
  assert.equal(made(study.entries).trades, input.run.trades.length);
  assert.ok(made(study.capacity).curve.length === 0 || made(study.capacity).zeroAtQuote! > 0);
});

Deno.test("an interruption keeps what was done, and the verdict says what is missing", async () => {
  const input = await inputOf(cross), seen: string[] = [];
  const study = await studyRobustness(input, { ...FEW, samples: 50 }, {
    progress: (done, total, part) => {
      assert.ok(done < total);
      seen.push(part);
      return seen.filter((own) => own === "moving-block").length <= 3;
    },
  });
  assert.equal(study.interrupted, true);
  assert.equal(made(study.bootstrap.movingBlock).samples, 3);
  assert.deepEqual(study.bootstrap.stationary, { reason: "the study was interrupted before" });
  assert.ok(isMade(study.costs) && isMade(study.tradeOrder));
  assert.ok(study.verdict.unknown.some((own) => own === "Noise on prices: the study was interrupted before."));
});

Deno.test("a run without a trade, and one that cannot be repeated, say so", async () => {
  const idle = await studyRobustness(await inputOf(smaCross.bind({ fast: 400, slow: 1_990 })), FEW);
  assert.deepEqual(idle.tradeOrder, { reason: "the run closed no trade" });
  assert.notEqual(idle.verdict.headline, "holds up so far");
  const input = await inputOf(cross), metrics = { ...input.run.metrics, totalReturnFraction: 5 };
  const other = { ...input, run: { ...input.run, metrics } as RunRecord };
  await assert.rejects(
    studyRobustness(other, FEW),
    /repeated, the run returns .* and not 5: it was made by another version/,
  );
  const inverse = { ...input.run.manifest, markets: [{ ...market, kind: "inverse" as const }] };
  await assert.rejects(
    studyRobustness({ ...input, run: { ...input.run, manifest: inverse } }, FEW),
    /kept in its base asset, .* study the linear contract or the spot market/,
  );
  const bad = async (settings: RobustnessSettings) => {
    await assert.rejects(studyRobustness(input, settings), (error: InputError) => error.code === "robustness");
  };
  for (const samples of [0, 1.5, 1e6]) await bad({ samples });
  await bad({ noiseFractions: [-1] });
  await bad({ skipFractions: [2] });
  await bad({ blockCandles: 0 });
  await bad({ impactCoefficient: 0 });
});

Deno.test("candles are not drawn for orders that meet finer ones", async () => {
  const strategy = atrBreakout.bind();
  const fine = plainHistory(instrument(market), {
    seed: 3,
    timeframe: timeframe("30m"),
    startMs: Date.UTC(2024, 6, 1),
    length: 4_000,
  });
  const input = await inputOf(strategy, { detail: "30m" }, [btc, fine]);
  const study = await studyRobustness(input, FEW);
  for (const part of [study.bootstrap.movingBlock, study.bootstrap.stationary, study.noise]) {
    assert.match((part as { reason: string }).reason, /finer candles/);
  }
  assert.ok(isMade(study.costs) && isMade(study.late));
});
