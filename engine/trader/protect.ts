// Stop and target of a position: orders at the venue that follow its size and average price.
import { usesMargin } from "../market/mod.ts";
import { priceToNumber, type Quantity } from "../money/mod.ts";
import { type OrderIntent, sameTrail, type Slot } from "../orders/mod.ts";
import { isTrailing, type Protection } from "../strategies/mod.ts";
import { closableQuantity } from "./closable.ts";
import type { Command } from "./command.ts";
import type { CandleGroup } from "./event.ts";
import { cancel, move, propose } from "./order_chain.ts";
import { ensureLegs } from "./exit_legs.ts";
import {
  followBest,
  followRange,
  hasNewStep,
  isMovedByVenue,
  type ProtectiveOrder,
  protectiveOrder,
} from "./protective_price.ts";
import { type BookState, hasLiveClose, type OrderRecord } from "./state.ts";
import type { Trader } from "./trader.ts";

/**
 * After so many refusals for want of balance an exit waits until something has changed, or for so long: orders of which the
 * session knows nothing may hold the balance, and nobody tells it when they end.
 */
export const MOST_WITHOUT_FUNDS = 2;
const WITHOUT_FUNDS_MS = 30_000;
/** After so many exits of which nobody knows what became of them only a person helps: each is asked for all the time. */
const MOST_LOST_EXITS = 3;

/**
 * Makes the protective orders of a book what they should be: none when it is flat or on its way out, else a stop and a
 * target for the whole position. A new order is sent before the old one's cancel is confirmed: no naked moment.
 */
export function protect(trader: Trader, book: number, commands: Command[]): void {
  const own = trader.state.books[book]!;
  own.protectAgain = false;
  if (own.position === 0n || isLeaving(trader, book)) return cancelProtection(trader, book, commands);
  // More was sold than was known to be there, and what was bought is still to be told: nothing protects a debt.
  if (own.position < 0n && !usesMargin(trader.config.instruments[trader.config.books[book]!.instrument]!)) {
    return cancelProtection(trader, book, commands);
  }
  own.protectedAtMs = trader.state.nowMs;
  if (isStuck(trader, book)) {
    own.protectAgain = true;
    return;
  }
  if (trader.config.exitsLock === true) {
    if (isReducing(trader, book)) takeBack(trader, book, "stop", commands);
    else ensure(trader, book, "stop", own.plan.stop, commands);
    return;
  }
  ensure(trader, book, "stop", own.plan.stop, commands);
  ensure(trader, book, "target", own.plan.target, commands);
  ensureLegs(trader, book, commands);
}

/** Best price since the position was opened, the candle that has just closed included. */
export function bestPriceAt(own: BookState, high: number, low: number, close: number): number {
  const long = own.positionNumber > 0;
  const reached = own.enteredInside ? close : long ? high : low;
  return (long ? reached > own.bestPrice : reached < own.bestPrice) ? reached : own.bestPrice;
}

/** A candle of the book has closed: its best price moves a trailing stop, its time a table of returns. */
export function followCandle(trader: Trader, book: number, group: CandleGroup, commands: Command[]): void {
  const row = group.rowOf[trader.config.books[book]!.instrument]!;
  if (row < 0) return;
  const high = group.high[row]!, low = group.low[row]!, close = group.close[row]!;
  const own = trader.state.books[book]!, { stop, target } = own.plan;
  if (own.following === null && !changesItself(stop) && !changesItself(target)) {
    own.bestPrice = bestPriceAt(own, high, low, close);
    own.enteredInside = false;
    return;
  }
  const { config, state: { nowMs } } = trader;
  // A stop that was taken away for a while is followed as if it were there.
  const inVenue = isMovedByVenue(own.following?.stop ?? stop, config.trailing);
  const best = bestPriceAt(own, high, low, close), isBetter = !Object.is(best, own.bestPrice);
  const { tick } = config.instruments[config.books[book]!.instrument]!;
  if (inVenue || !own.enteredInside) followBest(own, tick, high, low, inVenue);
  else followBest(own, tick, close, close, false);
  own.enteredInside = false;
  own.bestPrice = best;
  const isTightened = followRange(own, tick, trader.books[book]!);
  if (hasNewStep(stop, own, nowMs) || hasNewStep(target, own, nowMs)) protect(trader, book, commands);
  else if ((isTightened || isBetter && !inVenue) && isTrailing(stop) && !isLeaving(trader, book)) {
    ensure(trader, book, "stop", stop, commands);
  }
}

/** True for a protection whose place changes though nobody asks for it. */
function changesItself(protection: Protection | null): boolean {
  return protection !== null && (protection.kind === "roi" || isTrailing(protection));
}

/** True when the whole position is on its way to the market. */
function isLeaving({ state }: Trader, book: number): boolean {
  return state.books[book]!.closing !== null && hasLiveClose(state, book);
}

/**
 * True where the venue has said just now that the balance does not cover an exit, and nothing has changed since, or where
 * one exit after the other was lost.
 */
export function isStuck({ state }: Trader, book: number, nowMs = state.nowMs): boolean {
  const { lostExitsFromMs = 0 } = state.books[book]!;
  let lost = 0;
  for (const { intent, state: own, sentAtMs } of state.orders) {
    if (own === "quarantined" && intent.book === book && intent.reduceOnly && sentAtMs >= lostExitsFromMs) lost++;
  }
  if (lost >= MOST_LOST_EXITS) return true;
  const { withoutFunds: { times, version }, exitTriedAtMs = 0 } = state.books[book]!;
  return times >= MOST_WITHOUT_FUNDS && version === state.version && nowMs - exitTriedAtMs < WITHOUT_FUNDS_MS;
}

/** True when a part of the position is on its way to the market. */
function isReducing({ state }: Trader, book: number): boolean {
  return state.orders.some(({ intent, state: own }) =>
    intent.book === book && intent.slot === "reduce" && intent.kind === "market" && own !== "quarantined"
  );
}

/** True when a candle has reached the target of a position whose target does not rest at the venue. */
export function reachesTarget(trader: Trader, book: number, high: number, low: number): boolean {
  const { config, state } = trader, own = state.books[book]!, { target } = own.plan;
  if (config.exitsLock !== true || target === null || own.averageEntry === null) return false;
  const price = protectiveOrder(trader, book, "target", target)?.price ?? null;
  if (price === null) return false;
  return own.position > 0n ? high >= priceToNumber(price) : low <= priceToNumber(price);
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
  const { state } = trader;
  const own = state.books[book]!;
  if (own.averageEntry === null) return;
  const wanted = protection === null ? null : protectiveOrder(trader, book, slot, protection);
  if (wanted === null) return takeBack(trader, book, slot, commands);
  const quantity = closableQuantity(trader, book);
  let only: OrderRecord | null = null, count = 0;
  for (const order of state.orders) {
    if (order.intent.book !== book || order.intent.slot !== slot || order.cancelSent) continue;
    const fits = (order.quantity - order.filled) as Quantity === quantity;
    if (fits && doesSame(order.moving ?? order.intent, wanted)) return;
    only = fits ? order : null;
    count++;
  }
  if (count === 1 && only !== null && moves(trader, only, wanted, commands)) return;
  // Where both claim one balance the old one stays if our own rules refuse the new one; of one moment they are doubles.
  const makeRoom = () => takeBack(trader, book, slot, commands);
  const stays = trader.config.exitsLock === true && count === 1 && only !== null &&
    only.intent.decidedAtMs !== state.nowMs;
  if (count > 0 && !stays) makeRoom();
  const order = propose(
    trader,
    {
      book,
      slot,
      side: own.position > 0n ? "sell" : "buy",
      kind: wanted.kind,
      quantity,
      price: wanted.price,
      limitPrice: wanted.limitPrice,
      trail: wanted.trail,
      sinceMs: wanted.sinceMs,
      sizeAtFill: null,
      plan: null,
      reason: slot,
    },
    commands,
    stays ? makeRoom : undefined,
  );
  if (order === null && own.exitRefused === true) own.protectAgain = true;
}

/** True when the one order that is there goes to where it is wanted. */
function moves(trader: Trader, record: OrderRecord, wanted: ProtectiveOrder, commands: Command[]): boolean {
  const { kind, sinceMs } = record.intent;
  // What is counted from a moment of its own is an order of its own.
  const isOther = kind !== wanted.kind || wanted.trail !== undefined || sinceMs !== undefined ||
    wanted.sinceMs !== undefined;
  return !isOther && move(trader, record, wanted.price, wanted.limitPrice ?? null, commands);
}

/** A stop that the venue moves is at its price wherever it is now. */
function doesSame(intent: OrderIntent, { kind, price, limitPrice, trail, sinceMs }: ProtectiveOrder): boolean {
  if (intent.kind !== kind || intent.sinceMs !== sinceMs || intent.limitPrice !== (limitPrice ?? null)) return false;
  return trail === undefined ? intent.price === price : sameTrail(intent.trail!, trail);
}
