import type { EquityCurve, OpenTrade, Trade } from "../portfolio/mod.ts";
import { curveStartMs, dailyReturns } from "./daily_returns.ts";
import { averageDrawdown, type Drawdown, drawdownColumn, drawdownsOf, maxDrawdown } from "./drawdown.ts";
import { exposureOf } from "./exposure.ts";
import { type Figure, figure, ratio } from "./figure.ts";
import type { RunMetricName } from "./metric_catalog.ts";
import { mean, sum } from "./moments.ts";
import { returnMetrics } from "./return_metrics.ts";
import { tradeMetrics } from "./trade_statistics.ts";
import { DAY_MS } from "../time/mod.ts";

/** What a run leaves for its figures. */
export interface AccountHistory {
  /** Closed trades in order of exit. */
  readonly trades: readonly Trade[];
  /** What was still held at the end: its entries count in fees and turnover. */
  readonly openTrades?: readonly OpenTrade[];
  readonly equity: EquityCurve;
  /** Cash before the first candle, above 0, in quote units. */
  readonly startingCash: number;
}

/** Every figure of a run by name; `METRICS` has their conventions. */
export type RunMetrics = Readonly<Record<RunMetricName, Figure>>;

/**
 * All figures of a run. Ratios use the equity at 00:00 UTC and 365 days a year, on candles of any length; drawdowns and
 * exposure look at every close. Null where a figure is not defined, as are the annual ones of fewer than 2 days.
 */
export function runMetrics({ trades, openTrades = [], equity, startingCash }: AccountHistory): RunMetrics {
  const daily = dailyReturns(equity, startingCash), days = daily.returns.length;
  const ofDays = returnMetrics(daily.returns, {}, days);
  const column = drawdownColumn(equity.equity, startingCash), drawdowns = drawdownsOf(column);
  const deepest = maxDrawdown(column), depth = deepest === null ? null : -deepest;
  const lengths = drawdowns.map((own) => daysOf(own, equity));
  const final = equity.equity.at(-1) ?? startingCash;
  const exposure = exposureOf(equity);
  const traded = sum(trades.map((own) => own.turnover ?? own.quantity * (own.entryPrice + own.exitPrice))) +
    sum(openTrades.map((own) => own.turnover ?? own.quantity * own.entryPrice));
  const fees = sum(trades.map((own) => own.fees)) + sum(openTrades.map((own) => own.fees));
  return {
    ...ofDays,
    totalReturnFraction: days === 0 ? null : figure(final / startingCash - 1),
    calmar: ratio(ofDays.cagrFraction, depth),
    recoveryFactor: ratio(sum(daily.returns), depth),
    maxDrawdownFraction: deepest,
    averageDrawdownFraction: averageDrawdown(drawdowns),
    drawdownCount: drawdowns.length,
    ...tradeMetrics(trades),
    finalEquityQuote: figure(final),
    peakEquityQuote: figure(equity.equity.reduce((most, value) => Math.max(most, value), startingCash)),
    dailyMaxDrawdownFraction: ofDays.maxDrawdownFraction,
    longestUnderwaterDays: lengths.reduce((longest, value) => Math.max(longest, value), 0),
    averageUnderwaterDays: mean(lengths),
    exposureTimeFraction: exposure.timeFraction,
    averageExposureFraction: exposure.averageFraction,
    averageNetExposureFraction: exposure.averageNetFraction,
    averageLongExposureFraction: exposure.averageLongFraction,
    averageShortExposureFraction: exposure.averageShortFraction,
    maxExposureFraction: exposure.maxFraction,
    turnoverRatio: ratio(traded, mean(equity.equity)),
    feesQuote: fees,
    fundingQuote: sum([...trades, ...openTrades].map((own) => own.funding ?? 0)),
    interestQuote: sum([...trades, ...openTrades].map((own) => own.interest ?? 0)),
    feesOfStartFraction: ratio(fees, startingCash),
  };
}

/** Moments of a drawdown of a curve; the start counts as the opening of the first candle. */
export function drawdownTimes(
  own: Drawdown,
  curve: EquityCurve,
): { peakMs: number; valleyMs: number; recoveryMs: number | null } {
  const { closeTimeMs } = curve;
  return {
    peakMs: own.peakIndex < 0 ? curveStartMs(curve) : closeTimeMs[own.peakIndex]!,
    valleyMs: closeTimeMs[own.valleyIndex]!,
    recoveryMs: own.recoveryIndex === null ? null : closeTimeMs[own.recoveryIndex]!,
  };
}

function daysOf(own: Drawdown, curve: EquityCurve): number {
  const { peakMs, recoveryMs } = drawdownTimes(own, curve);
  return ((recoveryMs ?? curve.closeTimeMs.at(-1)!) - peakMs) / DAY_MS;
}
