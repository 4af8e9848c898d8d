import { type Price, priceFromNumber } from "../money/mod.ts";
import type { OrderKind, Side } from "../orders/mod.ts";
import type { EntryPrice } from "../strategies/mod.ts";

/** What an order says about its price. */
export interface OrderPlace {
  readonly kind: OrderKind;
  readonly price: Price | null;
  readonly limitPrice?: Price;
}

/**
 * Where an order waits, on the tick and never worse than asked for: limits are not paid more than, triggers are not
 * reached earlier.
 */
export function orderPlace(at: EntryPrice | null, side: Side, tick: Price): OrderPlace {
  if (at === null) return { kind: "market", price: null };
  const down = side === "buy" ? "down" : "up", up = side === "buy" ? "up" : "down";
  // A trigger on the good side of the market is reached by moving the way that a limit is.
  const patient = at.kind === "limit" || at.kind === "take-profit";
  const price = priceFromNumber(at.price, tick, patient ? down : up);
  return at.kind === "stop-limit"
    ? { kind: at.kind, price, limitPrice: priceFromNumber(at.limit, tick, down) }
    : { kind: at.kind, price };
}
