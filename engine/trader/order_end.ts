import { replaceAmended } from "./amend.ts";
import { onOcoRefused } from "./close_oco.ts";
import type { Command } from "./command.ts";
import { dropLeg } from "./exit_legs.ts";
import { forgetRefusedExit, moveTo } from "./order_chain.ts";
import { protect } from "./protect.ts";
import { hasWithdrawnEntry, type OrderRecord } from "./state.ts";
import type { Trader } from "./trader.ts";

/** Ends an order that did not fill and mends what it leaves behind: a position without its stop, a closing not done. */
export function end(
  trader: Trader,
  record: OrderRecord,
  state: "refused" | "cancelled" | "expired" | "absent",
  commands: Command[],
): void {
  moveTo(trader, record, state);
  const { book, slot } = record.intent;
  const own = trader.state.books[book]!;
  // What it held of the balance is free: exits that were refused for want of it are worth another try.
  if (record.intent.reduceOnly && state !== "refused" && state !== "absent") {
    own.withoutFunds = { times: 0, version: 0 };
  }
  if (record.intent.reduceOnly && state !== "refused") trader.state.version++;
  if (slot === "stop" || slot === "close") forgetRefusedExit(trader.state, book);
  if (record.intent.reduceOnly) own.exitTriedAtMs = trader.state.nowMs;
  if (slot === "entry" && own.position === 0n && !hasWithdrawnEntry(trader.state, book)) own.closing = null;
  if (state === "cancelled") replaceAmended(trader, record, commands);
  else if (state !== "expired") onOcoRefused(trader, record, commands);
  if (slot === "stop" || slot === "target") {
    if (record.cancelSent || own.position === 0n) return;
    // Refused at once would be refused again at once: it is tried again a little later.
    own.protectAgain = true;
    commands.push({ kind: "alarm", code: "unprotected", message: `${record.intent.clientOrderId} ended as ${state}` });
  } else if (slot === "reduce") {
    if (trader.config.exitsLock === true) protect(trader, book, commands);
    if (record.cancelSent || own.position === 0n) return;
    if (state === "absent") own.protectAgain = true;
    else dropLeg(own, record.leg);
  } else protect(trader, book, commands);
}
