import {
  type ColumnRunner,
  type ColumnTrade,
  type EventTrial,
  eventTrial,
  type PlainRules,
  type RunSpec,
  TRIAL_METRICS,
  type TrialCandles,
  type TrialMetrics,
} from "../backtest/mod.ts";
import type { BoundStrategy } from "../strategies/mod.ts";
import type { TrialCertificate } from "./study.ts";

/** Figures of both ways may differ by this share: they add the same numbers in another order. */
const TOLERANCE = 1e-9;
const MOST_DIFFERENCES = 5;
const COMPARED = ["side", "entryTimeMs", "exitTimeMs", "quantity", "entryPrice", "exitPrice"] as const;

/** Runs a trial again, candle by candle, and says whether its trades and figures are the same. */
export function certify(
  index: number,
  spec: RunSpec,
  strategy: BoundStrategy,
  candles: TrialCandles,
  { runner, rules, metrics }: {
    readonly runner: ColumnRunner;
    readonly rules: PlainRules;
    readonly metrics: TrialMetrics;
  },
): TrialCertificate {
  const event = eventTrial(spec, strategy, candles), trades = runner.trades(rules) ?? [];
  const differences = [
    ...tradeDifferences(trades, event, candles.used[0]!.openTimeMs),
    ...metricDifferences(metrics, event.metrics),
  ];
  return {
    index,
    equal: differences.length === 0,
    trades: event.trades.length,
    differences: differences.slice(0, MOST_DIFFERENCES),
  };
}

function tradeDifferences(
  columns: readonly ColumnTrade[],
  { trades, openTrades }: EventTrial,
  openTimeMs: Float64Array,
): string[] {
  const own = columns.map(({ entryRow, exitRow, ...trade }) => ({
    ...trade,
    entryTimeMs: openTimeMs[entryRow]!,
    exitTimeMs: exitRow < 0 ? null : openTimeMs[exitRow]!,
    exitPrice: exitRow < 0 ? null : trade.exitPrice,
  }));
  const other = [...trades, ...openTrades.map((trade) => ({ ...trade, exitTimeMs: null, exitPrice: null }))];
  if (own.length !== other.length) return [`${own.length} trades over columns, ${other.length} candle by candle`];
  return own.flatMap((trade, i) =>
    COMPARED.filter((name) => trade[name] !== other[i]![name]).map((name) =>
      `${name} of trade ${i + 1}: ${trade[name]} over columns, ${other[i]![name]} candle by candle`
    )
  );
}

function metricDifferences(own: TrialMetrics, other: TrialMetrics): string[] {
  return TRIAL_METRICS.filter((name) => {
    const a = own[name], b = other[name];
    return a === null || b === null ? a !== b : !(Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b)));
  }).map((name) => `${name}: ${own[name]} over columns, ${other[name]} candle by candle`);
}
