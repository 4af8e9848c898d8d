// Rows of orders, fills and adjustments, each beside its event and in the same transaction.
import { canonicalJson } from "../identity/mod.ts";
import { type Transaction, underLease } from "../database/mod.ts";
import {
  type Adjustment,
  type Fill,
  type FillVerdict,
  intentDiffers,
  isTerminal,
  type OrderIntent,
  type OrderState,
  type OrderStep,
  orderUnknown,
  quantityToFill,
  takesStep,
  verdictOn,
} from "../orders/mod.ts";
import type { Quantity } from "../money/mod.ts";
import { appendEvents } from "./append_events.ts";
import { amountText, intentBody, units, unitsText } from "./event_form.ts";
import type { Scope } from "./scope.ts";

/**
 * Records an intent under the lease (I1, I7); once, however often it is asked (I2).
 *
 * @throws {LeaseLost} under a later epoch.
 */
export async function recordIntent(tx: Transaction, scope: Scope, order: OrderIntent): Promise<void> {
  await underLease(tx, scope.lease);
  const { account, sessionId, lease } = scope;
  const { clientOrderId, instrument, slot, decidedAtMs } = order, quantity = quantityToFill(order);
  const inserted = await tx`
    insert into orders (account, client_order_id, session_id, epoch, instrument, slot, decided_at_ms, quantity,
      sized_at_fill, state, intent)
    values (${account}, ${clientOrderId}, ${sessionId}, ${lease.epoch}, ${instrument}, ${slot}, ${decidedAtMs},
      ${unitsText(order.quantity)}, ${quantity === null}, 'recorded', ${tx.json(intentBody(order) as never)})
    on conflict do nothing`;
  if (inserted.count === 1) {
    await appendEvents(tx, scope, [{ kind: "intent", order, epoch: lease.epoch, timeMs: decidedAtMs }]);
  } else if (!await isRecorded(tx, account, order)) throw intentDiffers(order);
}

/** True when this very intent is recorded: what settles a commit without an answer (fault 65). */
export async function isRecorded(tx: Transaction, account: string, order: OrderIntent): Promise<boolean> {
  const [known] = await tx<{ intent: unknown }[]>`
    select intent from orders where account = ${account} and client_order_id = ${order.clientOrderId}`;
  return known !== undefined && canonicalJson(known.intent) === canonicalJson(intentBody(order));
}

/** Writes a step of an order down; false where it is there already. */
export async function recordStep(tx: Transaction, scope: Scope, step: OrderStep): Promise<boolean> {
  const { clientOrderId, to } = step;
  const [order] = await tx<{ state: OrderState }[]>`
    select state from orders where account = ${scope.account} and client_order_id = ${clientOrderId} for update`;
  if (order === undefined) throw orderUnknown(step);
  if (!takesStep(order.state, step)) return false;
  await tx`update orders set state = ${to}, is_open = ${!isTerminal(to)}
    where account = ${scope.account} and client_order_id = ${clientOrderId}`;
  await appendEvents(tx, scope, [{ kind: "step", ...step }]);
  return true;
}

/** Writes an execution down; what it is to its order. */
export async function recordFill(tx: Transaction, scope: Scope, fill: Fill): Promise<FillVerdict> {
  const { account, venue, sessionId } = scope, { tradeId, clientOrderId } = fill;
  const [row] = await tx<{ state: OrderState; filled: string; quantity: string; sized_at_fill: boolean }[]>`
    select state, filled, quantity, sized_at_fill from orders
    where account = ${account} and client_order_id = ${clientOrderId} for update`;
  const verdict = verdictOn(
    fill,
    row === undefined ? null : {
      state: row.state,
      filled: units<Quantity>(row.filled),
      quantity: row.sized_at_fill ? null : units<Quantity>(row.quantity),
    },
  );
  const worth = fill.feeWorthQuote === undefined ? null : amountText(fill.feeWorthQuote);
  const inserted = await tx`
    insert into fills (account, trade_id, venue, client_order_id, session_id, instrument, side, price, quantity, fee,
      fee_asset, fee_from, fee_worth_quote, liquidity, time_ms, verdict)
    values (${account}, ${tradeId}, ${venue}, ${clientOrderId}, ${sessionId}, ${fill.instrument}, ${fill.side},
      ${unitsText(fill.price)}, ${unitsText(fill.quantity)}, ${amountText(fill.fee)}, ${fill.feeAsset}, ${fill.feeFrom},
      ${worth}, ${fill.liquidity}, ${fill.timeMs}, ${verdict})
    on conflict do nothing`;
  if (inserted.count === 0) return "known";
  await tx`update orders set filled = filled + ${unitsText(fill.quantity)}::numeric
    where account = ${account} and client_order_id = ${clientOrderId}`;
  await appendEvents(tx, scope, [{ kind: "fill", fill, timeMs: fill.timeMs }]);
  return verdict;
}

/** What a fill was when it was written down; undefined where it is not. */
export async function verdictOf(tx: Transaction, scope: Scope, tradeId: string): Promise<FillVerdict | undefined> {
  const [row] = await tx<{ verdict: FillVerdict }[]>`
    select verdict from fills where venue = ${scope.venue} and account = ${scope.account} and trade_id = ${tradeId}`;
  return row?.verdict;
}

/** Writes a change of a balance down; false where it is there already. */
export async function recordAdjustment(tx: Transaction, scope: Scope, adjustment: Adjustment): Promise<boolean> {
  const { id, asset, amount, reason, timeMs } = adjustment;
  const inserted = await tx`
    insert into adjustments (account, id, session_id, asset, amount, reason, time_ms)
    values (${scope.account}, ${id}, ${scope.sessionId}, ${asset}, ${amountText(amount)}, ${reason}, ${timeMs})
    on conflict do nothing`;
  if (inserted.count === 0) return false;
  await appendEvents(tx, scope, [{ kind: "adjustment", ...adjustment }]);
  return true;
}
