// When a watchdog acts, and by what leave: a table over what it sees, without a look at the outside.
import type { NakedBook } from "./naked_time.ts";

/** What is seen at a moment of the monotonic clock. */
export interface Situation {
  readonly nowMs: number;
  /** Since when the database has not answered; null where it does. */
  readonly awaySinceMs: number | null;
  /** True while somebody holds the account's lease, as the database said last. */
  readonly isLed: boolean;
  /** False where the account may not be traded, or the session has ended. */
  readonly maySell: boolean;
  /** Since when the kill switch has said that positions are to be closed; null where it does not. */
  readonly flattenSinceMs: number | null;
  /** Books that hold something, or may. */
  readonly held: readonly number[];
  readonly naked: readonly NakedBook[];
  /** Books that it had begun to close. */
  readonly begun: readonly number[];
}

/** After how long it acts, milliseconds. */
export interface ActTerms {
  /** The trading process has so long to do what the kill switch says. */
  readonly flattenMs: number;
  /** A position may be naked for so long while nobody leads. */
  readonly nakedMs: number;
  /** With the database away for so long, no process that leads can still send: the lease and its last request are over. */
  readonly silentMs: number;
}

/** `lease`: the lease is taken first. `alone`: the database cannot give it, and nobody can hold it any more. */
export interface Action {
  readonly way: "lease" | "alone";
  readonly books: readonly number[];
  readonly reason: string;
}

/** What to do now; null: go on watching. Where somebody leads it is nothing, whatever else is seen (I7). */
export function whenToAct(seen: Situation, terms: ActTerms): Action | null {
  if (!seen.maySell) return null;
  const way = wayOf(seen, terms);
  if (way === null) return null;
  const { nowMs, flattenSinceMs, held, naked, begun } = seen;
  if (flattenSinceMs !== null && held.length > 0 && nowMs - flattenSinceMs >= terms.flattenMs) {
    return { way, books: held, reason: "the kill switch says flatten, and nobody who leads does it" };
  }
  const bare = naked.filter(({ sinceMs }) => nowMs - sinceMs >= terms.nakedMs).map(({ book }) => book);
  if (begun.length > 0) return { way, books: begun, reason: "it goes on with what it had begun" };
  if (bare.length === 0) return null;
  return { way, books: bare, reason: "the position has no stop, and nobody leads" };
}

function wayOf({ awaySinceMs, isLed, nowMs }: Situation, { silentMs }: ActTerms): Action["way"] | null {
  if (awaySinceMs === null) return isLed ? null : "lease";
  return nowMs - awaySinceMs >= silentMs ? "alone" : null;
}
