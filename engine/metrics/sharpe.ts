import { type Figure, product, ratio } from "./figure.ts";
import { excessKurtosis, mean, skewness, standardDeviation } from "./moments.ts";
import { normalCdf } from "./normal.ts";
import { type AnnualBasis, DAILY_BASIS, perPeriod } from "./returns.ts";

/**
 * Sharpe ratio a year: mean(e) ÷ standard deviation of e × √periods a year with e = r − risk-free. 365 periods a year,
 * risk-free 0 and ddof 1 unless stated; null of fewer than 2 returns or without variance.
 */
export function sharpe(returns: ArrayLike<number>, basis: AnnualBasis = DAILY_BASIS, ddof: 0 | 1 = 1): Figure {
  return product(
    sharpePerPeriod(returns, perPeriod(basis.riskFreeAnnualFraction, basis), ddof),
    Math.sqrt(basis.periodsPerYear),
  );
}

/** The same for one period, not annualised. */
export function sharpePerPeriod(returns: ArrayLike<number>, riskFree: number, ddof: 0 | 1 = 1): Figure {
  const average = mean(returns);
  return average === null ? null : ratio(average - riskFree, standardDeviation(returns, ddof));
}

/** What the sampling error of a Sharpe ratio depends on; all for one period. */
export interface SharpeSample {
  readonly sharpe: number;
  /** Number of returns. */
  readonly count: number;
  readonly skewness: number;
  /** Not the excess: 3 for a normal distribution. */
  readonly kurtosis: number;
}

/**
 * Probabilistic Sharpe ratio (Bailey and López de Prado, 2012): probability that the true Sharpe ratio of a period
 * exceeds `benchmark`, Φ((s − s*) √(n − 1) ÷ √(1 − γ₃ s + (γ₄ − 1) ÷ 4 × s²)). Null of fewer than 2 returns.
 */
export function probabilisticSharpe(sample: SharpeSample, benchmark = 0): Figure {
  const { sharpe, count, skewness, kurtosis } = sample;
  const spread = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe;
  if (count < 2 || !(spread > 0)) return null;
  return normalCdf((sharpe - benchmark) * Math.sqrt(count - 1) / Math.sqrt(spread));
}

/** {@linkcode probabilisticSharpe} of a series against 0, with skewness and kurtosis of the population. */
export function probabilityOfSkill(returns: ArrayLike<number>, basis: AnnualBasis = DAILY_BASIS): Figure {
  const ratio = sharpePerPeriod(returns, perPeriod(basis.riskFreeAnnualFraction, basis));
  const skew = skewness(returns), excess = excessKurtosis(returns);
  if (ratio === null || skew === null || excess === null) return null;
  return probabilisticSharpe({ sharpe: ratio, count: returns.length, skewness: skew, kurtosis: excess + 3 });
}
