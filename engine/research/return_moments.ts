import { centralMoments, DAILY_BASIS, type Figure, mean } from "../metrics/mod.ts";

/** What the sampling error of a Sharpe ratio depends on; all for one period, a day in trials. */
export interface ReturnMoments {
  /** Number of returns. */
  readonly count: number;
  /** Mean ÷ standard deviation (ddof 1), not annualised; null of fewer than 2 returns or without variance. */
  readonly sharpe: Figure;
  /** Of the population; null without variance. */
  readonly skewness: Figure;
  /** Of the population and not the excess: 3 for a normal distribution. */
  readonly kurtosis: Figure;
}

/** Days in a year: what turns the Sharpe ratio of a day into one of a year, by its root. */
export const DAYS_PER_YEAR = DAILY_BASIS.periodsPerYear;

/** The moments of a column of simple returns. */
export function returnMoments(returns: ArrayLike<number>): ReturnMoments {
  const count = returns.length, { second, third, fourth } = centralMoments(returns);
  if (!(second > 0)) return { count, sharpe: null, skewness: null, kurtosis: null };
  return {
    count,
    sharpe: mean(returns)! / Math.sqrt(second * count / (count - 1)),
    skewness: third / (second * Math.sqrt(second)),
    kurtosis: fourth / (second * second),
  };
}
