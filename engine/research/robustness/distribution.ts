import { ascendingOf, type Figure, histogram, type HistogramTable, quantile } from "../../metrics/mod.ts";

/** A figure over many drawn histories, and where the one that happened lies among them. */
export interface Distribution {
  /** Histories in which the figure is defined. */
  readonly samples: number;
  readonly p05: Figure;
  readonly p25: Figure;
  readonly median: Figure;
  readonly p75: Figure;
  readonly p95: Figure;
  readonly actual: Figure;
  /** Share of the drawn ones below the actual one, equal ones counted half. */
  readonly belowActualFraction: Figure;
  /** For drawing; null where all are the same. */
  readonly histogram: HistogramTable | null;
}

/** Describes drawn values; those that are not defined are left out. */
export function distributionOf(drawn: readonly Figure[], actual: Figure): Distribution {
  const values = ascendingOf(drawn.filter((value) => value !== null));
  let below = 0;
  if (actual !== null) { for (const value of values) below += value < actual ? 1 : value === actual ? 0.5 : 0; }
  return {
    samples: values.length,
    p05: quantile(values, 0.05),
    p25: quantile(values, 0.25),
    median: quantile(values, 0.5),
    p75: quantile(values, 0.75),
    p95: quantile(values, 0.95),
    actual,
    belowActualFraction: actual === null || values.length === 0 ? null : below / values.length,
    histogram: histogram(values),
  };
}

/** Share of drawn values that something holds for; null of none. */
export function shareOf<T>(drawn: readonly T[], holds: (value: T) => boolean): Figure {
  return drawn.length === 0 ? null : drawn.filter(holds).length / drawn.length;
}

/**
 * p-value of a test that compares with drawn values: (1 + those at least as large) ÷ (1 + all). What happened is one of
 * the possible draws, so it is never 0 (Davison and Hinkley, "Bootstrap Methods and their Application", 1997, 4.2).
 */
export function exceedanceProbability(drawn: ArrayLike<number>, actual: number): number {
  let atLeast = 1;
  for (let i = 0; i < drawn.length; i++) if (drawn[i]! >= actual) atLeast++;
  return atLeast / (drawn.length + 1);
}
