// What the venue tells, in whatever order and however often it tells it.
import { absoluteQuantity, addQuantity, type Price, priceToNumber, type Quantity } from "../money/mod.ts";
import { type Fill, isTerminal, positionChange, type PriceBasis, type VenueEvent } from "../orders/mod.ts";
import { applyToAccount } from "../portfolio/mod.ts";
import { payApart, takeFromPositions } from "./adjust.ts";
import { onCharge, onLiquidation } from "./charges.ts";
import { onOcoFill } from "./close_oco.ts";
import type { Command } from "./command.ts";
import { requestClose } from "./decide.ts";
import { legsOfTargets } from "./exit_legs.ts";
import { closeFlipped } from "./flipped_position.ts";
import { halt } from "./halt.ts";
import { moveTo } from "./order_chain.ts";
import { end } from "./order_end.ts";
import { closeLots, leaveDust, refreshPosition, settleBook } from "./position_news.ts";
import { MOST_WITHOUT_FUNDS } from "./protect.ts";
import { ask, onFound, onMissing, onUnknown } from "./reconcile.ts";
import { type BookState, count, findOrder, type OrderRecord } from "./state.ts";
import type { Trader } from "./trader.ts";

/** The venue takes no orders with this key: the next one would be refused as well (fault 52). */
const DENIED: ReadonlySet<string> = new Set(["authentication", "permission-denied", "account-suspended"]);
/** So many orders in a row that the venue refuses by its rules halt a book. */
const MOST_AGAINST_RULES = 2;

/** Applies one piece of news. */
export function onVenueNews(trader: Trader, event: VenueEvent, commands: Command[]): void {
  if (event.kind === "charge") return onCharge(trader, event.charge, commands);
  if (event.kind === "liquidation") return onLiquidation(trader, event.liquidation, commands);
  const id = event.kind === "fill" ? event.fill.clientOrderId : event.clientOrderId;
  const record = findOrder(trader.state, id);
  if (record === undefined) {
    commands.push({
      kind: "alarm",
      code: "external-order",
      message: `news of ${id}, which is not an order of this session`,
    });
    return;
  }
  switch (event.kind) {
    case "accepted":
      if (!isTerminal(record.state)) record.quantity = event.quantity;
      forgetRefusals(trader, record);
      if (isWaiting(record)) moveTo(trader, record, record.filled > 0n ? "partiallyFilled" : "open");
      return;
    case "fill":
      return onFill(trader, record, event.fill, commands, event.basis);
    case "refused":
      count(trader.state, `venue:${event.code}`);
      if (!isWaiting(record)) return;
      // What was to make room does not: what was approved beside it is looked at again.
      if (record.intent.reduceOnly) trader.state.version++;
      if (event.code === "insufficient-funds" && record.intent.reduceOnly) noteNoFunds(trader, record, commands);
      if (event.code === "invalid-order" || event.code === "market-closed") {
        noteRule(trader, record, event.code, commands);
      }
      end(trader, record, "refused", commands);
      if (DENIED.has(event.code)) noteDenied(trader, record, event.code, event.reason, commands);
      if (event.code === "triggers-at-once" && record.intent.slot === "stop") closeStopped(trader, record, commands);
      return;
    case "ended":
      if (isTerminal(record.state)) return;
      // Fills that the venue counts are still on their way: they come first.
      if (event.filled > record.filled) return ask(trader, record, commands);
      return end(trader, record, event.state, commands);
    case "moved":
      return onMoved(record, event.price, event.limitPrice);
    case "notSent":
      if (record.state === "sending") end(trader, record, "refused", commands);
      return;
    case "unknown":
      return onUnknown(trader, record, commands);
    case "found":
      for (const fill of event.fills) onFill(trader, record, fill, commands);
      onPlaceFound(trader, record, event);
      return onFound(trader, record, event.state, commands);
    case "missing":
      return onMissing(trader, record, event.timeMs, commands);
  }
}

/** The market is beyond the stop already: what it was to do is done now. */
function closeStopped(
  trader: Trader,
  { intent: { book, reason }, cancelSent }: OrderRecord,
  commands: Command[],
): void {
  const own = trader.state.books[book]!;
  if (cancelSent || own.position === 0n || own.closing !== null) return;
  requestClose(trader, book, { kind: "close", reason }, commands);
}

/** An exit that the balance does not cover: what is held is not what we think. The second time a person has to look. */
function noteNoFunds({ state }: Trader, { intent }: OrderRecord, commands: Command[]): void {
  const own = state.books[intent.book]!, times = own.withoutFunds.times + 1;
  own.withoutFunds = { times, version: state.version };
  if (times < MOST_WITHOUT_FUNDS || own.halted !== null) return;
  own.halted = "the venue has less than the position: it refuses what closes it";
  commands.push({ kind: "alarm", code: "without-funds", message: `${intent.clientOrderId}: ${own.halted}` });
}

/** The key was revoked, has expired or may no longer trade: nothing new, one alarm, and exits are tried ever more rarely. */
function noteDenied(
  trader: Trader,
  { intent: { book, clientOrderId } }: OrderRecord,
  code: string,
  why: string,
  commands: Command[],
): void {
  const { state } = trader, own = state.books[book]!;
  own.timesDenied = (own.timesDenied ?? 0) + 1;
  const reason = "the venue takes no orders with this key: look at it with deno task keys test";
  // Some venues say so of a single market.
  if (code === "permission-denied") {
    if (own.halted !== null) return;
    own.halted = reason;
  } else {
    if (state.halted !== null) return;
    halt(trader, { reason, flatten: false }, commands);
  }
  commands.push({ kind: "alarm", code: "key-denied", message: `${clientOrderId}: ${reason} (${why})` });
}

/** The market takes no orders, or not on the grid that we know, which was read anew after the first time (faults 7 and 13). */
function noteRule({ state }: Trader, { intent }: OrderRecord, code: string, commands: Command[]): void {
  const own = state.books[intent.book]!;
  const times = own.refusedByRule = (own.refusedByRule ?? 0) + 1;
  if (own.halted !== null || (code === "invalid-order" && times < MOST_AGAINST_RULES)) return;
  own.halted = code === "market-closed"
    ? "the market takes no orders"
    : "the venue refuses its orders by a rule that is not known here";
  commands.push({ kind: "alarm", code, message: `${intent.clientOrderId}: ${own.halted}` });
}

/** The venue takes orders, by the rules that are known here and with this key. */
function forgetRefusals({ state }: Trader, { intent }: OrderRecord): void {
  const own = state.books[intent.book]!;
  if (own.refusedByRule !== undefined) own.refusedByRule = 0;
  if (own.timesDenied !== undefined) own.timesDenied = 0;
}

/** The venue has carried a move out; the answer to an older one says nothing about the newest. */
function onMoved(record: OrderRecord, price: Price | null, limitPrice: Price | null): void {
  const { moving } = record;
  if (moving === null || moving.price !== price || moving.limitPrice !== limitPrice) return;
  record.intent = moving;
  record.moving = null;
}

/** Where an order was found tells whether its move has arrived: if not, the next candle looks after it again. */
function onPlaceFound(
  trader: Trader,
  record: OrderRecord,
  { price, limitPrice }: Extract<VenueEvent, { kind: "found" }>,
): void {
  onMoved(record, price, limitPrice);
  if (record.moving === null) return;
  record.moving = null;
  trader.state.books[record.intent.book]!.protectAgain = true;
}

/** True while the venue's first answer is outstanding. */
function isWaiting(record: OrderRecord): boolean {
  return record.state === "sending" || record.state === "unknown" || record.state === "quarantined";
}

/** Applies an execution once, whatever the state of its order; too much of it halts the book (invariant I6). */
export function onFill(
  trader: Trader,
  record: OrderRecord,
  fill: Fill,
  commands: Command[],
  basis?: PriceBasis,
): void {
  if (record.tradeIds.includes(fill.tradeId)) return;
  const { config, state } = trader;
  const book = record.intent.book, own = state.books[book]!;
  const { instrument } = config.books[book]!, market = config.instruments[instrument]!;
  const late = isTerminal(record.state);
  record.tradeIds.push(fill.tradeId);
  record.filled = addQuantity(record.filled, fill.quantity);
  state.version++;
  own.withoutFunds = { times: 0, version: 0 };
  const before = own.position;
  count(state, "fills");
  const reason = basis?.rule === "trailing-stop" && record.intent.reduceOnly ? basis.rule : record.intent.reason;
  applyToAccount(state.account, instrument, fill, market);
  const paysApart = payApart(state, fill);
  closeLots(trader, book, fill, reason, commands, record.intent.slot === "stop");
  if (record.intent.reduceOnly) leaveDust(trader, book, commands);
  refreshPosition(trader, book);
  if (record.intent.slot === "entry") noteEntry(own, record, fill, before);
  else if (record.leg > 0) noteLeg(own, record, fill);
  if (late || record.filled > record.quantity) {
    own.halted = late ? "a fill came after its order had ended" : "an order was filled beyond its size";
    commands.push({
      kind: "alarm",
      code: late ? "late-fill" : "overfill",
      message: `${record.intent.clientOrderId}: ${own.halted}`,
    });
  }
  onOcoFill(trader, record, commands);
  if (!late) moveTo(trader, record, record.filled >= record.quantity ? "filled" : "partiallyFilled");
  settleBook(trader, book, commands);
  closeFlipped(trader, book, commands);
  if (paysApart) takeFromPositions(trader, fill.feeAsset, `${fill.tradeId}-fee`, commands);
}

/** What an entry brings: the quantity, the plan that it carries, and where trailing begins: at the fill. */
function noteEntry(own: BookState, record: OrderRecord, fill: Fill, before: Quantity): void {
  const paid = priceToNumber(fill.price), { intent, plan, filled } = record;
  if (Number.isNaN(own.bestPrice)) own.openedAtCandle = own.candles;
  if (!(fill.side === "buy" ? own.bestPrice >= paid : own.bestPrice <= paid)) own.bestPrice = paid;
  if (intent.kind !== "market") own.enteredInside = true;
  const change = positionChange(fill), adds = before !== 0n && (before > 0n) === (change > 0n);
  own.entered = adds ? addQuantity(own.entered, absoluteQuantity(change)) : absoluteQuantity(own.position);
  // A plan counts once: what a strategy has moved since is not moved back by the next part of the same entry.
  if (plan === null || (adds && filled > fill.quantity)) return;
  own.plan = adds ? { stop: plan.stop ?? own.plan.stop, target: plan.target ?? own.plan.target } : plan;
  if (plan.targets !== undefined) own.legs = legsOfTargets(own, plan.targets);
}

function noteLeg(own: BookState, { leg }: OrderRecord, { quantity }: Fill): void {
  const found = own.legs.find(({ id }) => id === leg);
  if (found !== undefined) found.filled = addQuantity(found.filled, quantity);
}
