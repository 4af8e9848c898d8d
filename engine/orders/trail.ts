import type { Side } from "./order_intent.ts";
import type { Trail, TrailActivation } from "./order_terms.ts";

/**
 * Where a trailing stop wants to be when the best price of its position is this one; NaN while it waits for its
 * activation. Whoever holds the stop never moves it back.
 *
 * @param side Of the stop: `sell` protects a long position.
 */
export function trailedPrice(trail: Trail, side: Side, best: number): number {
  const away = side === "sell" ? -1 : 1;
  const { activation } = trail;
  if (activation !== undefined) {
    const beyond = profitBeyond(activation, side, best);
    if (activation.waits && beyond < 0) return NaN;
    if (beyond > 0 && activation.thenFraction !== null) return best * (1 + away * activation.thenFraction);
  }
  return trail.kind === "fraction" ? best * (1 + away * trail.fraction) : best + away * trail.distanceQuote;
}

/** True when two stops follow in the same way, wherever they have come. */
export function sameTrail(a: Trail, b: Trail): boolean {
  const [one, other] = [a.activation, b.activation];
  return a.kind === b.kind && distanceOf(a) === distanceOf(b) && one?.entryPrice === other?.entryPrice &&
    one?.profitFraction === other?.profitFraction && one?.thenFraction === other?.thenFraction &&
    one?.waits === other?.waits;
}

function distanceOf(trail: Trail): number {
  return trail.kind === "fraction" ? trail.fraction : trail.distanceQuote;
}

/** True when a stop at that price protects better than one at the other. */
export function isTighter(side: Side, price: number, than: number): boolean {
  return side === "sell" ? price > than : price < than;
}

/** Profit less the one that activates, in units of 10⁻⁸ of the entry price: what a float adds to 5 % is no profit. */
function profitBeyond({ entryPrice, profitFraction }: TrailActivation, side: Side, best: number): number {
  const profit = side === "sell" ? best / entryPrice - 1 : 1 - best / entryPrice;
  return Math.round(profit * 1e8) - Math.round(profitFraction * 1e8);
}
