import type { TimestampMs } from "../time/mod.ts";

declare const clientOrderIdBrand: unique symbol;

/** The name we give an order before anyone else sees it; made from its intent, so the same intent has the same name. */
export type ClientOrderId = string & { readonly [clientOrderIdBrand]: "ClientOrderId" };

/**
 * What an order is for: `close` takes the whole position to the market, `reduce` a part of it, or all of it at a price.
 * One book has at most one live order per slot, leg and decision.
 */
export const SLOTS = ["entry", "close", "stop", "target", "reduce"] as const;

/** Name of a slot. */
export type Slot = typeof SLOTS[number];

/** The moment that was written last: the orders of one decision have the same. */
let written = { timeMs: NaN, text: "" };

/**
 * `session-book-time-slot.revision`, at most 36 letters, digits, dots and dashes: what Binance and Coinbase accept.
 *
 * @param session Short tag of the session or run, without dashes.
 * @param book Number of the (strategy, instrument) pair in the session.
 * @param decidedAtMs Close of the candle on which the decision was taken.
 * @param revision Counts replacements of a protective order within one decision, from 0.
 */
export function clientOrderId(
  session: string,
  book: number,
  decidedAtMs: TimestampMs,
  slot: Slot,
  revision: number,
): ClientOrderId {
  if (written.timeMs !== decidedAtMs) written = { timeMs: decidedAtMs, text: inBase36(decidedAtMs) };
  return `${session}-${book}-${written.text}-${slot[0]}${revision}` as ClientOrderId;
}

/**
 * Name of an order that a session's watchdog sends in its place: `session-book-time-w.number`. No slot has that letter, so
 * no session gives such a name, whatever its epoch.
 */
export function guardOrderId(session: string, book: number, decidedAtMs: TimestampMs, number: number): ClientOrderId {
  return `${session}-${book}-${inBase36(decidedAtMs)}-w${number}` as ClientOrderId;
}

/** True of a name that a watchdog has given. */
export function isGuardOrder(id: string): boolean {
  return /-w\d+$/.test(id);
}

/** Five digits: what is below is small enough to be written fast. */
const LOW_DIGITS = 60_466_176;

/** A moment as `toString(36)` writes it, at a third of the time. */
function inBase36(timeMs: number): string {
  const high = Math.floor(timeMs / LOW_DIGITS), low = (timeMs - high * LOW_DIGITS).toString(36);
  return high === 0 ? low : high.toString(36) + low.padStart(5, "0");
}
