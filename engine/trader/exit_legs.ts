// Exits that wait at a price of their own, beside the stop and the target of a position.
import { absoluteQuantity, floorToLot, type Quantity } from "../money/mod.ts";
import type { EntryPrice } from "../strategies/mod.ts";
import type { Command } from "./command.ts";
import { cancel, propose } from "./order_chain.ts";
import { orderPrice } from "./order_price.ts";
import { type BookState, type ExitLeg, liveOrders } from "./state.ts";
import type { Trader } from "./trader.ts";

/** A leg with a number that no order of the book has had. */
export function newLeg(own: BookState, at: EntryPrice, reason: string): ExitLeg {
  return { id: ++own.revision, at, reason };
}

/** Makes the orders of a book's legs what they should be: one each, of its size, and none of a leg that is gone. */
export function ensureLegs(trader: Trader, book: number, commands: Command[]): void {
  const { legs } = trader.state.books[book]!;
  for (const order of trader.state.orders) {
    const { intent, leg } = order;
    if (intent.book !== book || intent.slot !== "reduce" || leg === 0) continue;
    if (!legs.some((own) => own.id === leg)) cancel(order, commands);
  }
  for (const leg of legs) ensureLeg(trader, book, leg, commands);
}

function ensureLeg(trader: Trader, book: number, leg: ExitLeg, commands: Command[]): void {
  const { config, state } = trader;
  const own = state.books[book]!;
  const instrument = config.instruments[config.books[book]!.instrument]!;
  const quantity = floorToLot(absoluteQuantity(own.position), instrument.lot);
  const live = liveOrders(state, book, "reduce").filter((order) => order.leg === leg.id && !order.cancelSent);
  if (live.some((order) => (order.quantity - order.filled) as Quantity === quantity)) return;
  for (const order of live) cancel(order, commands);
  const side = own.position > 0n ? "sell" : "buy";
  propose(trader, {
    book,
    slot: "reduce",
    side,
    kind: leg.at.kind,
    quantity,
    price: orderPrice(leg.at, side, instrument.tick),
    sizeAtFill: null,
    plan: null,
    leg: leg.id,
    reason: leg.reason,
  }, commands);
}

/** The order of a leg ended by itself: the venue's word is final, a request that never arrived is sent anew. */
export function dropLeg(own: BookState, id: number): void {
  own.legs = own.legs.filter((leg) => leg.id !== id);
}
