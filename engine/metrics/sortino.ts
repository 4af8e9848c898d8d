import { type Figure, figure, product, ratio } from "./figure.ts";
import { mean } from "./moments.ts";
import { type AnnualBasis, DAILY_BASIS, perPeriod } from "./returns.ts";

/** √mean(min(r − target, 0)²) of one period; the mean is over all returns, not over the losing ones. Null of fewer than 2. */
export function downsidePerPeriod(returns: ArrayLike<number>, target = 0): Figure {
  if (returns.length < 2) return null;
  let squares = 0;
  for (let i = 0; i < returns.length; i++) squares += square(Math.min(returns[i]! - target, 0));
  return figure(Math.sqrt(squares / returns.length));
}

/** Downside deviation a year against 0: the downside of one period × √periods a year. */
export function downsideDeviation(returns: ArrayLike<number>, { periodsPerYear }: AnnualBasis = DAILY_BASIS): Figure {
  return product(downsidePerPeriod(returns), Math.sqrt(periodsPerYear));
}

/** Sortino ratio a year: mean(e) ÷ downside of e × √periods a year with e = r − risk-free; null where nothing lost. */
export function sortino(returns: ArrayLike<number>, basis: AnnualBasis = DAILY_BASIS): Figure {
  const riskFree = perPeriod(basis.riskFreeAnnualFraction, basis), average = mean(returns);
  if (average === null) return null;
  return product(ratio(average - riskFree, downsidePerPeriod(returns, riskFree)), Math.sqrt(basis.periodsPerYear));
}

function square(x: number): number {
  return x * x;
}
