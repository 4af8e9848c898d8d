import { type Figure, figure, ratio } from "./figure.ts";

/** Sum of all values. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** Arithmetic mean; null of no values. */
export function mean(values: ArrayLike<number>): Figure {
  return ratio(sum(values), values.length);
}

/** Central moments of the population: mean of the k-th power of the distances from the mean. */
export interface CentralMoments {
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

/**
 * What rounding leaves of a spread of 0, as a share of 1 + the largest value: a return is the difference of a quotient
 * and 1, so even small ones carry the rounding of 1. Without it, steady growth would have a Sharpe ratio of 10^14.
 */
const ROUNDING = 4e-16;

/** Central moments; exactly 0 when the values differ by no more than rounding. */
export function centralMoments(values: ArrayLike<number>): CentralMoments {
  const n = values.length;
  let centre = sum(values) / n, rest = 0, largest = 0;
  for (let i = 0; i < n; i++) {
    rest += values[i]! - centre;
    largest = Math.max(largest, Math.abs(values[i]!));
  }
  centre += rest / n;
  let second = 0, third = 0, fourth = 0;
  for (let i = 0; i < n; i++) {
    const distance = values[i]! - centre, square = distance * distance;
    second += square;
    third += square * distance;
    fourth += square * square;
  }
  return Math.sqrt(second / n) <= ROUNDING * (1 + largest)
    ? { second: 0, third: 0, fourth: 0 }
    : { second: second / n, third: third / n, fourth: fourth / n };
}

/** Standard deviation with denominator n − `ddof`; null of fewer than 2 values. */
export function standardDeviation(values: ArrayLike<number>, ddof: 0 | 1 = 1): Figure {
  const n = values.length;
  return n < 2 ? null : figure(Math.sqrt(centralMoments(values).second * n / (n - ddof)));
}

/** Skewness of the population, m₃ ÷ m₂^1.5; null without variance. */
export function skewness(values: ArrayLike<number>): Figure {
  const { second, third } = centralMoments(values);
  return ratio(third, second * Math.sqrt(second));
}

/** Skewness adjusted for bias, as pandas and spreadsheets give it; null of fewer than 3 values. */
export function skewnessAdjusted(values: ArrayLike<number>): Figure {
  const n = values.length, population = skewness(values);
  return n < 3 || population === null ? null : population * Math.sqrt(n * (n - 1)) / (n - 2);
}

/** Excess kurtosis of the population, m₄ ÷ m₂² − 3; null without variance. */
export function excessKurtosis(values: ArrayLike<number>): Figure {
  const { second, fourth } = centralMoments(values);
  const kurtosis = ratio(fourth, second * second);
  return kurtosis === null ? null : kurtosis - 3;
}

/** Excess kurtosis adjusted for bias, as pandas and spreadsheets give it; null of fewer than 4 values. */
export function excessKurtosisAdjusted(values: ArrayLike<number>): Figure {
  const n = values.length, population = excessKurtosis(values);
  return n < 4 || population === null ? null : ((n + 1) * population + 6) * (n - 1) / ((n - 2) * (n - 3));
}
