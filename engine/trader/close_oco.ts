import type { Request } from "../strategies/mod.ts";
import type { Command } from "./command.ts";
import { ocoName, otherFilled } from "./oco.ts";
import { cancel } from "./order_chain.ts";
import { type OrderRecord, RECENT_GROUPS } from "./state.ts";
import type { Trader } from "./trader.ts";

/** Ends a group for good: all of it but the order that is kept is taken back, and nothing of it is sent any more. */
function closeOco({ state }: Trader, oco: string, kept: OrderRecord | null, commands: Command[]): void {
  if (!state.closedOco.includes(oco)) {
    state.closedOco.push(oco);
    if (state.closedOco.length > RECENT_GROUPS) state.closedOco.shift();
  }
  for (const order of state.orders) {
    if (order === kept || order.intent.oco !== oco) continue;
    order.amended = null;
    cancel(order, commands);
  }
}

/** An order has traded: the others of its group end. Two that trade are a fault of the venue, and halt the book. */
export function onOcoFill(trader: Trader, record: OrderRecord, commands: Command[]): void {
  const { oco, clientOrderId, book } = record.intent;
  if (oco === undefined) return;
  const other = otherFilled(trader, record);
  closeOco(trader, oco, record, commands);
  if (other === undefined) return;
  trader.state.books[book]!.halted = "two entries traded of which one cancels the other";
  const message = `${clientOrderId} and ${other.intent.clientOrderId} have both traded: look at the venue`;
  commands.push({ kind: "alarm", code: "oco-both-filled", message });
}

/** An order has ended without having been there: the others of its group are not to stay alone. */
export function onOcoRefused(trader: Trader, { intent, filled, cancelSent }: OrderRecord, commands: Command[]): void {
  if (intent.oco !== undefined && filled === 0n && !cancelSent) closeOco(trader, intent.oco, null, commands);
}

/** An entry of a group was asked for; where our own rules have turned it down, its group ends. */
export function checkOcoAsked(
  trader: Trader,
  book: number,
  { oco, leg = 0 }: Extract<Request, { kind: "enter" }>,
  commands: Command[],
): void {
  if (oco === undefined) return;
  const name = ocoName(trader, book, oco);
  const isThere = trader.state.orders.some((order) =>
    order.intent.oco === name && order.intent.book === book && order.leg === leg && !order.cancelSent
  );
  if (!isThere) closeOco(trader, name, null, commands);
}
