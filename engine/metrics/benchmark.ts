import { covariance, pearsonCorrelation } from "./correlation.ts";
import { type Figure, figure, ratio } from "./figure.ts";
import type { BenchmarkMetricName } from "./metric_catalog.ts";
import { mean, standardDeviation } from "./moments.ts";
import { type AnnualBasis, DAILY_BASIS, perPeriod } from "./returns.ts";

/** Every figure against a benchmark by name. */
export type BenchmarkMetrics = Readonly<Record<BenchmarkMetricName, Figure>>;

/**
 * Compares two equally long series of returns of the same periods; `BENCHMARK_METRICS` has the conventions. A risk-free
 * return, where one is stated, comes off both before alpha. Nulls of fewer than 2 returns or without variance.
 */
export function benchmarkMetrics(
  returns: ArrayLike<number>,
  benchmark: ArrayLike<number>,
  basis: AnnualBasis = DAILY_BASIS,
): BenchmarkMetrics {
  const own = mean(returns), other = mean(benchmark);
  if (own === null || other === null || returns.length < 2) {
    return {
      beta: null,
      alphaAnnualFraction: null,
      benchmarkCorrelation: null,
      trackingErrorFraction: null,
      informationRatio: null,
    };
  }
  const year = basis.periodsPerYear, riskFree = perPeriod(basis.riskFreeAnnualFraction, basis);
  const otherDeviation = standardDeviation(benchmark)!;
  const beta = ratio(covariance(returns, benchmark), otherDeviation * otherDeviation);
  const difference = standardDeviation(Float64Array.from(returns, (value, i) => value - benchmark[i]!))!;
  const trackingError = difference * Math.sqrt(year);
  return {
    beta,
    alphaAnnualFraction: beta === null ? null : figure((own - riskFree - beta * (other - riskFree)) * year),
    benchmarkCorrelation: pearsonCorrelation(returns, benchmark),
    trackingErrorFraction: trackingError,
    informationRatio: ratio((own - other) * year, trackingError),
  };
}
