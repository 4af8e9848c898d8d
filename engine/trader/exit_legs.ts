// Exits that wait at a price of their own, beside the stop and the target of a position.
import {
  absoluteQuantity,
  type Price,
  priceFromNumber,
  priceToNumber,
  type Quantity,
  quantityFromNumber,
  quantityToNumber,
  ZERO_QUANTITY,
} from "../money/mod.ts";
import { type OrderTerms, PLAIN_TERMS, type Side } from "../orders/mod.ts";
import { type EntryPrice, protectionPrice, sameEntryPrice, type TargetPart } from "../strategies/mod.ts";
import { closableQuantity } from "./closable.ts";
import type { Command } from "./command.ts";
import { cancel, propose } from "./order_chain.ts";
import { type OrderPlace, orderPlace } from "./order_price.ts";
import { type BookState, type ExitLeg, liveOrders, type OrderRecord } from "./state.ts";
import type { Trader } from "./trader.ts";

/** What a new leg says. */
type LegWish = Pick<ExitLeg, "at" | "size" | "terms" | "reason">;

/** Adds an exit that waits. */
export function addLeg(own: BookState, wish: LegWish): void {
  own.legs = [...own.legs, newLeg(own, wish)];
}

/** The whole position waits at one price, in place of all exits that waited before. */
export function waitForExit(own: BookState, at: EntryPrice, terms: OrderTerms, reason: string): void {
  const [leg] = own.legs;
  // Asked for again on each candle, the order that is there keeps its place in the queue.
  const asBefore = own.legs.length === 1 && leg!.size.kind === "whole" && leg!.reason === reason &&
    terms === leg!.terms && "price" in leg!.at && sameEntryPrice(leg!.at as EntryPrice, at);
  if (!asBefore) own.legs = [newLeg(own, { at, size: { kind: "whole" }, terms, reason })];
}

/** The targets of an entry, each a share of what is entered: counted from the running sum, so that no lot is lost. */
export function legsOfTargets(own: BookState, parts: readonly TargetPart[]): ExitLeg[] {
  let from = 0;
  return parts.map(({ at, fraction, reason = "target" }) => {
    const to = Math.min(1, from + fraction);
    // A sum of shares like 0.1 + 0.2 + 0.7 may miss 1 by a bit.
    const size = { kind: "share", from, to: to > 1 - 1e-9 ? 1 : to } as const;
    from = to;
    return newLeg(own, { at: { kind: "target", target: at }, size, terms: PLAIN_TERMS, reason });
  });
}

/** A leg with a number that no order of the book has had. */
function newLeg(own: BookState, wish: LegWish): ExitLeg {
  return { id: ++own.revision, ...wish, filled: ZERO_QUANTITY };
}

/** Makes the orders of a book's legs what they should be: one each, of its size, and none of a leg that is gone. */
export function ensureLegs(trader: Trader, book: number, commands: Command[]): void {
  const { config, state } = trader;
  const own = state.books[book]!;
  const { lot } = config.instruments[config.books[book]!.instrument]!;
  dropDoneLegs(own, lot);
  for (const order of state.orders) {
    const { intent, leg } = order;
    if (intent.book !== book || intent.slot !== "reduce" || leg === 0) continue;
    if (!own.legs.some((one) => one.id === leg)) cancel(order, commands);
  }
  for (const leg of own.legs) ensureLeg(trader, book, leg, commands);
}

function ensureLeg(trader: Trader, book: number, leg: ExitLeg, commands: Command[]): void {
  const { config, state } = trader;
  const own = state.books[book]!;
  const { tick, lot } = config.instruments[config.books[book]!.instrument]!;
  const side = own.position > 0n ? "sell" : "buy";
  const place = placeOf(leg, own, side, tick);
  const held = closableQuantity(trader, book), wanted = wantedOf(own, leg, lot);
  const quantity = wanted < held ? wanted : held;
  const live = liveOrders(state, book, "reduce").filter((order) => order.leg === leg.id && !order.cancelSent);
  if (live.some((order) => order.intent.price === place.price && restOf(order) === quantity)) return;
  for (const order of live) cancel(order, commands);
  if (quantity === 0n) return;
  propose(trader, {
    book,
    slot: "reduce",
    side,
    ...place,
    quantity,
    sizeAtFill: null,
    plan: null,
    terms: leg.terms,
    leg: leg.id,
    reason: leg.reason,
  }, commands);
}

/** Where the order of a leg waits. */
export function placeOf({ at }: ExitLeg, own: BookState, side: Side, tick: Price): OrderPlace {
  if (at.kind !== "target") return orderPlace(at, side, tick);
  const raw = protectionPrice(at.target, priceToNumber(own.averageEntry!), side === "sell" ? 1 : -1);
  const price = raw > 0 ? priceFromNumber(raw, tick, "nearest") : (0n as Price);
  return { kind: at.target.ifTouched ? "take-profit" : "limit", price, limitPrice: null, trail: null };
}

/** What of a leg is still to be closed, whatever is held. */
export function wantedOf(own: BookState, { size, filled }: ExitLeg, lot: Quantity): Quantity {
  switch (size.kind) {
    case "whole":
      return absoluteQuantity(own.position);
    case "units":
      return (size.quantity - filled) as Quantity;
    case "share": {
      const part = (share: number) => quantityFromNumber(quantityToNumber(own.entered) * share, lot);
      return (part(size.to) - part(size.from) - filled) as Quantity;
    }
  }
}

/** Forgets legs that have closed what they were to close. */
export function dropDoneLegs(own: BookState, lot: Quantity): void {
  if (own.legs.some((leg) => isDone(own, leg, lot))) own.legs = own.legs.filter((leg) => !isDone(own, leg, lot));
}

function isDone(own: BookState, leg: ExitLeg, lot: Quantity): boolean {
  return leg.filled > 0n && leg.size.kind !== "whole" && wantedOf(own, leg, lot) <= 0n;
}

function restOf(order: OrderRecord): Quantity {
  return (order.quantity - order.filled) as Quantity;
}

/** Forgets an exit whose order the venue has ended or turned down: its word is final. */
export function dropLeg(own: BookState, id: number): void {
  own.legs = own.legs.filter((leg) => leg.id !== id);
}
