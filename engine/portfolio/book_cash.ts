import { addNotional, type Notional, subtractNotional } from "../money/mod.ts";
import type { Lot } from "./lots.ts";

/**
 * What a book has done to the account's cash: the profits of its closed lots (Σ `profitOf`) less what its open ones cost,
 * fees included. Over all books it is the change of the cash since the start to the last unit (less the worth of fees
 * that another balance paid); with the positions at their marks it is what the books have earned.
 */
export function bookCash(closed: Notional, open: readonly Lot[]): Notional {
  return open.reduce((cash, lot) => subtractNotional(cash, paidFor(lot)), closed);
}

function paidFor({ value, feeQuote, funding, interest }: Lot): Notional {
  return addNotional(addNotional(value, feeQuote), addNotional(funding, interest));
}
