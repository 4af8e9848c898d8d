import type { ReportDocument } from "./engine.ts";

/** What the data loader of a backtest page writes. */
export interface BacktestData {
  readonly report: ReportDocument;
  /** The last candles of the run's first market, unmerged; null when the lake no longer has the candles of the run. */
  readonly recent: RecentCandles | null;
}

/** Candles as JSON, oldest first. */
export interface RecentCandles {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly openTimeMs: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
}

/** A run in the list of all runs; figures are null where they are not defined. */
export interface RunSummary {
  readonly hash: string;
  readonly strategy: string;
  /** Parameters as `fast=10 slow=50`. */
  readonly params: string;
  readonly markets: string;
  readonly exchange: string;
  readonly timeframe: string;
  /** First and last moment of the account; null of a run without a candle. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly totalReturnFraction: number | null;
  readonly cagrFraction: number | null;
  readonly sharpe: number | null;
  readonly maxDrawdownFraction: number | null;
  readonly trades: number;
  /** Equity ÷ starting cash at a few moments, enough to draw it small. */
  readonly curve: { readonly timeMs: readonly number[]; readonly growth: readonly number[] };
}
