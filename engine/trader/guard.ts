// What a watchdog may do in a session's place, approved before it is needed, and what the session makes of it afterwards.
import { addQuantity, type Quantity, quantityToNumber } from "../money/mod.ts";
import { usesMargin } from "../market/mod.ts";
import { type ClientOrderId, type OrderIntent, PLAIN_TERMS, type RiskApproved } from "../orders/mod.ts";
import { approve } from "../risk/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { closableOf } from "./closable.ts";
import type { Command } from "./command.ts";
import { figure } from "./figure.ts";
import { halt } from "./halt.ts";
import { moveTo, newRecord, riskView } from "./order_chain.ts";
import { protect } from "./protect.ts";
import { ask } from "./reconcile.ts";
import { count, findOrder, liveOrders } from "./state.ts";
import type { Trader } from "./trader.ts";

/**
 * An order that closes all that a book holds or may hold once its entries have filled, approved by the rules on the state
 * as it is (I8, I9). Null where there is nothing to close, or the rules refuse it; spot only.
 */
export function approvedClose(
  trader: Trader,
  book: number,
  clientOrderId: ClientOrderId,
  decidedAtMs: TimestampMs,
  reason: string,
): RiskApproved<OrderIntent> | null {
  const { config, state } = trader, { instrument } = config.books[book]!, market = config.instruments[instrument]!;
  if (usesMargin(market)) return null;
  const most = liveOrders(state, book, "entry").reduce(
    (sum, { quantity, filled }) => addQuantity(sum, (quantity - filled) as Quantity),
    state.books[book]!.position,
  );
  if (most <= 0n) return null;
  const intent: OrderIntent = {
    ...{ clientOrderId, instrument: market.id, book, slot: "close", decidedAtMs, side: "sell", kind: "market" },
    quantity: closableOf(most, state.account.dust[instrument]!, market.lot),
    ...{ price: null, limitPrice: null, trail: null, terms: PLAIN_TERMS, reduceOnly: true, sizeAtFill: null, reason },
  };
  // What is in flight counts as held: it may be by the time that this is needed.
  const view = { ...riskView(trader, intent, 0), position: quantityToNumber(most), slotTaken: false };
  return approve(intent, view, config.rules).approved;
}

/**
 * Takes over an order that the watchdog has sent: as one of which nobody knows what became of it, which is then asked
 * for. Told twice it is one.
 */
export function onGuarded(trader: Trader, order: RiskApproved<OrderIntent>, commands: Command[]): void {
  const { state } = trader, { book, reason, decidedAtMs } = order, own = state.books[book]!;
  if (findOrder(state, order.clientOrderId) !== undefined) return;
  halt(trader, { reason, flatten: false }, commands);
  const record = newRecord(order, { plan: null }, state.version);
  state.orders.push(record);
  count(state, "orders");
  count(state, figure("orders", order.slot));
  commands.push({ kind: "record", order, shrunk: [] });
  moveTo(trader, record, "recorded");
  moveTo(trader, record, "sending");
  record.sentAtMs = decidedAtMs;
  moveTo(trader, record, "unknown");
  ask(trader, record, commands);
  own.legs = [];
  own.closing ??= reason;
  // It has taken back what protects the position: nothing takes its place while the close may be on its way.
  protect(trader, book, commands);
}
