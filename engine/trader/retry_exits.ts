// What closes or protects a position and could not be sent is tried again between candles, which may be a day apart, or
// not come at all when the venue is in trouble.
import type { TimestampMs } from "../time/mod.ts";
import type { Command } from "./command.ts";
import { closeNow } from "./decide.ts";
import { isStuck, protect } from "./protect.ts";
import { hasLiveClose } from "./state.ts";
import type { Trader } from "./trader.ts";

/** What the venue has just refused is not asked again at once, and ever more rarely where it refuses the key. */
const PAUSE_MS = 10_000, MOST_DOUBLINGS = 5;

/** Sends closing orders that are wanted and not there, and puts up stops that could not be. */
export function retryExits(trader: Trader, commands: Command[]): void {
  const { state } = trader;
  for (let book = 0; book < state.books.length; book++) {
    if (!isDue(trader, book, state.nowMs)) continue;
    const own = state.books[book]!;
    if (own.closing !== null) closeNow(trader, book, commands);
    else protect(trader, book, commands);
    own.exitTriedAtMs = state.nowMs;
  }
}

/** True when {@linkcode retryExits} would find something to do. */
export function hasExitsToRetry(trader: Trader, nowMs: TimestampMs): boolean {
  return trader.state.books.some((_, book) => isDue(trader, book, nowMs));
}

function isDue(trader: Trader, book: number, nowMs: TimestampMs): boolean {
  const own = trader.state.books[book]!, { position, closing, protectAgain, exitTriedAtMs = 0, timesDenied = 0 } = own;
  if (position === 0n || own.exitRefused === true || isStuck(trader, book, nowMs)) return false;
  if (nowMs - exitTriedAtMs < PAUSE_MS * 2 ** Math.min(timesDenied, MOST_DOUBLINGS)) return false;
  return closing === null ? protectAgain : !hasLiveClose(trader.state, book);
}
