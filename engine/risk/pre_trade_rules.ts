import { largestNotional, sizeNumber, sizeOf, usesMargin } from "../market/mod.ts";
import { notionalToNumber, type Price, priceToNumber, quantityFromNumber, quantityToNumber } from "../money/mod.ts";
import type { OrderIntent } from "../orders/mod.ts";
import type { Refusal, RiskRule, RiskView } from "./risk_rule.ts";
import { worstPrice } from "./worst_price.ts";

/** No new exposure on a halted book; what makes the position smaller stays allowed. */
export const notHalted: RiskRule = (intent, view) =>
  view.halted !== null && !intent.reduceOnly ? { code: "halted", reason: `trading is halted: ${view.halted}` } : null;

/** No entry in a market that is not listed, or outside the universe of the run. */
export const marketTakesEntries: RiskRule = (intent, view) => intent.reduceOnly ? null : view.marketClosed;

/** One live order per slot and decision (invariant I2). */
export const oneOrderPerSlot: RiskRule = (intent, view) =>
  view.slotTaken ? { code: "duplicate", reason: `an order for the ${intent.slot} of this decision is live` } : null;

/** A quantity above zero on the instrument's lot. */
export const quantityOnLot: RiskRule = (intent, view) => {
  if (intent.quantity <= 0n) return { code: "size-below-lot", reason: "the size is smaller than one lot" };
  return intent.quantity % view.instrument.lot === 0n
    ? null
    : { code: "off-lot", reason: "the size is not on the lot" };
};

/** A known market price, and a positive order price on the tick. */
export const sanePrices = (intent: OrderIntent, view: Pick<RiskView, "instrument" | "mark">): Refusal | null => {
  if (!(view.mark > 0)) return { code: "no-mark", reason: `${view.instrument.symbol} has no price yet` };
  return faultOf(intent.price, view) ?? faultOf(intent.limitPrice, view);
};

function faultOf(price: Price | null, { instrument }: Pick<RiskView, "instrument">): Refusal | null {
  if (price === null) return null;
  if (price <= 0n) return { code: "bad-price", reason: "the order's price is not above zero" };
  return price % instrument.tick === 0n ? null : { code: "off-tick", reason: "the price is not on the tick" };
}

/** An entry whose price is more than so many times the market's, or less than that part of it, is a slip or a bug. */
const MOST_TIMES_MARK = 5;

/**
 * No entry at a price that nobody can mean (fault 16). The range is the one of Binance's PERCENT_PRICE filter as its
 * documents show it (`multiplierUp` 5, `multiplierDown` 0.2); `maxPriceDistanceFraction` is a closer one. What reduces a
 * position may rest far away, as a stop far below does.
 */
export const priceInReach: RiskRule = (intent, { mark }) => {
  const far = intent.reduceOnly ? undefined : pricesOf(intent).find((own) => {
    return own > mark * MOST_TIMES_MARK || own * MOST_TIMES_MARK < mark;
  });
  if (far === undefined) return null;
  return { code: "absurd-price", reason: `a price of ${far} is out of all proportion to the market's ${mark}` };
};

/** Trigger and limit of an order, where it has them, quote units. */
export function pricesOf({ price, limitPrice }: OrderIntent): number[] {
  return [price, limitPrice].filter((own) => own !== null).map(priceToNumber);
}

/** The venue's smallest order. */
export const minimumNotional = (intent: OrderIntent, view: Pick<RiskView, "instrument" | "mark">): Refusal | null => {
  if (view.instrument.minNotional === 0n) return null;
  const price = intent.price === null ? view.mark : priceToNumber(intent.price);
  const size = sizeNumber(view.instrument, price, quantityToNumber(intent.quantity));
  const minimum = notionalToNumber(view.instrument.minNotional);
  return size < minimum
    ? { code: "below-min-notional", reason: `${size} is less than the minimum of ${minimum}` }
    : null;
};

/** Spot cannot be sold short, and nothing that only reduces may be larger than the position. */
export const noMoreThanHeld: RiskRule = (intent, view) => {
  const held = intent.side === "sell" ? view.position : -view.position;
  const size = quantityToNumber(intent.quantity);
  if (intent.reduceOnly) {
    return size > held ? { code: "more-than-held", reason: "a closing order is larger than the position" } : null;
  }
  return !usesMargin(view.instrument) && intent.side === "sell"
    ? { code: "short-on-spot", reason: `${view.instrument.symbol} is spot and cannot be sold short` }
    : null;
};

/** No position larger than its margin tiers allow at the account's leverage. */
export const withinTier: RiskRule = (intent, view) => {
  const { instrument, mark, position, leverage } = view;
  if (intent.reduceOnly || instrument.marginTiers === null) return null;
  const most = largestNotional(instrument.marginTiers, leverage);
  const size = orderNotional(intent, view) + sizeNumber(instrument, mark, position);
  if (size <= most) return null;
  return {
    code: "leverage-tier",
    reason: `a position of ${size} is over ${most}, the most with a leverage of ${leverage}`,
  };
};

/**
 * Cash for a spot purchase, margin for a contract and where spot can be sold short; what is in flight counts as filled
 * (invariant I9). An order that the venue sizes at its fill is checked there. A strategy with a budget gets what is free
 * of its share: what the others hold may have grown.
 */
export const withinFunds: RiskRule = (intent, view) => {
  if (intent.reduceOnly || intent.sizeAtFill !== null) return null;
  const needed = orderNotional(intent, view);
  const margin = usesMargin(view.instrument) ? view.equity * view.leverage - view.grossExposure : Infinity;
  const free = view.instrument.kind === "spot" && intent.side === "buy" ? Math.min(view.freeCash, margin) : margin;
  if (needed <= free) return null;
  const refusal = { code: "insufficient-funds", reason: `${needed} needed, ${Math.max(0, free)} free` };
  if (view.budget === null || !(free > 0)) return refusal;
  const fits = quantityToNumber(intent.quantity) * (free / needed);
  return { ...refusal, shrinkTo: quantityFromNumber(fits, view.instrument.lot) };
};

function orderNotional(intent: OrderIntent, view: RiskView): number {
  const worst = worstPrice(intent, view.mark);
  if (intent.price !== null && worst === priceToNumber(intent.price)) {
    return notionalToNumber(sizeOf(view.instrument, intent.price, intent.quantity));
  }
  return sizeNumber(view.instrument, worst, quantityToNumber(intent.quantity));
}

/** The checks that every order passes, in the order in which a refusal is reported. */
export const PRE_TRADE_RULES: readonly RiskRule[] = [
  notHalted,
  marketTakesEntries,
  oneOrderPerSlot,
  quantityOnLot,
  sanePrices,
  priceInReach,
  minimumNotional,
  noMoreThanHeld,
  withinTier,
  withinFunds,
];
