import { type Instrument, sizeNumber, valueNumber, valueOf } from "../market/mod.ts";
import { type Notional, notionalToNumber, type Quantity, quantityToNumber } from "../money/mod.ts";
import { type Fill, positionChange } from "../orders/mod.ts";
import { type FeeBalance, payFromBalance } from "./fee_balance.ts";

/**
 * Cash of one account and its positions by instrument number, as a fold over fills. Exact figures decide; the float64
 * twins beside them are kept for marking to market, which happens on every candle.
 */
export interface Account {
  cash: Notional;
  cashNumber: number;
  readonly positions: Quantity[];
  readonly positionNumbers: number[];
  /**
   * By instrument, what closing has left over that is less than one lot, as a fee in the base asset does: it is worth
   * something and cannot be sold, and so it is no position.
   */
  readonly dust: Quantity[];
  readonly dustNumbers: number[];
  /** The third asset that pays fees; null without one. */
  readonly feeBalance: FeeBalance | null;
}

/** An account with cash and no positions, and perhaps a balance of an asset that pays its fees. */
export function openAccount(cash: Notional, instruments: number, feeBalance: FeeBalance | null = null): Account {
  return {
    cash,
    cashNumber: notionalToNumber(cash),
    positions: Array.from({ length: instruments }, () => 0n as Quantity),
    positionNumbers: Array.from({ length: instruments }, () => 0),
    dust: Array.from({ length: instruments }, () => 0n as Quantity),
    dustNumbers: Array.from({ length: instruments }, () => 0),
    feeBalance,
  };
}

/** What a fill does to the cash in the settlement asset: a buy takes the value, a sale brings it, a fee may be paid of it. */
export function cashChange(fill: Fill, market: Instrument): Notional {
  const signed = (fill.side === "buy" ? fill.quantity : -fill.quantity) as Quantity;
  const paid = valueOf(market, fill.price, signed);
  return (fill.feeFrom === "cash" ? -paid - fill.fee : -paid) as bigint as Notional;
}

/** Applies a fill; the sum of all changes of cash and positions equals the account (invariants I3 and I4). */
export function applyToAccount(account: Account, instrument: number, fill: Fill, market: Instrument): void {
  addCash(account, cashChange(fill, market));
  const position = (account.positions[instrument]! + positionChange(fill)) as Quantity;
  account.positions[instrument] = position;
  account.positionNumbers[instrument] = quantityToNumber(position);
  if (fill.feeFrom === "third" && account.feeBalance !== null) payFromBalance(account.feeBalance, fill);
}

/** Takes a quantity out of the position and keeps it as dust. */
export function setDustAside(account: Account, instrument: number, quantity: Quantity): void {
  account.positions[instrument] = (account.positions[instrument]! - quantity) as Quantity;
  account.positionNumbers[instrument] = quantityToNumber(account.positions[instrument]!);
  account.dust[instrument] = (account.dust[instrument]! + quantity) as Quantity;
  account.dustNumbers[instrument] = quantityToNumber(account.dust[instrument]!);
}

/** Adds to the cash; an amount below zero is taken from it. */
export function addCash(account: Account, amount: Notional): void {
  account.cash = (account.cash + amount) as Notional;
  account.cashNumber = notionalToNumber(account.cash);
}

/** Cash plus positions at their marks, in the settlement asset: what can be traded with. A position without a mark yet counts nothing. */
export function tradableEquityOf(account: Account, marks: ArrayLike<number>, markets: readonly Instrument[]): number {
  let equity = account.cashNumber;
  const positions = account.positionNumbers;
  for (let i = 0; i < positions.length; i++) {
    if (positions[i] !== 0) equity += valueNumber(markets[i]!, marks[i]!, positions[i]!);
  }
  return equity;
}

/** All of the account: what can be traded with, the dust at its marks, and what is left of the asset that pays fees. */
export function equityOf(account: Account, marks: ArrayLike<number>, markets: readonly Instrument[]): number {
  let equity = tradableEquityOf(account, marks, markets);
  const dust = account.dustNumbers;
  for (let i = 0; i < dust.length; i++) if (dust[i] !== 0) equity += valueNumber(markets[i]!, marks[i]!, dust[i]!);
  return account.feeBalance === null ? equity : equity + account.feeBalance.worthNumber;
}

/** Sum of the sizes of all positions at their marks, in the settlement asset. */
export function grossExposureOf(account: Account, marks: ArrayLike<number>, markets: readonly Instrument[]): number {
  let exposure = 0;
  const positions = account.positionNumbers;
  for (let i = 0; i < positions.length; i++) {
    if (positions[i] !== 0) exposure += sizeNumber(markets[i]!, marks[i]!, positions[i]!);
  }
  return exposure;
}
