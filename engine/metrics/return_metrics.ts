import { cornishFisherConditionalValueAtRisk, cornishFisherValueAtRisk } from "./cornish_fisher.ts";
import { averageDrawdown, drawdownColumn, drawdownsOf, longestDrawdown, maxDrawdown, ulcerIndex } from "./drawdown.ts";
import { type Figure, product, ratio } from "./figure.ts";
import type { ReturnMetricName } from "./metric_catalog.ts";
import {
  excessKurtosis,
  excessKurtosisAdjusted,
  mean,
  skewness,
  skewnessAdjusted,
  standardDeviation,
  sum,
} from "./moments.ts";
import { kelly, omega, outcomesOf, payoffRatio, profitFactor, systemQuality } from "./outcomes.ts";
import {
  type AnnualBasis,
  cagr,
  cagrByCalendar,
  DAILY_BASIS,
  geometricMean,
  growth,
  perPeriod,
  stabilityRSquared,
  totalReturn,
} from "./returns.ts";
import { probabilityOfSkill, sharpe } from "./sharpe.ts";
import { downsideDeviation, sortino } from "./sortino.ts";
import {
  ascendingOf,
  conditionalValueAtRisk,
  normalConditionalValueAtRisk,
  normalValueAtRisk,
  tailRatio,
  valueAtRisk,
} from "./value_at_risk.ts";

/** Every figure of a return series by name. */
export type ReturnMetrics = Readonly<Record<ReturnMetricName, Figure>>;

/**
 * All figures of a series of simple returns, each above −1 but perhaps the last; `RETURN_METRICS` has their conventions.
 *
 * @param calendarDays Days that the returns cover, for the annual return by calendar; null where no dates are known.
 */
export function returnMetrics(
  returns: ArrayLike<number>,
  basis: Partial<AnnualBasis> = {},
  calendarDays: number | null = null,
): ReturnMetrics {
  const full = { ...DAILY_BASIS, ...basis };
  const perYear = Math.sqrt(full.periodsPerYear);
  const total = totalReturn(returns), annual = cagr(returns, full), average = mean(returns);
  const column = drawdownColumn(growth(returns), 1), drawdowns = drawdownsOf(column), deepest = maxDrawdown(column);
  const depth = deepest === null ? null : -deepest;
  const ascending = ascendingOf(returns);
  const outcomes = outcomesOf(returns), payoff = payoffRatio(outcomes), factor = profitFactor(outcomes);
  const winRate = ratio(outcomes.wins, outcomes.wins + outcomes.losses);
  const sortinoRatio = sortino(returns, full), tails = tailRatio(ascending);
  return {
    totalReturnFraction: total,
    cagrFraction: annual,
    cagrCalendarFraction: calendarDays === null ? null : cagrByCalendar(returns, calendarDays),
    arithmeticAnnualReturnFraction: product(average, full.periodsPerYear),
    geometricMeanFraction: geometricMean(returns),
    returnCount: returns.length,
    volatilityFraction: product(standardDeviation(returns), perYear),
    volatilityDdof0Fraction: product(standardDeviation(returns, 0), perYear),
    downsideDeviationFraction: downsideDeviation(returns, full),
    valueAtRisk95Fraction: valueAtRisk(ascending, 0.05),
    valueAtRisk99Fraction: valueAtRisk(ascending, 0.01),
    conditionalValueAtRisk95Fraction: conditionalValueAtRisk(ascending, 0.05),
    conditionalValueAtRisk99Fraction: conditionalValueAtRisk(ascending, 0.01),
    normalValueAtRisk95Fraction: normalValueAtRisk(returns, 0.05),
    normalConditionalValueAtRisk95Fraction: normalConditionalValueAtRisk(returns, 0.05),
    normalValueAtRisk99Fraction: normalValueAtRisk(returns, 0.01),
    normalConditionalValueAtRisk99Fraction: normalConditionalValueAtRisk(returns, 0.01),
    cornishFisherValueAtRisk95Fraction: cornishFisherValueAtRisk(returns, 0.05),
    cornishFisherConditionalValueAtRisk95Fraction: cornishFisherConditionalValueAtRisk(returns, 0.05),
    sharpe: sharpe(returns, full),
    sharpeDdof0: sharpe(returns, full, 0),
    probabilisticSharpeFraction: probabilityOfSkill(returns, full),
    sortino: sortinoRatio,
    sortinoAdjusted: ratio(sortinoRatio, Math.SQRT2),
    calmar: ratio(annual, depth),
    omega: omega(returns, perPeriod(full.requiredAnnualFraction, full)),
    gainToPain: ratio(sum(returns), -outcomes.lost),
    recoveryFactor: ratio(sum(returns), depth),
    ulcerPerformanceIndex: ratio(total, ulcerIndex(column, 1)),
    tailRatio: tails,
    commonSenseRatio: product(factor, tails),
    stabilityRSquared: stabilityRSquared(returns),
    maxDrawdownFraction: deepest,
    averageDrawdownFraction: averageDrawdown(drawdowns),
    drawdownCount: drawdowns.length,
    longestUnderwaterPeriods: longestDrawdown(drawdowns)?.lengthPeriods ?? 0,
    ulcerIndexFraction: ulcerIndex(column),
    ulcerIndexNMinus1Fraction: ulcerIndex(column, 1),
    skewness: skewness(returns),
    skewnessAdjusted: skewnessAdjusted(returns),
    excessKurtosis: excessKurtosis(returns),
    excessKurtosisAdjusted: excessKurtosisAdjusted(returns),
    bestPeriodFraction: ascending.at(-1) ?? null,
    worstPeriodFraction: ascending[0] ?? null,
    periodWinRateFraction: winRate,
    periodProfitFactor: factor,
    periodPayoffRatio: payoff,
    periodExpectancyFraction: average,
    periodKellyFraction: kelly(winRate, payoff),
    periodSqn: systemQuality(returns),
    averageWinningPeriodFraction: ratio(outcomes.won, outcomes.wins),
    averageLosingPeriodFraction: ratio(outcomes.lost, outcomes.losses),
    longestWinningPeriods: outcomes.longestWinning,
    longestLosingPeriods: outcomes.longestLosing,
  };
}
