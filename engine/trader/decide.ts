// From a strategy's requests to proposed orders.
import { absoluteQuantity, floorToLot, type Price, priceFromNumber, ZERO_QUANTITY } from "../money/mod.ts";
import { equityOf } from "../portfolio/mod.ts";
import { plainSizing, positionSize } from "../risk/mod.ts";
import { type EntryPrice, protectionPrice, type Request } from "../strategies/mod.ts";
import type { Command } from "./command.ts";
import { scheduleRefusal } from "./keep_schedule.ts";
import { cancel, intentOf, type OrderWish, propose, refuse } from "./order_chain.ts";
import { cancelProtection, protect } from "./protect.ts";
import { count, hasLiveOrder } from "./state.ts";
import type { Trader } from "./trader.ts";

/** Carries out what was asked for one book, in the order of asking. */
export function carryOut(trader: Trader, book: number, requests: readonly Request[], commands: Command[]): void {
  for (const request of requests) {
    count(trader.state, "requests");
    count(trader.state, `signals:${request.kind}`);
    switch (request.kind) {
      case "enter":
        requestEntry(trader, book, request, commands);
        break;
      case "withdraw":
        withdrawEntries(trader, book, commands);
        break;
      case "protect":
        moveProtection(trader, book, request, commands);
        break;
      case "close":
        requestClose(trader, book, request.reason, commands);
    }
  }
}

/** Asks the venue to take back entries that have not filled. True when there were any. */
function withdrawEntries(trader: Trader, book: number, commands: Command[]): boolean {
  let pending = false;
  for (const order of trader.state.orders) {
    if (order.intent.book !== book || order.intent.slot !== "entry") continue;
    pending = true;
    cancel(order, commands);
  }
  return pending;
}

function moveProtection(
  trader: Trader,
  book: number,
  { stop, target }: Extract<Request, { kind: "protect" }>,
  commands: Command[],
): void {
  const own = trader.state.books[book]!;
  if (own.position === 0n) return;
  own.plan = {
    stop: stop === undefined ? own.plan.stop : stop,
    target: target === undefined ? own.plan.target : target,
  };
  protect(trader, book, commands);
}

/** Drops entries that have not filled and sends the whole position to the market. */
export function requestClose(trader: Trader, book: number, reason: string, commands: Command[]): void {
  const { state } = trader;
  const pending = withdrawEntries(trader, book, commands);
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
  const price = request.at?.price ?? state.marks[config.books[book]!.instrument]!;
  const away = request.side === "buy" ? -1 : 1;
  const wish: OrderWish = {
    book,
    slot: "entry",
    side: request.side,
    kind: request.at?.kind ?? "market",
    quantity: ZERO_QUANTITY,
    price: request.at === null ? null : orderPrice(request.at, request.side, instrument.tick),
    sizeAtFill: null,
    plan: { stop: request.stop, target: request.target },
    reason: request.reason,
  };
  const closed = scheduleRefusal(trader.books[book]!, state.nowMs);
  if (closed !== null) return refuse(trader, intentOf(trader, wish), closed, commands);
  // What pays the fees cannot be traded with.
  const feeWorth = state.account.feeBalance?.worthNumber ?? 0;
  const equity = equityOf(state.account, state.marks, config.instruments) - feeWorth;
  const { sizingValue, returns } = sizingFacts(trader, book);
  const sizing = request.sizing ??
    plainSizing(config.sizing, { instrument, equity, price, away, value: sizingValue, returns });
  if ("code" in sizing) return refuse(trader, intentOf(trader, wish), sizing, commands);
  const quantity = positionSize(sizing, {
    instrument,
    equity,
    price,
    stopPrice: request.stop === null ? NaN : protectionPrice(request.stop, price, away),
    reserveFraction: config.reserveFraction,
  });
  propose(trader, { ...wish, quantity, sizeAtFill: config.sizeAt === "fill" ? sizing : null }, commands);
}

/** What the run's sizing may look at beside the account. */
function sizingFacts({ books, config, state }: Trader, book: number) {
  const { strategy } = config.books[book]!;
  const returns = () =>
    state.history.closed.filter((trade) => config.books[trade.book]!.strategy.id === strategy.id)
      .map((trade) => trade.returnFraction);
  return { sizingValue: books[book]!.sizingValues[0] ?? NaN, returns };
}

/** The price on the tick that is not worse than the one asked for: never paid more, never triggered earlier. */
function orderPrice({ kind, price }: EntryPrice, side: "buy" | "sell", tick: Price): Price {
  return priceFromNumber(price, tick, (kind === "limit") === (side === "buy") ? "down" : "up");
}
