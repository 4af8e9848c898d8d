// Text of a venue as exact values, and back.
import type { Instrument } from "../market/mod.ts";
import {
  fee,
  formatDecimal,
  type Price,
  price,
  type Quantity,
  quantity,
  UNIT_DECIMALS,
  ZERO_NOTIONAL,
} from "../money/mod.ts";
import type { ClientOrderId, Fill, OrderIntent } from "../orders/mod.ts";
import type { OrderRequest, VenueFill } from "../exchanges/mod.ts";

/** Venues number the executions of each market on their own, as Binance does: only with its market a number is a name (I5). */
export function tradeIdOf(id: string, { symbol }: Pick<Instrument, "symbol">): string {
  return `${symbol}#${id}`;
}

/** An execution as the trader knows it. A fee that the venue has not told yet counts as none, until balances say more. */
export function fillOf(own: VenueFill, clientOrderId: ClientOrderId, market: Instrument): Fill {
  const feeAsset = own.feeAsset ?? market.quote;
  return {
    tradeId: tradeIdOf(own.id, market),
    clientOrderId,
    instrument: market.id,
    side: own.side,
    price: price(own.price),
    quantity: quantity(own.quantity),
    fee: fee(own.fee ?? "0"),
    feeAsset,
    ...feeSourceOf(feeAsset, own.side, market),
    liquidity: own.liquidity ?? "taker",
    timeMs: own.timeMs,
  };
}

/**
 * What a third asset was worth when it paid is not told: the account counts it in that asset, and trades without it. So it
 * does with the base asset where a sale pays in it, as with BNB: that comes out of what was not sold.
 */
export function feeSourceOf(
  asset: string,
  side: Fill["side"],
  { base, quote }: Instrument,
): Pick<Fill, "feeFrom" | "feeWorthQuote"> {
  if (asset === base && side === "buy") return { feeFrom: "position" };
  return asset === quote ? { feeFrom: "cash" } : { feeFrom: "third", feeWorthQuote: ZERO_NOTIONAL };
}

/**
 * An intent as the venue is asked for it; null for what only simulated venues know. When it expires the trader says, by
 * taking it back: hardly two venues mean the same by a day.
 */
export function requestOf(intent: OrderIntent, { symbol }: Instrument): OrderRequest | null {
  const { clientOrderId, side, kind, terms, reduceOnly } = intent;
  if (kind === "trailing-stop" || intent.sizeAtFill !== null || terms.displayQuantity !== null) return null;
  return {
    symbol,
    clientOrderId,
    side,
    kind,
    quantity: text(intent.quantity),
    limitPrice: kind === "limit" ? text(intent.price!) : kind === "stop-limit" ? text(intent.limitPrice!) : null,
    triggerPrice: kind === "limit" || kind === "market" ? null : text(intent.price!),
    timeInForce: terms.timeInForce,
    postOnly: terms.postOnly,
    reduceOnly,
  };
}

function text(value: Price | Quantity): string {
  return formatDecimal(value, UNIT_DECIMALS);
}
