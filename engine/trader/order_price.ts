import { type Price, priceFromNumber } from "../money/mod.ts";
import type { OrderKind, Side, Trail } from "../orders/mod.ts";
import { type EntryPlace, type EntryPrice, isTrailingEntry, protectionPrice, trailOf } from "../strategies/mod.ts";

/** What an order says about its price. */
export interface OrderPlace {
  readonly kind: OrderKind;
  readonly price: Price | null;
  readonly limitPrice: Price | null;
  readonly trail: Trail | null;
}

/**
 * What an entry that waits costs at most, quote units: a stop-limit order trades anywhere between its trigger and its
 * limit, a trigger that trails begins at its distance from the market.
 */
export function worstEntryPrice(at: EntryPlace, side: Side, mark: number): number {
  if (isTrailingEntry(at)) return protectionPrice(at, mark, side === "buy" ? 1 : -1);
  return at.kind === "stop-limit" ? Math.max(at.price, at.limit) : at.price;
}

/** Where an entry waits. @param mark Last close, quote units: what a trigger that trails counts from. */
export function entryPlace(at: EntryPlace | null, side: Side, tick: Price, mark: number): OrderPlace {
  if (!isTrailingEntry(at)) return orderPlace(at, side, tick);
  const raw = worstEntryPrice(at, side, mark);
  // As all triggers: never reached earlier than asked for.
  const price = raw > 0 ? priceFromNumber(raw, tick, side === "buy" ? "up" : "down") : 0n as Price;
  return { kind: "trailing-stop", price, limitPrice: null, trail: trailOf(at, mark) };
}

/**
 * Where an order waits, on the tick and never worse than asked for: limits are not paid more than, triggers are not
 * reached earlier.
 */
export function orderPlace(at: EntryPrice | null, side: Side, tick: Price): OrderPlace {
  if (at === null) return { kind: "market", price: null, limitPrice: null, trail: null };
  const down = side === "buy" ? "down" : "up", up = side === "buy" ? "up" : "down";
  // A trigger on the good side of the market is reached by moving the way that a limit is.
  const patient = at.kind === "limit" || at.kind === "take-profit";
  const price = priceFromNumber(at.price, tick, patient ? down : up);
  return at.kind === "stop-limit"
    ? { kind: at.kind, price, limitPrice: priceFromNumber(at.limit, tick, down), trail: null }
    : { kind: at.kind, price, limitPrice: null, trail: null };
}
