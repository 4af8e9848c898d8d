// How an order whose fate is unknown finds its end: by news, by a proof of absence, or in quarantine. Never by sending
// it again.
import type { Command } from "./command.ts";
import { closeNow } from "./decide.ts";
import { cancel, moveTo, quarantineReason } from "./order_chain.ts";
import { end } from "./order_end.ts";
import { isExpired } from "./order_terms.ts";
import { protect } from "./protect.ts";
import type { OrderRecord } from "./state.ts";
import type { Trader } from "./trader.ts";
import type { ClientOrderId } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/** The request may have arrived: ask for it by its name. */
export function onUnknown(trader: Trader, record: OrderRecord, commands: Command[]): void {
  if (record.state !== "sending") return;
  moveTo(trader, record, "unknown");
  ask(trader, record, commands);
}

/** The venue knows the order: take over the state it has there. Its fills have been applied before. */
export function onFound(
  trader: Trader,
  record: OrderRecord,
  state: "open" | "filled" | "cancelled" | "expired",
  commands: Command[],
): void {
  const wanted = state === "filled" && record.filled < record.quantity ? "open" : state;
  if (record.state === "sending" || record.state === "unknown" || record.state === "quarantined") {
    moveTo(trader, record, record.filled > 0n ? "partiallyFilled" : "open");
  }
  // It was asked back while nobody knew where it was, or the word was lost: now it can be.
  if (wanted === "open" && record.cancelSent) {
    commands.push({ kind: "cancel", clientOrderId: record.intent.clientOrderId });
  }
  if (
    (wanted === "cancelled" || wanted === "expired") && (record.state === "open" || record.state === "partiallyFilled")
  ) {
    end(trader, record, wanted, commands);
  }
}

/**
 * The venue does not know the order. Absence is proven when the request can no longer be accepted (its own expiry has
 * passed) and two misses lie far enough apart, both after that moment; where requests never expire it is never proven.
 */
export function onMissing(trader: Trader, record: OrderRecord, timeMs: TimestampMs, commands: Command[]): void {
  if (record.state !== "unknown" && record.state !== "quarantined") return;
  const { requestExpiryMs, missGapMs } = trader.config.timing;
  if (requestExpiryMs === 0 || timeMs < record.sentAtMs + lastArrivalMs(trader)) return;
  if (record.misses === 0) {
    record.misses = 1;
    record.missedAtMs = timeMs;
    record.askedAtMs = timeMs; // counted from the question, the next answer could come a moment too early
  } else if (timeMs - record.missedAtMs >= missGapMs && record.filled === 0n) {
    end(trader, record, "absent", commands);
  }
}

/** So long after the step that says so, an order on its way can still arrive. */
function lastArrivalMs({ config: { timing: { sendMs, requestExpiryMs, marginMs } } }: Trader): number {
  return sendMs + requestExpiryMs + marginMs;
}

/**
 * Another process goes on. What was never recorded as on its way was never sent, as a step is durable before what follows
 * from it leaves: it ends, and the strategy decides anew. All else is asked for, and never sent again.
 * Whoever leads has waited until nothing of its predecessors can arrive any more.
 */
export function onRecovered(trader: Trader, sent: readonly ClientOrderId[], commands: Command[]): void {
  const { state } = trader;
  for (const record of [...state.orders]) {
    if (isUnsent(record) && sent.includes(record.intent.clientOrderId)) {
      moveTo(trader, record, "recorded");
      moveTo(trader, record, "sending");
      record.sentAtMs = state.nowMs;
    }
    if (record.state === "sending" || record.state === "unknown") {
      record.sentAtMs = Math.min(record.sentAtMs, state.nowMs - lastArrivalMs(trader)) as TimestampMs;
    }
    if (isUnsent(record)) end(trader, record, "refused", commands);
    else if (record.state === "sending") onUnknown(trader, record, commands);
    else {
      // Nobody knows whether the word left: what takes its place may need the balance that it holds.
      if (record.cancelSent && record.state !== "unknown") {
        commands.push({ kind: "cancel", clientOrderId: record.intent.clientOrderId });
      }
      ask(trader, record, commands);
    }
  }
  for (let book = 0; book < state.books.length; book++) {
    protect(trader, book, commands);
    closeNow(trader, book, commands);
  }
}

function isUnsent({ state }: OrderRecord): boolean {
  return state === "approved" || state === "recorded";
}

/** Looks after answers that are overdue. */
export function onTimer(trader: Trader, commands: Command[]): void {
  const { state, config: { timing } } = trader;
  for (const record of [...state.orders]) {
    if (!isOverdue(trader, record, state.nowMs)) continue;
    const waited = state.nowMs - record.sentAtMs;
    if (record.state === "sending" && waited >= timing.answerMs) onUnknown(trader, record, commands);
    if (record.state === "unknown" && waited >= timing.quarantineMs) quarantine(trader, record, commands);
    if (isToBeAsked(trader, record, state.nowMs)) ask(trader, record, commands);
    if (isOver(record, state.nowMs)) cancel(record, commands);
  }
}

/** True when a timer would find something to do: others need not be written down. */
export function hasOverdue(trader: Trader, nowMs: TimestampMs): boolean {
  return trader.state.orders.some((record) => isOverdue(trader, record, nowMs));
}

function isOverdue(trader: Trader, record: OrderRecord, nowMs: TimestampMs): boolean {
  const { timing } = trader.config, waited = nowMs - record.sentAtMs;
  return (record.state === "sending" && waited >= timing.answerMs) ||
    (record.state === "unknown" && waited >= timing.quarantineMs) || isToBeAsked(trader, record, nowMs) ||
    isOver(record, nowMs);
}

/** True of an order that has expired and was not asked back yet: venues that are not told of it keep it for ever. */
function isOver({ intent, cancelSent }: OrderRecord, nowMs: TimestampMs): boolean {
  return !cancelSent && isExpired(intent.terms, nowMs);
}

function isToBeAsked({ config: { timing } }: Trader, record: OrderRecord, nowMs: TimestampMs): boolean {
  const isUrgent = record.state === "unknown" || record.state === "quarantined" || record.cancelSent ||
    record.moving !== null;
  return record.sentAtMs > 0 && nowMs - record.askedAtMs >= (isUrgent ? timing.missGapMs : timing.watchMs);
}

function quarantine(trader: Trader, record: OrderRecord, commands: Command[]): void {
  moveTo(trader, record, "quarantined");
  trader.state.version++;
  const own = trader.state.books[record.intent.book]!;
  own.halted ??= quarantineReason(record);
  // A position does not wait for it: another exit goes out, and this one is taken back where it is found after all.
  if (record.intent.reduceOnly) {
    cancel(record, commands);
    own.protectAgain = true;
  }
  commands.push({
    kind: "alarm",
    code: "quarantine",
    message:
      `${record.intent.clientOrderId} has had no answer for ${trader.config.timing.quarantineMs} ms: look at the venue`,
  });
}

/** Asks the venue for an order by its name. */
export function ask(trader: Trader, record: OrderRecord, commands: Command[]): void {
  record.askedAtMs = trader.state.nowMs;
  commands.push({ kind: "query", clientOrderId: record.intent.clientOrderId });
}
