import {
  cagr,
  excessKurtosis,
  type Figure,
  sharpe,
  skewness,
  sortino,
  standardDeviation,
} from "../../metrics/mod.ts";
import type { AccountPath } from "./account_path.ts";
import { dailyReturnsOf, EquityWalk } from "./equity_figures.ts";
import type { ColumnHistory } from "./history.ts";
import type { TradeTally } from "./trade_tally.ts";

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
export type TrialMetrics = Readonly<Record<TrialMetricName, Figure>>;

/** Computes the figures of trials over one history. */
export class TrialFigures {
  readonly #walk: EquityWalk;
  readonly #returns: Float64Array;

  constructor(readonly history: ColumnHistory) {
    this.#walk = new EquityWalk(history);
    this.#returns = new Float64Array(history.dayRows.length);
  }

  /** Null where the equity was gone at some close: then the run's own figures have to be computed close by close. */
  of(path: AccountPath, tally: TradeTally, start: number): TrialMetrics | null {
    const walk = this.#walk, returns = this.#returns, days = returns.length;
    walk.walk(path, start);
    if (!(walk.least > 0)) return null;
    dailyReturnsOf(this.history, path, start, returns);
    const annual = cagr(returns), deviation = standardDeviation(returns), depth = -walk.maxDrawdownFraction;
    const { trades } = tally;
    return {
      totalReturnFraction: days === 0 ? null : walk.finalEquity / start - 1,
      cagrFraction: annual,
      sharpe: sharpe(returns),
      sortino: sortino(returns),
      calmar: annual === null || depth === 0 ? null : annual / depth,
      maxDrawdownFraction: walk.rows === 0 ? null : walk.maxDrawdownFraction,
      longestUnderwaterDays: walk.longestUnderwaterDays,
      volatilityFraction: deviation === null ? null : deviation * Math.sqrt(365),
      tradeCount: trades,
      winRateFraction: trades === 0 ? null : tally.wins / trades,
      profitFactor: tally.lost === 0 ? null : tally.won / -tally.lost,
      exposureTimeFraction: walk.rows === 0 ? null : walk.heldRows / walk.rows,
      turnoverRatio: walk.rows === 0 ? null : tally.traded / walk.meanEquity,
      feesQuote: tally.fees,
      returnCount: days,
      skewness: skewness(returns),
      excessKurtosis: excessKurtosis(returns),
    };
  }
}
