import { assert } from "../errors/mod.ts";
import {
  absoluteQuantity,
  addNotional,
  addQuantity,
  AMOUNT_DECIMALS,
  type Notional,
  notionalOf,
  notionalToNumber,
  powerOfTen,
  type Price,
  type Quantity,
  subtractNotional,
  UNIT_DECIMALS,
  ZERO_NOTIONAL,
} from "../money/mod.ts";
import { type Fill, positionChange } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/** What one opening fill left open. */
export interface Lot {
  /** Signed: above zero for a long lot. */
  quantity: Quantity;
  readonly price: Price;
  readonly timeMs: TimestampMs;
  /** Entry fee of what is still open, in the quote asset. */
  feeQuote: Notional;
  readonly reason: string;
}

/** A FIFO pair of an opening and a closing fill, exact. */
export interface ClosedLot {
  /** Signed: above zero when a long lot was closed. */
  readonly quantity: Quantity;
  readonly entryPrice: Price;
  readonly exitPrice: Price;
  readonly entryTimeMs: TimestampMs;
  readonly exitTimeMs: TimestampMs;
  /** Both sides' fees in the quote asset. */
  readonly feesQuote: Notional;
  readonly entryReason: string;
  readonly exitReason: string;
}

const FEE_PER_QUANTITY = powerOfTen(AMOUNT_DECIMALS - UNIT_DECIMALS);

/** A fee in quote units; one taken in the base asset is valued at the fill price. */
export function feeInQuote(fill: Fill): Notional {
  return (fill.feeInBase ? (fill.fee / FEE_PER_QUANTITY) * fill.price : fill.fee) as bigint as Notional;
}

/**
 * Applies a fill to the open lots, oldest first. Lots are closed until the fill is used up; what is left of it opens a
 * lot of its own. Fees are shared by quantity, and the shares add up exactly.
 */
export function applyToLots(lots: Lot[], fill: Fill, reason: string): ClosedLot[] {
  const closed: ClosedLot[] = [];
  let rest = positionChange(fill);
  let restFee = feeInQuote(fill);
  while (rest !== 0n && lots.length > 0 && (lots[0]!.quantity > 0n) !== (rest > 0n)) {
    const lot = lots[0]!;
    const size = absoluteQuantity(rest) < absoluteQuantity(lot.quantity)
      ? absoluteQuantity(rest)
      : absoluteQuantity(lot.quantity);
    const entryFee = share(lot.feeQuote, size, absoluteQuantity(lot.quantity));
    const exitFee = share(restFee, size, absoluteQuantity(rest));
    const signed = (lot.quantity > 0n ? size : -size) as Quantity;
    closed.push({
      quantity: signed,
      entryPrice: lot.price,
      exitPrice: fill.price,
      entryTimeMs: lot.timeMs,
      exitTimeMs: fill.timeMs,
      feesQuote: addNotional(entryFee, exitFee),
      entryReason: lot.reason,
      exitReason: reason,
    });
    lot.quantity = (lot.quantity - signed) as Quantity;
    lot.feeQuote = subtractNotional(lot.feeQuote, entryFee);
    restFee = subtractNotional(restFee, exitFee);
    rest = (rest + signed) as Quantity;
    if (lot.quantity === 0n) lots.shift();
  }
  if (rest !== 0n) lots.push({ quantity: rest, price: fill.price, timeMs: fill.timeMs, feeQuote: restFee, reason });
  return closed;
}

/** Signed position: the sum of the open lots. */
export function lotsQuantity(lots: readonly Lot[]): Quantity {
  let sum = 0n as Quantity;
  for (const lot of lots) sum = addQuantity(sum, lot.quantity);
  return sum;
}

/** Average entry price of the open lots, rounded down to 10^-12. */
export function averageEntryPrice(lots: readonly Lot[]): Price {
  if (lots.length === 1) return lots[0]!.price;
  let cost = ZERO_NOTIONAL;
  for (const lot of lots) cost = addNotional(cost, notionalOf(lot.price, lot.quantity));
  const quantity = lotsQuantity(lots);
  assert(quantity !== 0n, "a position without lots has no entry price");
  return (cost / quantity) as bigint as Price;
}

/** Profit of a closed lot after both fees, in quote units. */
export function profitOf(lot: ClosedLot): Notional {
  return ((lot.exitPrice - lot.entryPrice) * lot.quantity - lot.feesQuote) as Notional;
}

/** Profit after both fees ÷ (quantity × entry price). */
export function returnFractionOf(lot: ClosedLot): number {
  const cost = notionalToNumber(notionalOf(lot.entryPrice, absoluteQuantity(lot.quantity)));
  return notionalToNumber(profitOf(lot)) / cost;
}

function share(amount: Notional, part: Quantity, whole: Quantity): Notional {
  return (part === whole ? amount : (amount * part) / whole) as Notional;
}
