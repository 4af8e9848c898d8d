// From a strategy's requests to proposed orders.
import { absoluteQuantity, floorToLot, ZERO_QUANTITY } from "../money/mod.ts";
import { equityOf } from "../portfolio/mod.ts";
import { plainSizing, positionSize } from "../risk/mod.ts";
import { type EntryPrice, protectionPrice, type Request } from "../strategies/mod.ts";
import type { Command } from "./command.ts";
import { scheduleRefusal } from "./keep_schedule.ts";
import { cancel, intentOf, type OrderWish, propose, refuse } from "./order_chain.ts";
import { newLeg } from "./exit_legs.ts";
import { orderPrice } from "./order_price.ts";
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
        // In hedge mode the other side has a book of its own, which was asked, too.
        if (!isOfSide(trader, book, request.side)) break;
        requestEntry(trader, book, request, commands);
        break;
      case "withdraw":
        withdrawEntries(trader, book, commands);
        break;
      case "protect":
        moveProtection(trader, book, request, commands);
        break;
      case "close":
        requestClose(trader, book, request, commands);
    }
  }
}

function isOfSide({ config }: Trader, book: number, side: "buy" | "sell"): boolean {
  const own = config.books[book]!.side ?? "both";
  return own === "both" || (own === "long") === (side === "buy");
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

/** Drops entries that have not filled and sends the whole position to the market, or to where it waits. */
function requestClose(
  trader: Trader,
  book: number,
  { at, reason }: Extract<Request, { kind: "close" }>,
  commands: Command[],
): void {
  const own = trader.state.books[book]!;
  const pending = withdrawEntries(trader, book, commands);
  if (own.position !== 0n && at !== undefined && own.closing === null) {
    return waitForExit(trader, book, at, reason, commands);
  }
  own.legs = [];
  if (own.position !== 0n || pending) own.closing = reason;
  closeNow(trader, book, commands);
}

/** The whole position waits at one price, in place of all exits that waited before. */
function waitForExit(trader: Trader, book: number, at: EntryPrice, reason: string, commands: Command[]): void {
  const own = trader.state.books[book]!, [leg] = own.legs;
  const asBefore = own.legs.length === 1 && leg!.at.kind === at.kind && leg!.at.price === at.price;
  // Asked for again on each candle, the order that is there keeps its place.
  if (!asBefore || leg!.reason !== reason) own.legs = [newLeg(own, at, reason)];
  protect(trader, book, commands);
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
