import { type Instrument, sizeNumber, usesMargin, valueNumber, valueOf } from "../market/mod.ts";
import {
  type Notional,
  notionalToNumber,
  type Quantity,
  quantityToNumber,
  ZERO_NOTIONAL,
  ZERO_QUANTITY,
} from "../money/mod.ts";
import { type Fill, positionChange, type PositionSide, type Side } from "../orders/mod.ts";
import { BookPositions } from "./book_positions.ts";
import type { Costs } from "./costs.ts";
import { FeeDesk } from "./fee_desk.ts";
import type { PositionRules } from "./position_rules.ts";

/** A position at the venue. */
export interface HeldPosition {
  readonly instrument: number;
  readonly side: PositionSide;
  /** Signed. */
  quantity: Quantity;
  /** Signed value at the average entry price, in the settlement asset. */
  entryValue: Notional;
  /** Posted for it where margin is isolated; else 0. */
  margin: Notional;
}

/**
 * The venue's own book of the account: kept apart from the trader's on purpose, so that the two can be compared
 * (invariant I3) and neither can hide the other's mistake.
 */
export class SimulatedAccount {
  cash: Notional;
  /** Charges the account's fills, and keeps what pays their fees beside the cash. */
  readonly fees: FeeDesk;
  /** One a market, or in hedge mode two: the long one, then the short one. */
  readonly positions: readonly HeldPosition[];
  /** Whose the positions are. */
  readonly books = new BookPositions();
  readonly #isolated: boolean;
  readonly #hedge: boolean;

  constructor(
    cash: Notional,
    readonly instruments: readonly Instrument[],
    readonly leverage: number,
    costs: Costs,
    rules: PositionRules = {},
  ) {
    this.cash = cash;
    this.fees = new FeeDesk(costs);
    this.#isolated = rules.marginMode === "isolated";
    this.#hedge = rules.positionMode === "hedge";
    const sides: readonly PositionSide[] = this.#hedge ? ["long", "short"] : ["both"];
    this.positions = instruments.flatMap((_, instrument) => sides.map((side) => emptyPosition(instrument, side)));
  }

  /** Signed position in an instrument; in hedge mode the sum of both. */
  position(instrument: number): Quantity {
    if (!this.#hedge) return this.positions[instrument]!.quantity;
    return (this.positions[2 * instrument]!.quantity + this.positions[2 * instrument + 1]!.quantity) as Quantity;
  }

  /** The position that an order of that side opens, or makes smaller. */
  held(instrument: number, side: Side, reduceOnly: boolean): HeldPosition {
    if (!this.#hedge) return this.positions[instrument]!;
    return this.positions[2 * instrument + ((side === "buy") === reduceOnly ? 1 : 0)]!;
  }

  /** Books an execution of a book's order as it was charged. */
  apply(book: number, instrument: number, fill: Fill, reduceOnly: boolean): void {
    this.books.apply(book, fill);
    this.settle(this.held(instrument, fill.side, reduceOnly), fill);
    this.fees.booked(fill, this.instruments[instrument]!);
  }

  /** Applies a fill to a position. */
  settle(position: HeldPosition, fill: Fill): void {
    const market = this.instruments[position.instrument]!;
    const signed = (fill.side === "buy" ? fill.quantity : -fill.quantity) as Quantity;
    const paid = valueOf(market, fill.price, signed);
    this.cash = (this.cash - paid - (fill.feeFrom === "cash" ? fill.fee : 0n)) as Notional;
    const change = positionChange(fill);
    this.#move(position, change, change === signed ? paid : valueOf(market, fill.price, change));
  }

  /** Takes a charge; what the free cash does not hold comes from the margin of the position that it is for. */
  charge(position: HeldPosition, amount: Notional): void {
    if (this.#isolated && amount > 0n) {
      const free = this.free(), beyond = amount - (free > 0n ? free : 0n);
      if (beyond > 0n) position.margin = (position.margin - beyond) as Notional;
    }
    this.cash = (this.cash - amount) as Notional;
  }

  /** Wallet less the margin posted for positions: what isolated positions can neither lose nor use. */
  free(): Notional {
    let free = this.cash as bigint;
    for (const { entryValue, margin } of this.positions) free += entryValue - margin;
    return free as Notional;
  }

  /** Cash plus positions at the marks, in the settlement asset. */
  equity(marks: ArrayLike<number>): number {
    let equity = notionalToNumber(this.cash);
    for (const { instrument, quantity } of this.positions) {
      if (quantity === 0n) continue;
      equity += valueNumber(this.instruments[instrument]!, marks[instrument]!, quantityToNumber(quantity));
    }
    return equity;
  }

  /**
   * What may be spent on an entry, in the settlement asset: the cash for spot, the free margin times leverage for contracts
   * and where spot can be sold short; there a purchase needs both.
   */
  spendable(instrument: number, side: Side, marks: ArrayLike<number>): number {
    const market = this.instruments[instrument]!;
    if (!usesMargin(market)) return notionalToNumber(this.cash);
    const free = this.#isolated
      ? notionalToNumber(this.free())
      : this.equity(marks) - this.#used(marks) / this.leverage;
    const onMargin = Math.max(0, free) * this.leverage;
    return market.kind === "spot" && side === "buy" ? Math.min(notionalToNumber(this.cash), onMargin) : onMargin;
  }

  #used(marks: ArrayLike<number>): number {
    let used = 0;
    for (const { instrument, quantity } of this.positions) {
      if (quantity === 0n) continue;
      used += sizeNumber(this.instruments[instrument]!, marks[instrument]!, quantityToNumber(quantity));
    }
    return used;
  }

  /** Keeps the average entry and the posted margin of a position that changes by a quantity of this value. */
  #move(position: HeldPosition, change: Quantity, value: Notional): void {
    const before = position.quantity, after = (before + change) as Quantity;
    position.quantity = after;
    if (before === 0n || (before > 0n) === (change > 0n)) return this.#open(position, value);
    if (after !== 0n && (after > 0n) === (before > 0n)) {
      position.entryValue = (position.entryValue * after / before) as Notional;
      position.margin = (position.margin * after / before) as Notional;
      return;
    }
    position.entryValue = position.margin = ZERO_NOTIONAL;
    if (after !== 0n) this.#open(position, (value * after / change) as Notional);
  }

  #open(position: HeldPosition, value: Notional): void {
    position.entryValue = (position.entryValue + value) as Notional;
    if (!this.#isolated) return;
    const size = value < 0n ? -value : value;
    const leverage = BigInt(Math.round(this.leverage * LEVERAGE_UNITS));
    position.margin = (position.margin + (size * BigInt(LEVERAGE_UNITS) + leverage - 1n) / leverage) as Notional;
  }
}

const LEVERAGE_UNITS = 1_000_000;

function emptyPosition(instrument: number, side: PositionSide): HeldPosition {
  return { instrument, side, quantity: ZERO_QUANTITY, entryValue: ZERO_NOTIONAL, margin: ZERO_NOTIONAL };
}
