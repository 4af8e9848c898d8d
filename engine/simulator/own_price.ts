// Where orders fill under rules by which the price of an order counts for more than the open of the candle. All prices
// in quote units, before slippage; NaN where the order does not trade.
import { type Side, type Trail, trailedPrice } from "../orders/mod.ts";
import { isBeyondLimit } from "./matching.ts";

/** A limit at its own price; with `moves` also in a candle that lies beyond it, at that candle's nearest price. */
export function limitAtOwnPrice(
  side: Side,
  limit: number,
  { high, low }: { readonly high: number; readonly low: number },
  fill: "through" | "touch",
  moves: boolean,
): number {
  const best = side === "sell" ? high : low, worst = side === "sell" ? low : high;
  if (!isBeyondLimit(side, limit, best) && !(fill === "touch" && best === limit)) return NaN;
  if (!isBeyondLimit(side, limit, worst)) return limit;
  return moves ? worst : NaN;
}

/** A stop at its trigger wherever the candle opens; where the whole candle lies beyond it, at the open. */
export function stopAtOwnPrice(side: Side, trigger: number, open: number, high: number, low: number): number {
  if (side === "sell") return low > trigger ? NaN : high < trigger ? open : trigger;
  return high < trigger ? NaN : low > trigger ? open : trigger;
}

/**
 * A trailing stop that the candle of its entry both moves and reaches: the market is assumed to have gone no further
 * than it takes to move the stop, and then against it, at most to the candle's worst price. With an activation that it
 * waits for, that is the activation (as a profit on the margin); else just beyond the open.
 *
 * @param leverage Of the account: what the margin is multiplied by.
 */
export function leastMovedStop(
  side: Side,
  trail: Trail,
  { open, high, low }: { readonly open: number; readonly high: number; readonly low: number },
  leverage: number,
): number {
  const price = leastMoved(side, trail, open, side === "sell" ? high : low, leverage);
  if (side === "sell") return price > high ? NaN : Math.max(price, low);
  return price < low ? NaN : Math.min(price, high);
}

function leastMoved(side: Side, trail: Trail, open: number, best: number, leverage: number): number {
  const away = side === "sell" ? -1 : 1, { activation } = trail;
  if (activation?.waits && activation.thenFraction !== null) {
    return open * (1 - away * activation.profitFraction * leverage + away * activation.thenFraction);
  }
  if (trail.kind === "distance" && activation === undefined) return open + away * trail.distanceQuote;
  // The share by which the candle's best price moved it: the two follow at the same distance.
  return open * (trailedPrice(trail, side, best) / best);
}
