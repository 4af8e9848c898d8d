import { type Notional, notionalOf, notionalToNumber, type Quantity, quantityToNumber } from "../money/mod.ts";
import { type Fill, positionChange } from "../orders/mod.ts";

/**
 * Cash of one account and its positions by instrument number, as a fold over fills. Exact figures decide; the float64
 * twins beside them are kept for marking to market, which happens on every candle.
 */
export interface Account {
  cash: Notional;
  cashNumber: number;
  readonly positions: Quantity[];
  readonly positionNumbers: number[];
}

/** An account with cash and no positions. */
export function openAccount(cash: Notional, instruments: number): Account {
  return {
    cash,
    cashNumber: notionalToNumber(cash),
    positions: Array.from({ length: instruments }, () => 0n as Quantity),
    positionNumbers: Array.from({ length: instruments }, () => 0),
  };
}

/** What a fill does to the cash in the quote asset: a buy takes the notional, a sale brings it, a fee is paid. */
export function cashChange(fill: Fill): Notional {
  const amount = notionalOf(fill.price, fill.quantity);
  const signed = fill.side === "buy" ? -amount : amount;
  return (fill.feeInBase ? signed : signed - fill.fee) as bigint as Notional;
}

/** Applies a fill; the sum of all changes of cash and positions equals the account (invariants I3 and I4). */
export function applyToAccount(account: Account, instrument: number, fill: Fill): void {
  account.cash = (account.cash + cashChange(fill)) as Notional;
  account.cashNumber = notionalToNumber(account.cash);
  const position = (account.positions[instrument]! + positionChange(fill)) as Quantity;
  account.positions[instrument] = position;
  account.positionNumbers[instrument] = quantityToNumber(position);
}

/** Cash plus positions at their marks, in quote units. A position without a mark yet counts nothing. */
export function equityOf(account: Account, marks: ArrayLike<number>): number {
  let equity = account.cashNumber;
  const positions = account.positionNumbers;
  for (let i = 0; i < positions.length; i++) if (positions[i] !== 0) equity += positions[i]! * marks[i]!;
  return equity;
}

/** Sum of |position × mark|, in quote units. */
export function grossExposureOf(account: Account, marks: ArrayLike<number>): number {
  let exposure = 0;
  const positions = account.positionNumbers;
  for (let i = 0; i < positions.length; i++) if (positions[i] !== 0) exposure += Math.abs(positions[i]! * marks[i]!);
  return exposure;
}
