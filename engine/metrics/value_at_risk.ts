import { type Figure, figure, ratio } from "./figure.ts";
import { mean, standardDeviation } from "./moments.ts";
import { normalDensity, normalQuantile } from "./normal.ts";

/** The values in ascending order, for {@linkcode quantile}. */
export function ascendingOf(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** Quantile of ascending values, linear between the two nearest ranks: numpy's default. Null of no values. */
export function quantile(ascending: ArrayLike<number>, share: number): Figure {
  const n = ascending.length;
  if (n === 0) return null;
  const place = share * (n - 1), below = Math.floor(place);
  const value = ascending[below]!, next = ascending[Math.min(below + 1, n - 1)]!;
  return figure(value + (next - value) * (place - below));
}

/** Return that only a share `tail` of the periods falls below; a loss is negative. Null of fewer than 2 returns. */
export function valueAtRisk(ascending: ArrayLike<number>, tail: number): Figure {
  return ascending.length < 2 ? null : quantile(ascending, tail);
}

/** Mean of the returns at or below {@linkcode valueAtRisk}. */
export function conditionalValueAtRisk(ascending: ArrayLike<number>, tail: number): Figure {
  const limit = valueAtRisk(ascending, tail);
  if (limit === null) return null;
  let total = 0, count = 0;
  while (count < ascending.length && ascending[count]! <= limit) total += ascending[count++]!;
  return ratio(total, count);
}

/**
 * Value at risk of a normal distribution with the returns' mean and standard deviation (ddof 1): mean × h + standard
 * deviation × √h × z, for h independent periods ahead.
 */
export function normalValueAtRisk(returns: ArrayLike<number>, tail: number, horizonPeriods = 1): Figure {
  const average = mean(returns), deviation = standardDeviation(returns);
  if (average === null || deviation === null) return null;
  return figure(average * horizonPeriods + deviation * Math.sqrt(horizonPeriods) * normalQuantile(tail));
}

/** Mean of that normal distribution below its value at risk. */
export function normalConditionalValueAtRisk(returns: ArrayLike<number>, tail: number, horizonPeriods = 1): Figure {
  const average = mean(returns), deviation = standardDeviation(returns);
  if (average === null || deviation === null) return null;
  const below = deviation * Math.sqrt(horizonPeriods) * normalDensity(normalQuantile(tail)) / tail;
  return figure(average * horizonPeriods - below);
}

/** |95 % quantile ÷ 5 % quantile|: above 1 the good days are further out than the bad ones. */
export function tailRatio(ascending: ArrayLike<number>): Figure {
  const value = ratio(valueAtRisk(ascending, 0.95), valueAtRisk(ascending, 0.05));
  return value === null ? null : Math.abs(value);
}
