import type { Trade } from "../portfolio/mod.ts";
import { type Figure, figure, ratio } from "./figure.ts";
import type { TradeMetricName } from "./metric_catalog.ts";
import { mean, sum } from "./moments.ts";
import { kelly, outcomesOf, payoffRatio, profitFactor, systemQuality } from "./outcomes.ts";
import { geometricMean } from "./returns.ts";
import { ascendingOf, quantile } from "./value_at_risk.ts";
import { DAY_MS } from "../time/mod.ts";

/** Every figure of closed trades by name. */
export type TradeMetrics = Readonly<Record<TradeMetricName, Figure>>;

/**
 * Figures of closed trades, given in order of exit; `TRADE_METRICS` has their conventions. Only the streaks depend on
 * the order. Sums of no trades are 0, everything else about none is null.
 */
export function tradeMetrics(trades: readonly Trade[]): TradeMetrics {
  const n = trades.length;
  const column = (of: (trade: Trade) => number) => Float64Array.from(trades, of);
  const profits = column(({ pnl }) => pnl), fractions = column(({ returnFraction }) => returnFraction);
  const longs = trades.filter(({ side }) => side === "long").map(({ pnl }) => pnl);
  const shorts = trades.filter(({ side }) => side === "short").map(({ pnl }) => pnl);
  const days = column(({ entryTimeMs, exitTimeMs }) => (exitTimeMs - entryTimeMs) / DAY_MS);
  const adverse = column(({ maeFraction }) => maeFraction);
  const outcomes = outcomesOf(profits), payoff = payoffRatio(outcomes), winRate = ratio(outcomes.wins, n);
  const ascending = ascendingOf(fractions);
  return {
    tradeCount: n,
    longTradeCount: longs.length,
    shortTradeCount: shorts.length,
    winRateFraction: winRate,
    longWinRateFraction: ratio(outcomesOf(longs).wins, longs.length),
    shortWinRateFraction: ratio(outcomesOf(shorts).wins, shorts.length),
    profitFactor: profitFactor(outcomes),
    returnProfitFactor: profitFactor(outcomesOf(fractions)),
    payoffRatio: payoff,
    expectancyQuote: mean(profits),
    averageTradeFraction: mean(fractions),
    medianTradeFraction: quantile(ascending, 0.5),
    geometricTradeFraction: geometricMean(fractions),
    bestTradeFraction: ascending.at(-1) ?? null,
    worstTradeFraction: ascending[0] ?? null,
    sqn: systemQuality(profits),
    kellyFraction: kelly(winRate, payoff),
    netProfitQuote: sum(profits),
    longNetProfitQuote: sum(longs),
    shortNetProfitQuote: sum(shorts),
    averageMaeFraction: mean(adverse),
    worstMaeFraction: n === 0 ? null : figure(adverse.reduce((worst, value) => Math.min(worst, value))),
    averageMfeFraction: mean(column(({ mfeFraction }) => mfeFraction)),
    averageTradeDays: mean(days),
    maxTradeDays: n === 0 ? null : figure(days.reduce((longest, value) => Math.max(longest, value))),
    averageTradeCandles: mean(column(({ bars }) => bars)),
    longestWinningTrades: outcomes.longestWinning,
    longestLosingTrades: outcomes.longestLosing,
  };
}
