import {
  cagr,
  DAILY_BASIS,
  excessKurtosis,
  type Figure,
  sharpe,
  skewness,
  sortino,
  standardDeviation,
} from "../../metrics/mod.ts";
import { nominalLengthMs, type Timeframe, YEAR_MS } from "../../time/mod.ts";
import type { EquityFigures } from "./equity_follower.ts";
import type { ColumnHistory } from "./history.ts";
import type { TradeSums } from "./trade_tally.ts";

/** The figures of a trial, named and defined as those of a run; see `METRICS`. */
export const TRIAL_METRICS = [
  "totalReturnFraction",
  "cagrFraction",
  "sharpe",
  "sortino",
  "calmar",
  "maxDrawdownFraction",
  "longestUnderwaterDays",
  "volatilityFraction",
  "tradeCount",
  "winRateFraction",
  "profitFactor",
  "exposureTimeFraction",
  "turnoverRatio",
  "feesQuote",
  "returnCount",
  "skewness",
  "excessKurtosis",
] as const;

export type TrialMetricName = typeof TRIAL_METRICS[number];
/** Null where a figure is not defined. */
export type TrialMetrics = Readonly<Record<TrialMetricName, Figure>> & {
  /** Sharpe ratio a year of the returns from close to close, where it was asked for: it depends on the candles' length. */
  readonly barSharpe?: Figure;
};

/** mean(r) ÷ standard deviation of r (ddof 1) × √bars a year, of Σ r and Σ r². */
export function barSharpe(sum: number, squares: number, bars: number, timeframe: Timeframe): Figure {
  const mean = sum / bars, variance = (squares - bars * mean * mean) / (bars - 1);
  return bars > 1 && variance > 0 ? mean / Math.sqrt(variance) * Math.sqrt(YEAR_MS / nominalLengthMs(timeframe)) : null;
}

/** What a trial has come to. */
export interface TradedTrial {
  readonly history: ColumnHistory;
  readonly equity: EquityFigures;
  readonly tally: TradeSums;
}

/** The figures of a trial that has come to its end; null where the equity was gone at some close. */
export function trialMetrics(
  { history: { candles, firstRow }, equity, tally }: TradedTrial,
  start: number,
): TrialMetrics | null {
  if (!(equity.leastEquity > 0)) return null;
  const returns = equity.dailyReturns, days = returns.length, rows = candles.length - firstRow, { trades } = tally;
  const annual = cagr(returns), deviation = standardDeviation(returns), depth = -equity.maxDrawdownFraction;
  return {
    totalReturnFraction: days === 0 ? null : equity.finalEquity / start - 1,
    cagrFraction: annual,
    sharpe: sharpe(returns),
    sortino: sortino(returns),
    calmar: annual === null || depth === 0 ? null : annual / depth,
    maxDrawdownFraction: rows === 0 ? null : equity.maxDrawdownFraction,
    longestUnderwaterDays: equity.longestUnderwaterDays,
    volatilityFraction: deviation === null ? null : deviation * Math.sqrt(DAILY_BASIS.periodsPerYear),
    tradeCount: trades,
    winRateFraction: trades === 0 ? null : tally.wins / trades,
    profitFactor: tally.lost === 0 ? null : tally.won / -tally.lost,
    exposureTimeFraction: rows === 0 ? null : equity.heldRows / rows,
    turnoverRatio: rows === 0 ? null : tally.traded / (equity.sum / rows),
    feesQuote: tally.fees,
    returnCount: days,
    skewness: skewness(returns),
    excessKurtosis: excessKurtosis(returns),
    ...(equity.perBar ? { barSharpe: barSharpe(equity.barReturns, equity.barSquares, rows, candles.timeframe) } : {}),
  };
}
