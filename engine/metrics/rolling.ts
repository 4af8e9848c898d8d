import { benchmarkMetrics } from "./benchmark.ts";
import { drawdownColumn, maxDrawdown } from "./drawdown.ts";
import { type Figure, product } from "./figure.ts";
import { standardDeviation } from "./moments.ts";
import { type AnnualBasis, DAILY_BASIS, growth } from "./returns.ts";
import { sharpe } from "./sharpe.ts";
import { sortino } from "./sortino.ts";

/**
 * Figures over a window that moves along the returns: entry i covers returns i to i + window − 1, and all columns are
 * n − window + 1 long. Each entry is the plain figure of those returns, annualised as there.
 */
export interface RollingFigures {
  /** Returns in each window; days in a run. */
  readonly windowPeriods: number;
  readonly sharpe: readonly Figure[];
  readonly sortino: readonly Figure[];
  /** Standard deviation (ddof 1) × √periods a year. */
  readonly volatilityFraction: readonly Figure[];
  /** Deepest fall from a peak inside the window, the window's start included; at most 0. */
  readonly maxDrawdownFraction: readonly Figure[];
  /** Covariance with the benchmark ÷ its variance, and the correlation; null without a benchmark. */
  readonly beta: readonly Figure[] | null;
  readonly benchmarkCorrelation: readonly Figure[] | null;
}

/**
 * Rolling Sharpe and Sortino ratio, volatility, drawdown and, beside a benchmark of the same periods, beta and
 * correlation. Costs n × window: each window is computed afresh, so that no rounding is carried along.
 */
export function rollingFigures(
  returns: Float64Array,
  windowPeriods: number,
  benchmark: Float64Array | null = null,
  basis: AnnualBasis = DAILY_BASIS,
): RollingFigures {
  const count = Math.max(0, returns.length - windowPeriods + 1);
  const windows = (of: Float64Array) =>
    Array.from({ length: count }, (_, from) => of.subarray(from, from + windowPeriods));
  const own = windows(returns), perYear = Math.sqrt(basis.periodsPerYear);
  const against = benchmark && windows(benchmark).map((other, i) => benchmarkMetrics(own[i]!, other, basis));
  return {
    windowPeriods,
    sharpe: own.map((window) => sharpe(window, basis)),
    sortino: own.map((window) => sortino(window, basis)),
    volatilityFraction: own.map((window) => product(standardDeviation(window), perYear)),
    maxDrawdownFraction: own.map((window) => maxDrawdown(drawdownColumn(growth(window), 1))),
    beta: against && against.map(({ beta }) => beta),
    benchmarkCorrelation: against && against.map(({ benchmarkCorrelation }) => benchmarkCorrelation),
  };
}
