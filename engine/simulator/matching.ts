// Whether and where a resting order meets a candle. Prices in quote units as float64: the order's own price is the
// double nearest to its tick, so comparing it with a candle's price is exact.
import type { Side } from "../orders/mod.ts";

/** Price at which a stop fills at this candle's open because the market opened beyond it; NaN when it did not. */
export function stopAtOpen(side: Side, trigger: number, open: number): number {
  return (side === "sell" ? open <= trigger : open >= trigger) ? open : NaN;
}

/** Price at which a stop fills in this candle, its open included; NaN when it is not reached. */
export function stopInside(side: Side, trigger: number, open: number, high: number, low: number): number {
  if (side === "sell") return low <= trigger ? Math.min(open, trigger) : NaN;
  return high >= trigger ? Math.max(open, trigger) : NaN;
}

/** Price at which a limit order fills at this candle's open because the market opened beyond it; NaN when it did not. */
export function limitAtOpen(side: Side, limit: number, open: number): number {
  return (side === "sell" ? open > limit : open < limit) ? open : NaN;
}

/** Price at which a limit order fills in this candle; NaN when it is not reached. */
export function limitInside(
  side: Side,
  limit: number,
  open: number,
  high: number,
  low: number,
  fill: "through" | "touch",
): number {
  if (side === "sell") {
    return (fill === "touch" ? high >= limit : high > limit) ? Math.max(open, limit) : NaN;
  }
  return (fill === "touch" ? low <= limit : low < limit) ? Math.min(open, limit) : NaN;
}

/** True when a price is better than a limit: an order resting there would have traded. */
export function isBeyondLimit(side: Side, limit: number, price: number): boolean {
  return side === "sell" ? price > limit : price < limit;
}

/** True when a price is as good as a limit or better. */
export function reachesLimit(side: Side, limit: number, price: number): boolean {
  return side === "sell" ? price >= limit : price <= limit;
}

/** True when a price is at the trigger of a stop or beyond it. */
export function reachesStop(side: Side, trigger: number, price: number): boolean {
  return side === "sell" ? price <= trigger : price >= trigger;
}
