// How far a market can have gone by a moment inside a candle whose path is not stated. At its fastest it goes the longer
// of the two ways through both extremes in the candle's time.
import type { Side } from "../orders/mod.ts";
import { ORDER_KINDS } from "./order_kinds.ts";
import type { SimulatedOrder } from "./simulated_order.ts";
import type { CandlePrices } from "./traded_candles.ts";

/** How far it can have gone in a part of the candle's time, quote units. */
export function farthestIn({ openTimeMs, closeTimeMs, open, high, low, close }: CandlePrices, partMs: number): number {
  const highFirst = (high - open) + (high - low) + (close - low);
  const lowFirst = (open - low) + (high - low) + (high - close);
  return Math.max(highFirst, lowFirst) * Math.min(1, partMs / (closeTimeMs - openTimeMs));
}

/** The worst price for an order of that side that is at most so far away, and in the candle. */
export function worstWithin(side: Side, { high, low }: CandlePrices, from: number, far: number): number {
  return side === "buy" ? Math.min(high, from + far) : Math.max(low, from - far);
}

/** The best price, as far away. */
export function bestWithin(side: Side, candle: CandlePrices, from: number, far: number): number {
  return worstWithin(side === "buy" ? "sell" : "buy", candle, from, far);
}

/**
 * What is certain of the rest of a candle for an order that gains by it, a limit or a target, and arrives at a moment: it
 * begins at the worst price and ends at the close, and an extreme that is farther than the market can have gone by then
 * is still to come. Of the volume the share of the time is left.
 */
function certainRest(side: Side, candle: CandlePrices, fromMs: number): CandlePrices {
  const { openTimeMs, closeTimeMs, open, high, low, close, volume } = candle;
  const far = farthestIn(candle, fromMs - openTimeMs), worst = worstWithin(side, candle, open, far);
  return {
    ...candle,
    open: worst,
    high: high - open > far ? high : Math.max(worst, close),
    low: open - low > far ? low : Math.min(worst, close),
    volume: volume * ((closeTimeMs - fromMs) / (closeTimeMs - openTimeMs)),
  };
}

/**
 * What of a candle an order meets: all of it where it was there at the open. Of one that arrives inside, what is certain
 * where it gains by filling; where it loses, as a stop does, the worst price at first and then anything again.
 */
export function restFor({ activeFromMs, intent: { kind, side } }: SimulatedOrder, candle: CandlePrices): CandlePrices {
  if (activeFromMs <= candle.openTimeMs) return candle;
  if (!ORDER_KINDS[kind].isStop) return certainRest(side, candle, activeFromMs);
  const far = farthestIn(candle, activeFromMs - candle.openTimeMs);
  return { ...candle, open: worstWithin(side, candle, candle.open, far) };
}

/** True when the candle comes to the trigger of a stop after a moment, whatever its path. */
export function certainlyStops(side: Side, trigger: number, candle: CandlePrices, fromMs: number): boolean {
  const { high, low, close } = certainRest(side === "sell" ? "buy" : "sell", candle, fromMs);
  return side === "sell" ? Math.min(low, close) <= trigger : Math.max(high, close) >= trigger;
}
