// What fills, and all that closes a position, do to a book.
import { priceToNumber, quantityToNumber, ZERO_QUANTITY } from "../money/mod.ts";
import type { Fill } from "../orders/mod.ts";
import { applyLot, applyToLots, averageEntryPrice, joinedLots, lotsQuantity, setDustAside } from "../portfolio/mod.ts";
import { noteTrade } from "../risk/mod.ts";
import { closableOf } from "./closable.ts";
import type { Command } from "./command.ts";
import { cancel, forgetRefusedExit } from "./order_chain.ts";
import { protect } from "./protect.ts";
import { DUST, hasWithdrawnEntry } from "./state.ts";
import type { Trader } from "./trader.ts";

/** Applies a fill to the lots of a book and reports those that it closed. */
export function closeLots(
  trader: Trader,
  book: number,
  fill: Fill,
  reason: string,
  commands: Command[],
  stopped = false,
): void {
  const { config, state } = trader;
  const market = config.instruments[config.books[book]!.instrument]!;
  for (const lot of applyToLots(state.books[book]!.lots, fill, reason, market)) {
    noteTrade(state.history, { book, candle: state.history.candles, stopped, lot });
    commands.push({ kind: "closed", book, lot });
  }
}

/**
 * A rest of less than one lot cannot be closed: it leaves the book, which is flat then, and stays in the account. Where
 * dust of the other side is there, as after a trade that was taken back, the two close each other.
 */
export function leaveDust({ config, state }: Trader, book: number, commands: Command[]): void {
  const own = state.books[book]!, { instrument } = config.books[book]!, market = config.instruments[instrument]!;
  const rest = lotsQuantity(own.lots);
  if (rest === 0n || closableOf(rest, state.account.dust[instrument]!, market.lot) > 0n) return;
  const left = own.dust === null ? [] : [own.dust];
  for (const other of own.lots) {
    for (const lot of applyLot(left, other)) commands.push({ kind: "closed", book, lot });
  }
  own.dust = left.length === 0 ? null : joinedLots(left, DUST, market);
  own.lots.length = 0;
  setDustAside(state.account, instrument, rest);
}

/** Brings a book's position and average entry price in line with its lots. */
export function refreshPosition(trader: Trader, book: number): void {
  const { config, state } = trader;
  const own = state.books[book]!, market = config.instruments[config.books[book]!.instrument]!;
  const wasHeld = own.position !== 0n;
  own.position = lotsQuantity(own.lots);
  own.positionNumber = quantityToNumber(own.position);
  own.averageEntry = own.position === 0n ? null : averageEntryPrice(own.lots, market);
  own.entryPriceNumber = own.averageEntry === null ? NaN : priceToNumber(own.averageEntry);
  if (own.position !== 0n) return;
  if (wasHeld) own.positionsClosed++;
  forgetRefusedExit(state, book);
  own.legs = [];
  own.entered = ZERO_QUANTITY;
  own.bestPrice = NaN;
  own.following = null;
  own.enteredInside = false;
}

/** What a changed position asks of the orders of its book. */
export function settleBook(trader: Trader, book: number, commands: Command[]): void {
  const own = trader.state.books[book]!;
  if (own.position === 0n) {
    if (!hasWithdrawnEntry(trader.state, book)) own.closing = null;
    for (const order of trader.state.orders) {
      if (order.intent.book === book && order.intent.slot === "close") cancel(order, commands);
    }
  }
  protect(trader, book, commands);
}
