// Where an order of each kind trades in a candle: one small set of answers a kind, so that nothing else asks for kinds.
import { priceFromNumber, priceToNumber, quantityToNumber } from "../money/mod.ts";
import { isTighter, type OrderKind, type PriceRule, type Side, trailedPrice } from "../orders/mod.ts";
import type { FillRules } from "./fill_rules/fill_rules.ts";
import { isBeyondLimit, limitAtOpen, limitInside, stopAtOpen, stopInside } from "./matching.ts";
import { limitAtOwnPrice, stopAtOwnPrice } from "./own_price.ts";
import { hasMoved, type SimulatedOrder } from "./simulated_order.ts";
import type { CandlePrices } from "./traded_candles.ts";

/** The answers of a kind. Every price is before slippage, in quote units; NaN where the order does not trade. */
export interface KindOfOrder {
  /** Tested before the others of a candle, because it is the worse outcome. */
  readonly isStop: boolean;
  /** Price at the open of a candle that opened beyond the order. */
  atOpen(order: SimulatedOrder, open: number, candle: CandlePrices): number;
  /** Price somewhere in a candle, its open included; `jumped` is where a stop trades that the market jumped over. */
  inside(order: SimulatedOrder, candle: CandlePrices, jumped: number, rules: FillRules): number;
  /** Price on the straight way from one price to another. Changes nothing: another order may be reached before. */
  onWay(order: SimulatedOrder, from: number, to: number, rules: FillRules): number;
  /** The market has gone that way without trading the order. */
  passed(order: SimulatedOrder, from: number, to: number): void;
  /** True when it gives liquidity at this price. */
  isMaker(order: SimulatedOrder, raw: number): boolean;
  /** The rule that set a price. */
  rule(order: SimulatedOrder, raw: number): PriceRule;
}

const never = () => NaN;
const takes = () => false;
const unmoved = () => {};

const market: KindOfOrder = {
  isStop: false,
  atOpen: never,
  inside: never,
  onWay: (_, from) => from,
  passed: unmoved,
  isMaker: takes,
  rule: () => "on-path",
};

const limit: KindOfOrder = {
  isStop: false,
  atOpen: (order, open, candle) => gapFill(order, limitAtOpen(order.intent.side, order.price, open), candle),
  inside: (order, candle, _, rules) => limitIn(order, order.price, candle, rules),
  onWay: (order, from, to, rules) => limitOnWay(order.intent.side, order.price, from, to, rules.limitFill),
  passed: unmoved,
  isMaker: (order, raw) => raw === order.price || !order.takesAtFirst,
  rule: (order, raw) => raw === order.price ? "limit" : raw === order.movedTo ? "limit-moved" : "limit-gap",
};

/** Once it has begun to trade it is a market order: what the volume left over follows wherever the market is. */
const stop: KindOfOrder = {
  isStop: true,
  atOpen: (order, open) => order.triggered ? open : stopAtOpen(order.intent.side, order.price, open),
  inside: ({ triggered, intent: { side }, price }, { open, high, low }, jumped, { stopGap }) =>
    triggered ? open : (stopGap === "own-price" ? stopAtOwnPrice : stopInside)(side, price, jumped, high, low),
  onWay: (order, from, to) => order.triggered ? from : stopOnWay(order.intent.side, order.price, from, to),
  passed: unmoved,
  isMaker: takes,
  rule: (order, raw) => order.triggered ? "next-open" : raw === order.price ? "stop" : "stop-gap",
};

const trailingStop: KindOfOrder = {
  ...stop,
  passed: (order, _, to) => follow(order, to),
  rule: (order, raw) => hasMoved(order) ? "trailing-stop" : raw === order.price ? "stop" : "stop-gap",
};

const takeProfit: KindOfOrder = {
  ...market,
  atOpen: (order, open) => order.triggered ? open : stopAtOpen(opposite(order.intent.side), order.price, open),
  inside: (order, { open, high, low }) =>
    order.triggered ? open : stopInside(opposite(order.intent.side), order.price, open, high, low),
  onWay: (order, from, to) => order.triggered ? from : stopOnWay(opposite(order.intent.side), order.price, from, to),
  rule: (order, raw) => order.triggered ? "next-open" : raw === order.price ? "take-profit" : "take-profit-gap",
};

const stopLimit: KindOfOrder = {
  isStop: true,
  atOpen(order, open) {
    const { side } = order.intent;
    if (!order.triggered && stopAtOpen(side, order.price, open) === open) order.triggered = true;
    else if (!order.triggered) return NaN;
    return isBeyondLimit(side, order.limit, open) || open === order.limit ? open : NaN;
  },
  inside(order, candle, jumped, rules) {
    const { side } = order.intent;
    if (order.triggered) return limitIn(order, order.limit, candle, rules);
    const price = stopInside(side, order.price, jumped, candle.high, candle.low);
    if (price !== price) return NaN;
    order.triggered = true;
    // Whether the market came back to a limit that lies behind the trigger is not known: the next candle tells.
    return isBeyondLimit(side, order.limit, price) || price === order.limit ? price : NaN;
  },
  onWay(order, from, to, rules) {
    const { side } = order.intent;
    if (!order.triggered) {
      from = stopOnWay(side, order.price, from, to);
      if (from !== from) return NaN;
    }
    return from === order.limit ? from : limitOnWay(side, order.limit, from, to, rules.limitFill);
  },
  passed(order, from, to) {
    const price = stopOnWay(order.intent.side, order.price, from, to);
    if (price === price) order.triggered = true;
  },
  isMaker: (order, raw) => raw === order.limit,
  rule: (order, raw) => raw === order.limit ? "limit" : raw === order.price ? "stop" : "stop-gap",
};

/** All kinds by name. */
export const ORDER_KINDS: Readonly<Record<OrderKind, KindOfOrder>> = {
  market,
  limit,
  stop,
  "stop-limit": stopLimit,
  "take-profit": takeProfit,
  "trailing-stop": trailingStop,
};

const opposite = (side: Side): Side => side === "buy" ? "sell" : "buy";

/** What only adds liquidity is hit at its own price; or where the candle never saw it, at the nearest that it did. */
function gapFill({ intent, price }: SimulatedOrder, atOpen: number, { high, low }: CandlePrices): number {
  return atOpen === atOpen && intent.terms.postOnly ? Math.min(Math.max(price, low), high) : atOpen;
}

function limitIn(order: SimulatedOrder, price: number, candle: CandlePrices, rules: FillRules): number {
  if (rules.limitGap === "own-price") return ownPriceIn(order, price, candle, rules);
  const { side, terms } = order.intent;
  const { open, high, low } = candle;
  const touched = (side === "sell" ? high : low) === price;
  const first = terms.postOnly ? Math.min(Math.max(price, low), high) : open;
  const reached = limitInside(side, price, first, high, low, touched ? "touch" : "through");
  const found = reached === reached && terms.postOnly ? first : reached;
  if (!touched || found !== found) return found;
  if (rules.limitFill === "touch") order.allowance = shownOf(order);
  else if (rules.limitFill === "through" || !reachedInQueue(order, candle.volume, rules)) return NaN;
  return found;
}

/** A limit that does not take the open, save a target whose price is new there. */
function ownPriceIn(
  order: SimulatedOrder,
  price: number,
  candle: CandlePrices,
  { targetFill, limitFill }: FillRules,
): number {
  const { side, slot, reduceOnly, sinceMs } = order.intent;
  const fill = (slot === "target" ? targetFill : undefined) ?? (limitFill === "through" ? "through" : "touch");
  const isNew = slot === "target" && sinceMs === candle.openTimeMs;
  if (isNew && isBeyondLimit(side, price, candle.open)) return candle.open;
  const found = limitAtOwnPrice(side, price, candle, fill, reduceOnly || !(order.metFromMs < candle.openTimeMs));
  if (found !== price) order.movedTo = found;
  return found;
}

/**
 * The queue at a limit's price in a candle that touches it and goes no further: part of the volume trades there, first
 * what stood before the order, then the order. The next slice of an iceberg stands at the end again.
 */
function reachedInQueue(order: SimulatedOrder, volume: number, { queue }: FillRules): boolean {
  const { aheadShare, tradedShare } = queue!;
  const traded = tradedShare * volume;
  if (order.queueAhead !== order.queueAhead) order.queueAhead = aheadShare * volume;
  if (!(traded > order.queueAhead)) { // nor where the volume is not known
    order.queueAhead -= traded;
    return false;
  }
  order.allowance = Math.min(traded - order.queueAhead, shownOf(order));
  order.queueAhead = order.intent.terms.displayQuantity === null ? 0 : NaN;
  return true;
}

function shownOf({ intent: { terms } }: SimulatedOrder): number {
  return terms.displayQuantity === null ? Infinity : quantityToNumber(terms.displayQuantity);
}

/** A stop or trigger on a straight way: at once where the way begins beyond it, else where it crosses it. */
function stopOnWay(side: Side, trigger: number, from: number, to: number): number {
  if (side === "sell") return from <= trigger ? from : to <= trigger ? trigger : NaN;
  return from >= trigger ? from : to >= trigger ? trigger : NaN;
}

function limitOnWay(side: Side, price: number, from: number, to: number, fill: FillRules["limitFill"]): number {
  if (isBeyondLimit(side, price, from)) return from;
  return isBeyondLimit(side, price, to) || (fill === "touch" && to === price) ? price : NaN;
}

/** Moves the trigger of a trailing stop after a price, if that is better than any before. */
export function follow(order: SimulatedOrder, best: number): void {
  const { side, trail } = order.intent;
  const raw = trailedPrice(trail!, side, best);
  if (!isTighter(side, raw, order.price)) return;
  const trigger = priceToNumber(priceFromNumber(raw, order.tick, "nearest"));
  if (isTighter(side, trigger, order.price)) order.price = trigger;
}
