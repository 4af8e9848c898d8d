import { type Instrument, valueOf } from "../market/mod.ts";
import { addNotional, type Notional, type Price, subtractNotional } from "../money/mod.ts";
import type { Lot } from "./lots.ts";

/** What closing an open lot at the mark without a fee would bring after the fee of its entry, exact as money is. */
export function openProfitOf(lot: Lot, mark: Price, market: Instrument): Notional {
  return subtractNotional(subtractNotional(valueOf(market, mark, lot.quantity), lot.value), lot.feeQuote);
}

/**
 * What a book has earned: the profit of its closed lots (Σ `profitOf`) and of its open ones at the mark, in the
 * settlement asset. Over all books of an account this adds up to its cash and positions at the marks less the cash at
 * its start, to the last unit; where a position's value has no end of digits (inverse contracts), to one unit a lot.
 */
export function bookProfit(closed: Notional, open: readonly Lot[], mark: Price, market: Instrument): Notional {
  return open.reduce((sum, lot) => addNotional(sum, openProfitOf(lot, mark, market)), closed);
}
