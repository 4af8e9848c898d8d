// Exits that wait at a price, where only the stop may hold the balance: the candle that reaches one sends it to the market.
import { priceToNumber, type Quantity } from "../money/mod.ts";
import { closableQuantity } from "./closable.ts";
import type { Command } from "./command.ts";
import { requestClose } from "./decide.ts";
import type { CandleGroup } from "./event.ts";
import { dropDoneLegs, placeOf, wantedOf } from "./exit_legs.ts";
import { propose } from "./order_chain.ts";
import type { OrderPlace } from "./order_price.ts";
import { isExpired } from "./order_terms.ts";
import { protect, reachesTarget } from "./protect.ts";
import { liveOrders } from "./state.ts";
import type { Trader } from "./trader.ts";

/** Sends what the candle has reached of a book's target and its exits that wait. */
export function sendReachedExits(trader: Trader, book: number, group: CandleGroup, commands: Command[]): void {
  const row = group.rowOf[trader.config.books[book]!.instrument]!, own = trader.state.books[book]!;
  if (row < 0 || own.closing !== null) return;
  const high = group.high[row]!, low = group.low[row]!, { nowMs } = trader.state;
  if (own.legs.some(({ terms }) => isExpired(terms, nowMs))) {
    own.legs = own.legs.filter(({ terms }) => !isExpired(terms, nowMs));
  }
  if (reachesTarget(trader, book, high, low)) {
    return requestClose(trader, book, { kind: "close", reason: "target" }, commands);
  }
  if (own.legs.length > 0) sendReachedLegs(trader, book, high, low, commands);
}

function sendReachedLegs(trader: Trader, book: number, high: number, low: number, commands: Command[]): void {
  const { config, state } = trader, own = state.books[book]!;
  const { tick, lot } = config.instruments[config.books[book]!.instrument]!;
  dropDoneLegs(own, lot);
  const waiting = liveOrders(state, book, "reduce"), side = own.position > 0n ? "sell" : "buy";
  let left = waiting.reduce(
    (rest, order) => rest - (order.quantity - order.filled),
    closableQuantity(trader, book) as bigint,
  );
  let sent = false;
  for (const leg of own.legs) {
    if (left <= 0n) break;
    if (waiting.some((order) => order.leg === leg.id) || !isReached(placeOf(leg, own, side, tick), side, high, low)) {
      continue;
    }
    const wanted = wantedOf(own, leg, lot), quantity = (wanted < left ? wanted : left) as Quantity;
    // What is on its way already is not sold once more.
    const isAlone = waiting.every(({ state: at }) => at === "approved");
    if (isAlone && (leg.size.kind === "whole" || quantity === left)) {
      return requestClose(trader, book, { kind: "close", reason: leg.reason }, commands);
    }
    if (quantity <= 0n) continue;
    const order = propose(trader, {
      ...{ book, slot: "reduce", side, kind: "market", quantity, price: null },
      ...{ sizeAtFill: null, plan: null, leg: leg.id, reason: leg.reason },
    }, commands);
    if (order === null) continue;
    left -= quantity;
    sent = true;
  }
  // What rests holds the balance that they need: it makes room first.
  if (sent) protect(trader, book, commands);
}

/** True where the market has been where an exit waits. */
function isReached({ kind, price }: OrderPlace, side: "buy" | "sell", high: number, low: number): boolean {
  if (price === null || price === 0n) return false; // it has no place yet
  const at = priceToNumber(price), waitsAbove = (kind === "limit" || kind === "take-profit") === (side === "sell");
  return waitsAbove ? high >= at : low <= at;
}
