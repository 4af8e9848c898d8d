// From a strategy's requests to proposed orders.
import { absoluteQuantity, floorToLot } from "../money/mod.ts";
import { equityOf } from "../portfolio/mod.ts";
import { positionSize } from "../risk/mod.ts";
import { protectionPrice, type Request } from "../strategies/mod.ts";
import type { Command } from "./command.ts";
import { cancel, propose } from "./order_chain.ts";
import { cancelProtection } from "./protect.ts";
import { count, hasLiveOrder } from "./state.ts";
import type { Trader } from "./trader.ts";

/** Carries out what was asked for one book, in the order of asking. */
export function carryOut(trader: Trader, book: number, requests: readonly Request[], commands: Command[]): void {
  for (const request of requests) {
    count(trader.state, "requests");
    if (request.kind === "close") requestClose(trader, book, request.reason, commands);
    else requestEntry(trader, book, request, commands);
  }
}

/** Drops entries that have not filled and sends the whole position to the market. */
export function requestClose(trader: Trader, book: number, reason: string, commands: Command[]): void {
  const { state } = trader;
  let pending = false;
  for (const order of state.orders) {
    if (order.intent.book !== book || order.intent.slot !== "entry") continue;
    pending = true;
    cancel(order, commands);
  }
  if (state.books[book]!.position !== 0n || pending) state.books[book]!.closing = reason;
  closeNow(trader, book, commands);
}

/**
 * Sends the closing order that a book wants and does not have: at the request, and again on a later candle when the
 * first one was refused or proven absent. A position below one lot cannot be closed and is let be.
 */
export function closeNow(trader: Trader, book: number, commands: Command[]): void {
  const { config, state } = trader;
  const own = state.books[book]!;
  if (own.closing === null || own.position === 0n || hasLiveOrder(state, book, "close")) return;
  const instrument = config.instruments[config.books[book]!.instrument]!;
  const quantity = floorToLot(absoluteQuantity(own.position), instrument.lot);
  const reason = own.closing;
  // The stop must not sell what the closing order sells: at most venues they also claim the same balance.
  cancelProtection(trader, book, commands);
  const side = own.position > 0n ? "sell" : "buy";
  const order = propose(trader, {
    book,
    slot: "close",
    side,
    kind: "market",
    quantity,
    price: null,
    sizeAtFill: null,
    plan: null,
    reason,
  }, commands);
  if (order === null) own.closing = null;
}

function requestEntry(
  trader: Trader,
  book: number,
  request: Extract<Request, { kind: "enter" }>,
  commands: Command[],
): void {
  const { config, state } = trader;
  const instrument = config.instruments[config.books[book]!.instrument]!;
  const price = state.marks[config.books[book]!.instrument]!;
  const away = request.side === "buy" ? -1 : 1;
  const sizing = request.sizing ?? config.sizing;
  const quantity = positionSize(sizing, {
    instrument,
    equity: equityOf(state.account, state.marks),
    price,
    stopPrice: request.stop === null ? NaN : protectionPrice(request.stop, price, away),
    reserveFraction: config.reserveFraction,
  });
  propose(trader, {
    book,
    slot: "entry",
    side: request.side,
    kind: "market",
    quantity,
    price: null,
    sizeAtFill: config.sizeAt === "fill" ? sizing : null,
    plan: { stop: request.stop, target: request.target },
    reason: request.reason,
  }, commands);
}
