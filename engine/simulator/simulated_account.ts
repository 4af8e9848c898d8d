import { type Instrument, sizeNumber, valueNumber, valueOf } from "../market/mod.ts";
import {
  absoluteQuantity,
  type Notional,
  notionalToNumber,
  type Quantity,
  quantityToNumber,
  ZERO_QUANTITY,
} from "../money/mod.ts";
import { type Fill, positionChange, type Side } from "../orders/mod.ts";
import type { Costs } from "./costs.ts";
import { FeeDesk } from "./fee_desk.ts";

/**
 * The venue's own book of the account: kept apart from the trader's on purpose, so that the two can be compared
 * (invariant I3) and neither can hide the other's mistake.
 */
export class SimulatedAccount {
  cash: Notional;
  /** Charges the account's fills, and keeps what pays their fees beside the cash. */
  readonly fees: FeeDesk;
  readonly #positions: Quantity[];

  constructor(
    cash: Notional,
    readonly instruments: readonly Instrument[],
    readonly leverage: number,
    costs: Costs,
  ) {
    this.cash = cash;
    this.fees = new FeeDesk(costs);
    this.#positions = instruments.map(() => ZERO_QUANTITY);
  }

  /** Signed position in an instrument. */
  position(instrument: number): Quantity {
    return this.#positions[instrument]!;
  }

  /** How much an order of that side could take off the position. */
  reducible(instrument: number, side: Side): Quantity {
    const position = this.#positions[instrument]!;
    return (side === "sell") === (position > 0n) ? absoluteQuantity(position) : ZERO_QUANTITY;
  }

  /** Books a fill as it was charged. */
  apply(instrument: number, fill: Fill): void {
    const signed = (fill.side === "buy" ? fill.quantity : -fill.quantity) as Quantity;
    const paid = valueOf(this.instruments[instrument]!, fill.price, signed);
    this.cash = (this.cash - paid - (fill.feeFrom === "cash" ? fill.fee : 0n)) as Notional;
    this.#positions[instrument] = (this.#positions[instrument]! + positionChange(fill)) as Quantity;
    this.fees.booked(fill, this.instruments[instrument]!);
  }

  /** Cash plus positions at the marks, in the settlement asset. */
  equity(marks: ArrayLike<number>): number {
    return this.#positions.reduce<number>(
      (sum, position, i) =>
        position === 0n ? sum : sum + valueNumber(this.instruments[i]!, marks[i]!, quantityToNumber(position)),
      notionalToNumber(this.cash),
    );
  }

  /**
   * What may be spent on an entry, quote units: the cash for spot, the free margin times leverage for contracts.
   */
  spendable(instrument: number, marks: ArrayLike<number>): number {
    if (this.instruments[instrument]!.kind === "spot") return notionalToNumber(this.cash);
    const used = this.#positions.reduce<number>(
      (sum, position, i) =>
        position === 0n ? sum : sum + sizeNumber(this.instruments[i]!, marks[i]!, quantityToNumber(position)),
      0,
    );
    return Math.max(0, this.equity(marks) - used / this.leverage) * this.leverage;
  }
}
