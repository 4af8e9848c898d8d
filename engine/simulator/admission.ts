import { type Instrument, usesMargin } from "../market/mod.ts";
import { type Price, priceToNumber } from "../money/mod.ts";
import type { OrderIntent } from "../orders/mod.ts";

/** Why an exchange does not take an order. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
}

/**
 * The checks of the exchange's front door.
 *
 * @param mark Last price, quote units; NaN before the first.
 */
export function refusalOf(intent: OrderIntent, instrument: Instrument, mark: number): Refusal | null {
  const { kind, side, terms, price, limitPrice, quantity } = intent;
  if (quantity <= 0n || quantity % instrument.lot !== 0n) return { code: "lot-size", reason: "off the lot" };
  if (isOffTick(price, instrument) || isOffTick(limitPrice, instrument)) {
    return { code: "price-filter", reason: "off the tick" };
  }
  if ((kind === "market") !== (price === null)) return { code: "price-filter", reason: "a price too many or too few" };
  if ((kind === "stop-limit") !== (limitPrice !== null)) {
    return { code: "price-filter", reason: "a stop-limit order, and no other, has a limit beside its trigger" };
  }
  if ((kind === "trailing-stop") !== (intent.trail !== null)) {
    return { code: "trail", reason: "a trailing stop, and no other, says how it trails" };
  }
  const { displayQuantity } = terms;
  if (displayQuantity !== null && (displayQuantity <= 0n || displayQuantity % instrument.lot !== 0n)) {
    return { code: "lot-size", reason: "the shown part of an iceberg is off the lot" };
  }
  if (terms.timeInForce !== "GTC" && kind !== "market" && kind !== "limit") {
    return { code: "time-in-force", reason: "what waits for a trigger cannot trade at once or be dropped" };
  }
  if (terms.postOnly) {
    if (price === null || kind !== "limit" || terms.timeInForce !== "GTC") {
      return { code: "post-only", reason: "only a limit can rest" };
    }
    const limit = priceToNumber(price);
    if (side === "buy" ? limit >= mark : limit <= mark) return { code: "post-only", reason: "it would trade at once" };
  }
  const short = !usesMargin(instrument) && side === "sell" && !intent.reduceOnly;
  return short ? { code: "insufficient-balance", reason: "spot cannot be sold short" } : null;
}

function isOffTick(price: Price | null, { tick }: Instrument): boolean {
  return price !== null && (price <= 0n || price % tick !== 0n);
}
