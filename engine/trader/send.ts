// From the journal's word that an order is durable to the venue.
import { assert } from "../errors/mod.ts";
import type { OrderIntent, Recorded, RiskApproved } from "../orders/mod.ts";
import { approve, type RiskView } from "../risk/mod.ts";
import type { Command } from "./command.ts";
import { hasSibling } from "./oco.ts";
import { moveTo, refuse, riskView } from "./order_chain.ts";
import { end } from "./order_end.ts";
import { findOrder, type OrderRecord } from "./state.ts";
import type { Trader } from "./trader.ts";

/**
 * The intent is durable: it may be sent, unless it was withdrawn or the account has moved since the check and the rules
 * now refuse.
 */
export function onRecorded(trader: Trader, order: Recorded<RiskApproved<OrderIntent>>, commands: Command[]): void {
  const { config, state } = trader;
  const record = findOrder(state, order.clientOrderId);
  assert(record, `the journal recorded ${order.clientOrderId}, which nobody asked for`);
  // A journal that answers twice must not make a second order.
  if (record.state !== "approved") return;
  if (record.cancelSent) return end(trader, record, "refused", commands);
  if (record.approvedVersion !== state.version) {
    const decision = approve(order, viewOf(trader, record), config.rules);
    // What is written down cannot be made smaller any more.
    const refusal = decision.refusal ?? decision.shrunk[0] ?? null;
    if (refusal !== null) {
      refuse(trader, order, refusal, commands);
      return end(trader, record, "refused", commands);
    }
    record.approvedVersion = state.version;
  }
  moveTo(trader, record, "recorded");
  send(trader, record, order, commands);
}

/** The account without this order, which is counted among the entries of its day already. */
function viewOf(trader: Trader, { intent, leg }: OrderRecord): RiskView {
  const view = riskView(trader, intent, leg);
  if (intent.slot !== "entry" || hasSibling(trader, intent)) return view;
  return { ...view, history: { ...view.history, entriesToday: view.history.entriesToday - 1 } };
}

function send(
  trader: Trader,
  record: OrderRecord,
  order: Recorded<RiskApproved<OrderIntent>>,
  commands: Command[],
): void {
  moveTo(trader, record, "sending");
  record.sentAtMs = trader.state.nowMs;
  record.askedAtMs = trader.state.nowMs;
  commands.push({ kind: "submit", order });
}
