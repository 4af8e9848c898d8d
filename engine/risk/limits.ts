// Limits on what an account may do, beside the checks that every order passes: each is one small pure function.
import type { OrderIntent } from "../orders/mod.ts";
import { partOfOrder } from "./part_of_order.ts";
import { pricesOf } from "./pre_trade_rules.ts";
import { correlationOf } from "./return_window.ts";
import type { ClosedTrade } from "./risk_history.ts";
import type { RiskRule, RiskView, Shrinkage } from "./risk_rule.ts";

/** Limits as a run or a session states them; one that is left out does not exist. Fractions are of the equity. */
export interface LimitSpec {
  /** Books with a position or an entry on its way, this order's own included. */
  readonly maxPositions?: number;
  /** Σ |position × mark| of all markets, this order included. */
  readonly maxExposureFraction?: number;
  /** The same of one base asset, over all its markets. */
  readonly maxAssetExposureFraction?: number;
  /** True: an entry beyond one of the two or the funds is made as small as fits, and refused only where nothing does. */
  readonly shrinkToFit?: boolean;
  /** No entry waits at a price that is farther from the last close than this share of it. */
  readonly maxPriceDistanceFraction?: number;
  /** Entries sent since 00:00 UTC. */
  readonly maxEntriesPerDay?: number;
  /** Equity below that at 00:00 UTC by this much: no entry until the next day. */
  readonly maxDailyLossFraction?: number;
  /** Equity below its highest close by this much: no entry until it has recovered. */
  readonly maxDrawdownFraction?: number;
  /** Candles after the close of a trade on which its book takes no entry. */
  readonly cooldownCandles?: number;
  /**
   * After so many trades that ended by their stop within so many candles no book takes an entry for as many more;
   * `perMarket`: only the book whose trades they were.
   */
  readonly stopGuard?: {
    readonly trades: number;
    readonly withinCandles: number;
    readonly pauseCandles: number;
    readonly perMarket?: boolean;
  };
  /**
   * After trades, at least so many within so many candles, whose returns in sum fell by this much from their highest, no
   * book takes an entry for as many candles more.
   */
  readonly drawdownGuard?: {
    readonly trades: number;
    readonly withinCandles: number;
    readonly maxDrawdownFraction: number;
    readonly pauseCandles: number;
  };
  /**
   * No entry into a market whose returns were correlated with those of another one that is held by more than this, counted
   * in the direction of the positions: a short one in a market that moves against the held one adds to it. While less than
   * half of the candles are known nothing is refused.
   */
  readonly maxCorrelation?: { readonly coefficient: number; readonly withinCandles: number };
  /**
   * A book whose trades of the last candles, at least so many, returned less than this in sum takes no entry; with
   * `pauseCandles`, for so many candles after the last of them.
   */
  readonly lowProfit?: {
    readonly trades: number;
    readonly withinCandles: number;
    readonly minReturnFraction: number;
    readonly pauseCandles?: number;
  };
}

/** Candle groups whose returns the limits look at. */
export function correlationCandles({ maxCorrelation }: LimitSpec): number {
  return maxCorrelation?.withinCandles ?? 0;
}

/** The rules of the limits that are stated, in the order in which a refusal is reported. */
export function limitRules(limits: LimitSpec): RiskRule[] {
  const rules: RiskRule[] = [];
  const add = <K extends keyof LimitSpec>(name: K, rule: (limit: NonNullable<LimitSpec[K]>) => RiskRule) => {
    const limit = limits[name];
    if (limit !== undefined) rules.push(entriesOnly(rule(limit!)));
  };
  const { shrinkToFit = false } = limits;
  add("maxPositions", maxPositions);
  add("maxExposureFraction", (limit) => maxExposure(limit, shrinkToFit));
  add("maxAssetExposureFraction", (limit) => maxAssetExposure(limit, shrinkToFit));
  add("maxPriceDistanceFraction", maxPriceDistance);
  add("maxEntriesPerDay", maxEntriesPerDay);
  add("maxDailyLossFraction", maxDailyLoss);
  add("maxDrawdownFraction", maxDrawdown);
  add("cooldownCandles", cooldown);
  add("stopGuard", stopGuard);
  add("drawdownGuard", drawdownGuard);
  add("lowProfit", lowProfit);
  add("maxCorrelation", maxCorrelation);
  return rules;
}

/** What makes a position smaller is never held up by a limit. */
export function entriesOnly(rule: RiskRule): RiskRule {
  return (intent, view) => intent.reduceOnly ? null : rule(intent, view);
}

const percent = (fraction: number) => `${Number((fraction * 100).toFixed(4))} %`;

/** At most so many books at work. */
function maxPositions(limit: number): RiskRule {
  return (_, { otherPositions }) =>
    otherPositions >= limit
      ? { code: "max-positions", reason: `${otherPositions} of ${limit} positions are taken` }
      : null;
}

/** At most this share of the equity at risk in the markets. */
function maxExposure(limit: number, shrinks: boolean): RiskRule {
  return (intent, view) => {
    const share = (view.grossExposure + view.orderNotional) / view.equity;
    if (share <= limit) return null;
    const reason = `the exposure would be ${percent(share)} of the equity, over ${percent(limit)}`;
    const refusal = { code: "max-exposure", reason };
    return shrinks ? { ...refusal, ...fitting(intent, view, limit, view.grossExposure) } : refusal;
  };
}

/** At most this share of the equity at risk in one asset. */
function maxAssetExposure(limit: number, shrinks: boolean): RiskRule {
  return (intent, view) => {
    const share = (view.assetExposure + view.orderNotional) / view.equity;
    if (share <= limit) return null;
    const { base } = view.instrument;
    const reason = `the exposure to ${base} would be ${percent(share)} of the equity, over ${percent(limit)}`;
    const refusal = { code: "max-asset-exposure", reason };
    return shrinks ? { ...refusal, ...fitting(intent, view, limit, view.assetExposure) } : refusal;
  };
}

/** How much of the order fits between an exposure and its limit. */
function fitting(intent: OrderIntent, view: RiskView, limit: number, exposure: number): Pick<Shrinkage, "shrinkTo"> {
  return { shrinkTo: partOfOrder(intent, view, (view.equity * limit - exposure) / view.orderNotional) };
}

/** No price far from the market's. */
function maxPriceDistance(limit: number): RiskRule {
  return (intent, { mark }) => {
    const far = pricesOf(intent).find((own) => Math.abs(own - mark) > limit * mark);
    return far === undefined ? null : {
      code: "far-price",
      reason: `${far} is ${percent(Math.abs(far / mark - 1))} away from the market's ${mark}, the most is ${
        percent(limit)
      }`,
    };
  };
}

/** At most so many entries a day, UTC. */
function maxEntriesPerDay(limit: number): RiskRule {
  return (_, { history }) =>
    history.entriesToday >= limit
      ? { code: "daily-entries", reason: `${history.entriesToday} entries were sent today, the most is ${limit}` }
      : null;
}

/** No entry on a day, UTC, that has lost too much. */
function maxDailyLoss(limit: number): RiskRule {
  return (_, { equity, history }) => {
    const loss = 1 - equity / history.equityAtDayStart;
    return equity <= history.equityAtDayStart * (1 - limit)
      ? { code: "daily-loss", reason: `the day has lost ${percent(loss)}, the most is ${percent(limit)}` }
      : null;
  };
}

/** No entry while the equity is too far below its highest close. */
function maxDrawdown(limit: number): RiskRule {
  return (_, { equity, history }) => {
    const depth = 1 - equity / history.peakEquity;
    return equity <= history.peakEquity * (1 - limit)
      ? {
        code: "max-drawdown",
        reason: `the equity is ${percent(depth)} below its peak, the most is ${percent(limit)}`,
      }
      : null;
  };
}

/** A pause of the book after each of its trades. */
function cooldown(candles: number): RiskRule {
  return ({ book }, { history }) => {
    const last = history.closed.findLast((trade) => trade.book === book);
    const since = last === undefined ? Infinity : history.candles - last.candle;
    return since < candles
      ? { code: "cooldown", reason: `the last trade closed ${since} candles ago, the pause is ${candles}` }
      : null;
  };
}

/**
 * The latest trade that may still pause entries: the last of trades within so many candles of it for which `holds`. The
 * pauses of earlier ones are looked at, too: a trade that has closed since ends none of them.
 */
function pausing(
  closed: readonly ClosedTrade[],
  now: number,
  { trades, withinCandles, pauseCandles }: { trades: number; withinCandles: number; pauseCandles: number },
  holds: (recent: readonly ClosedTrade[]) => boolean,
): ClosedTrade | null {
  for (let last = closed.length - 1; last >= trades - 1; last--) {
    const end = closed[last]!.candle;
    if (now - end >= pauseCandles) return null;
    let first = last;
    while (first > 0 && end - closed[first - 1]!.candle < withinCandles) first--;
    if (last - first + 1 >= trades && holds(closed.slice(first, last + 1))) return closed[last]!;
  }
  return null;
}

/** A pause after many stops. */
function stopGuard(guard: NonNullable<LimitSpec["stopGuard"]>): RiskRule {
  const { trades, withinCandles, pauseCandles, perMarket = false } = guard;
  return ({ book }, { history }) => {
    const stopped = history.closed.filter((trade) => trade.stopped && (!perMarket || trade.book === book));
    if (pausing(stopped, history.candles, guard, () => true) === null) return null;
    return {
      code: "stop-guard",
      reason: `${trades} stops within ${withinCandles} candles, a pause of ${pauseCandles}`,
    };
  };
}

/** A pause of all books after trades that lost too much in a row. */
function drawdownGuard(guard: NonNullable<LimitSpec["drawdownGuard"]>): RiskRule {
  return (_, { history }) => {
    const tooDeep = (recent: readonly ClosedTrade[]) => depthOf(recent) >= guard.maxDrawdownFraction;
    const last = pausing(history.closed, history.candles, guard, tooDeep);
    if (last === null) return null;
    const reason = `trades within ${guard.withinCandles} candles fell by ${percent(guard.maxDrawdownFraction)} or more`;
    return { code: "drawdown-guard", reason: `${reason}, a pause of ${guard.pauseCandles}` };
  };
}

/** How far the sum of returns fell from its highest value, 0 at the beginning. */
function depthOf(trades: readonly ClosedTrade[]): number {
  let sum = 0, highest = 0, depth = 0;
  for (const { returnFraction } of trades) {
    sum += returnFraction;
    if (sum > highest) highest = sum;
    if (highest - sum > depth) depth = highest - sum;
  }
  return depth;
}

/** A pause of a book that has not earned enough lately. */
function lowProfit(limit: NonNullable<LimitSpec["lowProfit"]>): RiskRule {
  const { trades, withinCandles, minReturnFraction, pauseCandles } = limit;
  const sumOf = (recent: readonly ClosedTrade[]) => recent.reduce((sum, own) => sum + own.returnFraction, 0);
  return ({ book }, { history }) => {
    const own = history.closed.filter((trade) => trade.book === book);
    const least = `the least is ${percent(minReturnFraction)}`;
    if (pauseCandles !== undefined) {
      const poor = (recent: readonly ClosedTrade[]) => sumOf(recent) < minReturnFraction;
      const last = pausing(own, history.candles, { trades, withinCandles, pauseCandles }, poor);
      if (last === null) return null;
      const reason =
        `its trades within ${withinCandles} candles returned too little, ${least}, a pause of ${pauseCandles}`;
      return { code: "low-profit", reason };
    }
    const recent = own.filter((trade) => history.candles - trade.candle < withinCandles), sum = sumOf(recent);
    return recent.length >= trades && sum < minReturnFraction
      ? { code: "low-profit", reason: `its last ${recent.length} trades returned ${percent(sum)}, ${least}` }
      : null;
  };
}

/** No second position that would move with one that is held. */
function maxCorrelation({ coefficient, withinCandles }: NonNullable<LimitSpec["maxCorrelation"]>): RiskRule {
  return ({ side }, { held, instrumentNumber, instrument, history: { returns } }) => {
    if (returns === null) return null;
    const direction = side === "buy" ? 1 : -1;
    for (const other of held) {
      const correlation = direction * other.direction * correlationOf(returns, instrumentNumber, other.number);
      if (!(correlation > coefficient)) continue;
      const reason = `with ${other.symbol}, which is held, ${instrument.symbol} was correlated by ${
        Number(correlation.toFixed(4))
      } over ${withinCandles} candles, the most is ${coefficient}`;
      return { code: "correlation", reason };
    }
    return null;
  };
}
