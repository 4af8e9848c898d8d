import { sma } from "../../engine/indicators/mod.ts";
import { parseRunSpec } from "../../engine/backtest/mod.ts";
import type { CandleColumns } from "../../engine/market/mod.ts";
import { range, runSweep, type Study, sweepInput, type SweepPlan, TrialPool } from "../../engine/research/mod.ts";
import { close, crossesAbove, crossesBelow } from "../../engine/series/mod.ts";
import { defineStrategy, integer, percent, type Strategy } from "../../engine/strategies/mod.ts";
import { note } from "../output.ts";
import { seededWalk } from "./walk.ts";
import { fastestInTurn, fastestMs, type Row, type Workload } from "./workload.ts";

const PARAMS = {
  fast: integer({ default: 10, min: 1, max: 10_000 }),
  slow: integer({ default: 50, min: 1, max: 10_000 }),
};

/** Long while the fast average is above the slow one: what the peers' sweep trades. */
export const levelStrategy = defineStrategy({
  id: "average-level",
  summary: "Trends persist: long while the fast average of closes is above the slow one",
  params: PARAMS,
  rules: ({ fast, slow }) => ({
    enter: sma(close, fast).gt(sma(close, slow)),
    exit: sma(close, fast).lte(sma(close, slow)),
  }),
});

/** Long from one crossing to the other, between a stop 1 % below the entry and a target 2 % above it. */
export const bracketStrategy = defineStrategy({
  id: "bracket-cross",
  summary: "Trends persist: long from crossing to crossing of two averages, in a bracket of stop and target",
  params: PARAMS,
  rules: ({ fast, slow }) => ({
    enter: crossesAbove(sma(close, fast), sma(close, slow)),
    exit: crossesBelow(sma(close, fast), sma(close, slow)),
    stop: percent(1),
    target: percent(2),
  }),
});

/** The peers' sweep: 150 pairs, all the cash at each entry, fees of 10 basis points, 100,000 at the start. */
export function peersPlan(strategy: Strategy, walk: CandleColumns, money: "exact" | "unrounded"): SweepPlan {
  const { exchange, symbol } = walk.instrument;
  const spec = parseRunSpec({
    strategy: strategy.id,
    params: {},
    markets: [{ exchange, symbol, feeAsset: "quote" }],
    timeframe: walk.timeframe,
    account: { cashQuote: 100_000 },
    costs: { makerBps: 10, takerBps: 10 },
  });
  return { spec, strategy, axes: { fast: range(5, 50, 5), slow: range(60, 200, 10) }, money, perBar: true };
}

/** Each thread compiles what it runs often for itself: more runs until it has. */
const THREADED_RUNS = 30;
/** Turns of either kind, of a large grid. */
const LARGE_TURNS = 5;

/** A sweep from its plan to its study, as a user asks for it. */
function swept(plan: SweepPlan, candles: CandleColumns, pool?: TrialPool): Promise<Study> {
  return runSweep(plan, sweepInput(plan, [candles]), pool ? { queue: pool } : {});
}

/** Sums over all trials of the figures that peers print. */
export function sumsOf({ trials }: Study) {
  const sum = (of: (trial: Study["trials"][number]) => number) => trials.reduce((total, own) => total + of(own), 0);
  return {
    total_return: sum(({ metrics }) => metrics.totalReturnFraction!),
    max_drawdown: sum(({ metrics }) => -metrics.maxDrawdownFraction!),
    sharpe: sum(({ metrics }) => metrics.barSharpe!),
    trades: sum(({ metrics }) => metrics.tradeCount!),
  };
}

/** Measures a sweep of 150 pairs on this thread and on two others; in float64 as the peers do, and in exact money. */
async function measurePairs(workload: string, strategy: Strategy, walk: CandleColumns): Promise<Row[]> {
  const unrounded = peersPlan(strategy, walk, "unrounded"), exact = peersPlan(strategy, walk, "exact");
  const sums = sumsOf(await swept(unrounded, walk));
  note(`  sums: ${Object.entries(sums).map(([name, value]) => `${name} ${value.toPrecision(13)}`).join(", ")}`);
  const row = (figure: string, ms: number): Row => ({
    workload,
    figure,
    ours: ms * 1e6 / 150 / walk.length,
    unit: "ns a candle and pair",
    moreIsBetter: false,
  });
  const rows = [
    row("ns_per_bar_and_pair", await fastestMs(10, () => swept(unrounded, walk))),
    row("exact_ns_per_bar_and_pair", await fastestMs(5, () => swept(exact, walk))),
  ];
  const pool = new TrialPool(2);
  try {
    rows.push(
      row("two_workers_ns_per_bar_and_pair", await fastestMs(THREADED_RUNS, () => swept(unrounded, walk, pool))),
    );
  } finally {
    pool.close();
  }
  return rows;
}

/** 10,000 parameter sets over a year of hours, in exact money. */
async function measureSets(): Promise<Row> {
  const hours = seededWalk(42, 8_760, { timeframe: "1h" });
  const plan = {
    ...peersPlan(levelStrategy, hours, "exact"),
    axes: { fast: range(2, 101), slow: range(102, 300, 2) },
    perBar: false,
  };
  const ours = await fastestMs(3, () => swept(plan, hours));
  return { workload: "sweep", figure: "sets_10000_ms", ours, unit: "ms", moreIsBetter: false };
}

/** A grid so large that what is made once for all of it hardly counts, on this thread and on two others. */
async function measureLargeGrid(walk: CandleColumns): Promise<Row[]> {
  const peers = peersPlan(levelStrategy, walk, "unrounded");
  const plan = { ...peers, axes: { ...peers.axes, slow: range(60, 358, 2) } };
  const row = (figure: string, ours: number, unit = "ms"): Row => ({
    workload: "sweep",
    figure,
    ours,
    unit,
    moreIsBetter: unit !== "ms",
  });
  const pool = new TrialPool(2);
  try {
    // Turn by turn: a machine that is slower for a while is so for both.
    const [alone, both] = await fastestInTurn(LARGE_TURNS, () => swept(plan, walk), () => swept(plan, walk, pool));
    return [
      row("pairs_1500_ms", alone),
      row("pairs_1500_two_workers_ms", both),
      row("two_workers_gain", alone / both, "times as fast as one thread"),
    ];
  } finally {
    pool.close();
  }
}

/** The peers' sweep, and what studies of many parameters take. */
export const sweepWorkload: Workload = {
  name: "sweep",
  run: async (walk) => [
    ...await measurePairs("sweep", levelStrategy, walk),
    ...await measureLargeGrid(walk),
    await measureSets(),
  ],
};

/** The same pairs with stop and target; the script beside this is the numba loop that trades it. */
export const bracketWorkload: Workload = {
  name: "bracket",
  run: (walk) => measurePairs("bracket", bracketStrategy, walk),
};
