import { log, pow } from "./elementary.ts";
import { type Figure, figure, ratio } from "./figure.ts";

/** How returns become figures a year. */
export interface AnnualBasis {
  /** Returns in a year: 365 for days of a market that never closes, 252 for those of a stock exchange. */
  readonly periodsPerYear: number;
  /** Risk-free return of a year; each period's share is (1 + it)^(1 ÷ periods a year) − 1. */
  readonly riskFreeAnnualFraction: number;
  /** Return of a year that the omega ratio asks for, shared out in the same way. */
  readonly requiredAnnualFraction: number;
}

/** Days of a market that never closes, no risk-free return, nothing required. */
export const DAILY_BASIS: AnnualBasis = Object.freeze({
  periodsPerYear: 365,
  riskFreeAnnualFraction: 0,
  requiredAnnualFraction: 0,
});

/** The return of one period that compounds to `annualFraction` in a year. */
export function perPeriod(annualFraction: number, { periodsPerYear }: AnnualBasis): number {
  return pow(1 + annualFraction, 1 / periodsPerYear) - 1;
}

/** What 1 has grown to after each return. */
export function growth(returns: ArrayLike<number>): Float64Array {
  const values = new Float64Array(returns.length);
  let value = 1;
  for (let i = 0; i < values.length; i++) values[i] = value *= 1 + returns[i]!;
  return values;
}

/** Simple returns from each value to the next, the first from `start`. All values but the last must be above 0. */
export function returnsOf(values: ArrayLike<number>, start: number): Float64Array {
  const returns = new Float64Array(values.length);
  for (let i = 0, before = start; i < returns.length; before = values[i++]!) returns[i] = values[i]! / before - 1;
  return returns;
}

/** Π(1 + r) − 1; null of no returns. */
export function totalReturn(returns: ArrayLike<number>): Figure {
  const values = growth(returns);
  return values.length === 0 ? null : figure(values[values.length - 1]! - 1);
}

/** (1 + total return)^(periods a year ÷ n) − 1; null of fewer than 2 returns. */
export function cagr(returns: ArrayLike<number>, { periodsPerYear }: AnnualBasis = DAILY_BASIS): Figure {
  return returns.length < 2 ? null : compounded(totalReturn(returns), periodsPerYear / returns.length);
}

/** (1 + total return)^(365.25 ÷ days) − 1, `days` the calendar days covered; null of fewer than 2 returns. */
export function cagrByCalendar(returns: ArrayLike<number>, days: number): Figure {
  return returns.length < 2 || !(days > 0) ? null : compounded(totalReturn(returns), 365.25 / days);
}

/** (1 + total return)^(1 ÷ n) − 1. */
export function geometricMean(returns: ArrayLike<number>): Figure {
  return returns.length === 0 ? null : compounded(totalReturn(returns), 1 / returns.length);
}

/** A loss of more than everything has no power. */
function compounded(total: Figure, exponent: number): Figure {
  return total === null || total < -1 ? null : figure(pow(1 + total, exponent) - 1);
}

/** R² of a straight line through the cumulative log returns: 1 for perfectly steady growth. Null of fewer than 3 returns. */
export function stabilityRSquared(returns: ArrayLike<number>): Figure {
  const n = returns.length;
  if (n < 3) return null;
  const heights = new Float64Array(n);
  let height = 0;
  for (let i = 0; i < n; i++) heights[i] = height += log(1 + returns[i]!);
  const middle = (n - 1) / 2, average = heights.reduce((total, value) => total + value, 0) / n;
  let xx = 0, xy = 0, yy = 0;
  for (let i = 0; i < n; i++) {
    const x = i - middle, y = heights[i]! - average;
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  return ratio(xy * xy, xx * yy);
}
