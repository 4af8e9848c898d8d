// One cancels the other: entries that wait, of which the first that trades withdraws the rest. The venue keeps such
// groups, too; what is done here reaches the orders that have not arrived there, and holds after a restart.
import { priceToNumber, quantityToNumber } from "../money/mod.ts";
import type { OrderIntent, Side } from "../orders/mod.ts";
import { strategyIdOf } from "./config.ts";
import type { OrderRecord, TraderState } from "./state.ts";
import type { Trader } from "./trader.ts";

/** Name of the group of that number in a decision; in hedge mode both books of a strategy on a market share it. */
export function ocoName({ config, state }: Trader, book: number, group: number): string {
  const own = config.books[book]!, id = strategyIdOf(own);
  const first = config.books.findIndex((other) => other.instrument === own.instrument && strategyIdOf(other) === id);
  return `${config.session}-${first}-${state.nowMs.toString(36)}-g${group}`;
}

/** True when one of the group has traded or was refused: no other of it may be sent. */
export function isClosedOco({ closedOco }: TraderState, { oco }: { readonly oco?: string }): boolean {
  return oco !== undefined && closedOco.includes(oco);
}

/** Another order of the group that has traded, which no venue lets happen that keeps groups. */
export function otherFilled({ state }: Trader, { intent }: OrderRecord): OrderRecord | undefined {
  const isOther = (order: OrderRecord) =>
    order.intent.oco === intent.oco && order.filled > 0n && order.intent.clientOrderId !== intent.clientOrderId;
  return state.orders.find(isOther) ?? state.recent.find(isOther);
}

/** True when another order of the group of this one is on its way or rests. */
export function hasSibling({ state }: Trader, { oco, clientOrderId }: OrderIntent): boolean {
  return oco !== undefined &&
    state.orders.some(({ intent }) => intent.oco === oco && intent.clientOrderId !== clientOrderId);
}

/** True for an order that can only trade instead of a larger one (of that side, where one is named), which counts. */
export function isOutweighed({ orders }: TraderState, order: OrderRecord, side?: Side): boolean {
  const { oco } = order.intent;
  if (oco === undefined) return false;
  const own = worthOf(order);
  let isBefore = true;
  for (const other of orders) {
    if (other === order) isBefore = false;
    else if (other.intent.oco === oco && (side === undefined || other.intent.side === side)) {
      const theirs = worthOf(other);
      if (theirs > own || (theirs === own && isBefore)) return true;
    }
  }
  return false;
}

function worthOf({ intent: { price, limitPrice }, quantity, filled }: OrderRecord): number {
  const worst = Math.max(priceToNumber(price!), limitPrice === null ? 0 : priceToNumber(limitPrice));
  return worst * quantityToNumber((quantity - filled) as typeof quantity);
}
