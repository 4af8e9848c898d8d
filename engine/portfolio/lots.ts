import { assert } from "../errors/mod.ts";
import { type Instrument, priceOfValue, valueOf } from "../market/mod.ts";
import {
  absoluteQuantity,
  addNotional,
  addQuantity,
  AMOUNTS_PER_UNIT,
  type Notional,
  type Price,
  type Quantity,
  subtractNotional,
  ZERO_NOTIONAL,
} from "../money/mod.ts";
import { type Fill, positionChange } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/** What one opening fill left open. */
export interface Lot {
  /** Signed: above zero for a long lot. */
  quantity: Quantity;
  readonly price: Price;
  /** Signed value of the quantity at the price, in the settlement asset. */
  value: Notional;
  readonly timeMs: TimestampMs;
  /** Entry fee of what is still open, in the quote asset. */
  feeQuote: Notional;
  /** Funding and interest that the lot has paid, less what it received, in the settlement asset. */
  funding: Notional;
  interest: Notional;
  readonly reason: string;
}

/** An opening fill and the one that closed it, or a part of it, exact; which are paired is the choice of the caller. */
export interface ClosedLot {
  /** Signed: above zero when a long lot was closed. */
  readonly quantity: Quantity;
  readonly entryPrice: Price;
  readonly exitPrice: Price;
  /** Signed values of the quantity at the two prices, in the settlement asset. */
  readonly entryValue: Notional;
  readonly exitValue: Notional;
  readonly entryTimeMs: TimestampMs;
  readonly exitTimeMs: TimestampMs;
  /** Both sides' fees in the quote asset. */
  readonly feesQuote: Notional;
  /** What it paid while it was open, less what it received. */
  readonly funding: Notional;
  readonly interest: Notional;
  readonly entryReason: string;
  readonly exitReason: string;
}

/** A fee in quote units; one taken in the base asset is valued at the fill price, one in a third asset at its own then. */
export function feeInQuote(fill: Fill): Notional {
  switch (fill.feeFrom) {
    case "position":
      return (fill.fee / AMOUNTS_PER_UNIT) * fill.price as bigint as Notional;
    case "cash":
      return fill.fee as bigint as Notional;
    case "third":
      assert(fill.feeWorthQuote !== undefined, `nobody knows what the fee of ${fill.tradeId} was worth`);
      return fill.feeWorthQuote;
  }
}

/** Chooses among open lots of one side, the oldest first, the one that is closed next: its place. */
export type LotChoice = (lots: readonly Lot[]) => number;

const OLDEST: LotChoice = () => 0;

/**
 * Applies a fill to the open lots, oldest first unless `choose` says otherwise. Lots are closed until the fill is used up;
 * what is left of it opens a lot of its own. Fees and values are shared by quantity, and the shares add up exactly.
 */
export function applyToLots(
  lots: Lot[],
  fill: Fill,
  reason: string,
  market: Instrument,
  choose: LotChoice = OLDEST,
): ClosedLot[] {
  const quantity = positionChange(fill), { price, timeMs } = fill, value = valueOf(market, price, quantity);
  const charges = { feeQuote: feeInQuote(fill), funding: ZERO_NOTIONAL, interest: ZERO_NOTIONAL };
  return applyLot(lots, { quantity, price, value, timeMs, ...charges, reason }, choose);
}

/** The same with a lot in place of the fill, as one that is left over and meets another of the other side. */
export function applyLot(lots: Lot[], other: Lot, choose: LotChoice = OLDEST): ClosedLot[] {
  const closed: ClosedLot[] = [], { price: exitPrice, timeMs: exitTimeMs, reason: exitReason } = other;
  const rest = { ...other };
  while (rest.quantity !== 0n && lots.length > 0 && (lots[0]!.quantity > 0n) !== (rest.quantity > 0n)) {
    const place = choose(lots),
      lot = lots[place]!,
      held = absoluteQuantity(lot.quantity),
      left = absoluteQuantity(rest.quantity);
    const size = left < held ? left : held, signed = (lot.quantity > 0n ? size : -size) as Quantity;
    const entry = taken(lot, size, held), exit = taken(rest, size, left);
    closed.push({
      quantity: signed,
      entryPrice: lot.price,
      exitPrice,
      entryValue: entry.value,
      exitValue: -exit.value as Notional,
      entryTimeMs: lot.timeMs,
      exitTimeMs,
      feesQuote: addNotional(entry.feeQuote, exit.feeQuote),
      funding: addNotional(entry.funding, exit.funding),
      interest: addNotional(entry.interest, exit.interest),
      entryReason: lot.reason,
      exitReason,
    });
    lot.quantity = (lot.quantity - signed) as Quantity;
    rest.quantity = (rest.quantity + signed) as Quantity;
    if (size === held) lots.splice(place, 1);
  }
  if (rest.quantity !== 0n) lots.push(rest);
  return closed;
}

/** Takes the share of a part of a lot out of its amounts. */
function taken(lot: Lot, size: Quantity, of: Quantity): Pick<Lot, "value" | "feeQuote" | "funding" | "interest"> {
  const own = {
    value: share(lot.value, size, of),
    feeQuote: share(lot.feeQuote, size, of),
    funding: share(lot.funding, size, of),
    interest: share(lot.interest, size, of),
  };
  lot.value = subtractNotional(lot.value, own.value);
  lot.feeQuote = subtractNotional(lot.feeQuote, own.feeQuote);
  lot.funding = subtractNotional(lot.funding, own.funding);
  lot.interest = subtractNotional(lot.interest, own.interest);
  return own;
}

/**
 * Shares a charge among open lots by their signed quantity, exactly: where the lots are of both sides, as those of several
 * strategies on one netted position, one side receives part of what the other pays.
 *
 * @returns False when the lots sum up to nothing, so that none of them can bear it.
 */
export function chargeLots(lots: readonly Lot[], what: "funding" | "interest", amount: Notional): boolean {
  const quantity = lotsQuantity(lots);
  if (quantity === 0n) return false;
  let rest = amount;
  for (const lot of lots) {
    const own = share(amount, lot.quantity, quantity);
    lot[what] = addNotional(lot[what], own);
    rest = subtractNotional(rest, own);
  }
  lots[0]![what] = addNotional(lots[0]![what], rest); // what the divisions left
  return true;
}

/** Lots of one side, at least one, as one from the time of the first: their quantities, values, fees and charges add up. */
export function joinedLots(lots: readonly Lot[], reason: string, market: Instrument): Lot {
  const [first] = lots, quantity = lotsQuantity(lots);
  const sum = (of: "value" | "feeQuote" | "funding" | "interest") =>
    lots.reduce((total, lot) => addNotional(total, lot[of]), ZERO_NOTIONAL);
  const value = sum("value");
  return {
    quantity,
    price: priceOfValue(market, value, quantity),
    value,
    timeMs: first!.timeMs,
    feeQuote: sum("feeQuote"),
    funding: sum("funding"),
    interest: sum("interest"),
    reason,
  };
}

/** Signed position: the sum of the open lots. */
export function lotsQuantity(lots: readonly Lot[]): Quantity {
  let sum = 0n as Quantity;
  for (const lot of lots) sum = addQuantity(sum, lot.quantity);
  return sum;
}

/** Average entry price of the open lots, rounded down to 10^-12. */
export function averageEntryPrice(lots: readonly Lot[], market: Instrument): Price {
  if (lots.length === 1) return lots[0]!.price;
  let value = ZERO_NOTIONAL;
  for (const lot of lots) value = addNotional(value, lot.value);
  const quantity = lotsQuantity(lots);
  assert(quantity !== 0n, "a position without lots has no entry price");
  return priceOfValue(market, value, quantity);
}

/** Profit of a closed lot after both fees, funding and interest, in the settlement asset. */
export function profitOf(lot: ClosedLot): Notional {
  return (lot.exitValue - lot.entryValue - lot.feesQuote - lot.funding - lot.interest) as Notional;
}

/** Profit after all costs ÷ the size of the lot at its entry. */
export function returnFractionOf(lot: ClosedLot): number {
  // Both are counts of the same unit, which the quotient does not know.
  return Number(profitOf(lot)) / Math.abs(Number(lot.entryValue));
}

function share(amount: Notional, part: Quantity, whole: Quantity): Notional {
  return (part === whole ? amount : (amount * part) / whole) as Notional;
}
