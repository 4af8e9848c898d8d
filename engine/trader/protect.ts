// Stop and target of a position: orders at the venue that follow its size and average price.
import {
  absoluteQuantity,
  floorToLot,
  type Price,
  priceFromNumber,
  priceToNumber,
  type Quantity,
} from "../money/mod.ts";
import type { Slot } from "../orders/mod.ts";
import { isTrailing, type Protection, protectionPrice } from "../strategies/mod.ts";
import type { Command } from "./command.ts";
import { cancel, propose } from "./order_chain.ts";
import { ensureLegs } from "./exit_legs.ts";
import { type BookState, hasLiveOrder, liveOrders } from "./state.ts";
import type { Trader } from "./trader.ts";

/**
 * Makes the protective orders of a book what they should be: none when it is flat or on its way out, else a stop and a
 * target for the whole position. A new order is sent before the old one's cancel is confirmed: no naked moment.
 */
export function protect(trader: Trader, book: number, commands: Command[]): void {
  const own = trader.state.books[book]!;
  own.protectAgain = false;
  const leaving = own.closing !== null && hasLiveOrder(trader.state, book, "close");
  if (own.position === 0n || leaving) return cancelProtection(trader, book, commands);
  ensure(trader, book, "stop", own.plan.stop, commands);
  ensure(trader, book, "target", own.plan.target, commands);
  ensureLegs(trader, book, commands);
}

/** Best price since the position was opened, the candle that has just closed included. */
export function bestPriceAt(own: BookState, high: number, low: number, close: number): number {
  const long = own.position > 0n;
  const reached = own.enteredInside ? close : long ? high : low;
  return (long ? reached > own.bestPrice : reached < own.bestPrice) ? reached : own.bestPrice;
}

/** A candle of the book has closed: its best price moves a trailing stop. */
export function trail(
  trader: Trader,
  book: number,
  high: number,
  low: number,
  close: number,
  commands: Command[],
): void {
  const own = trader.state.books[book]!;
  const best = bestPriceAt(own, high, low, close);
  own.enteredInside = false;
  if (Object.is(best, own.bestPrice)) return;
  own.bestPrice = best;
  if (isTrailing(own.plan.stop)) protect(trader, book, commands);
}

/** Takes stop, target and exits that wait back. */
export function cancelProtection(trader: Trader, book: number, commands: Command[]): void {
  takeBack(trader, book, "stop", commands);
  takeBack(trader, book, "target", commands);
  takeBack(trader, book, "reduce", commands);
}

function takeBack(trader: Trader, book: number, slot: Slot, commands: Command[]): void {
  for (const order of trader.state.orders) {
    if (order.intent.book === book && order.intent.slot === slot) cancel(order, commands);
  }
}

function ensure(trader: Trader, book: number, slot: Slot, protection: Protection | null, commands: Command[]): void {
  const { config, state } = trader;
  const own = state.books[book]!;
  if (own.averageEntry === null) return;
  if (protection === null) return takeBack(trader, book, slot, commands);
  const instrument = config.instruments[config.books[book]!.instrument]!;
  const live = liveOrders(state, book, slot).filter((order) => !order.cancelSent);
  const long = own.position > 0n;
  const away = long === (slot === "target") ? 1 : -1;
  const from = isTrailing(protection) ? own.bestPrice : priceToNumber(own.averageEntry);
  const raw = protectionPrice(protection, from, away);
  const price = raw > 0 ? priceFromNumber(raw, instrument.tick, "nearest") : (0n as Price);
  const quantity = floorToLot(absoluteQuantity(own.position), instrument.lot);
  const fits = live.some((order) =>
    order.intent.price === price && (order.quantity - order.filled) as Quantity === quantity
  );
  if (fits) return;
  for (const order of live) cancel(order, commands);
  propose(trader, {
    book,
    slot,
    side: long ? "sell" : "buy",
    kind: slot === "stop" ? "stop" : "limit",
    quantity,
    price,
    sizeAtFill: null,
    plan: null,
    reason: slot,
  }, commands);
}
