// The end of a session that nobody trades: nobody can take its entries back then, and whoever ends it is told of them.
import { acquireLease, inTransaction, isHeld, type Sql, type Transaction } from "../../engine/database/mod.ts";
import { counted } from "../../engine/errors/mod.ts";
import { endSession } from "../../engine/journal/mod.ts";
import { leaseOf } from "./session_lease.ts";
import type { UnendedSession } from "./unended_sessions.ts";

/** An entry that may be at the venue. */
export interface LeftEntry {
  readonly clientOrderId: string;
  readonly instrument: string;
}

/** Entries of a session that were not seen to end, oldest first. */
export async function entriesLeft(sql: Sql | Transaction, sessionId: string): Promise<LeftEntry[]> {
  return await (sql as Sql)<LeftEntry[]>`
    select client_order_id as "clientOrderId", instrument from orders
    where session_id = ${sessionId} and is_open and slot = 'entry' order by decided_at_ms, client_order_id`;
}

/**
 * Ends a session under a lease of its own, so that a process which has only lost its lease for a moment does not go on.
 *
 * @returns The entries that it leaves; null where somebody leads it now.
 */
export async function endUnled(sql: Sql, session: UnendedSession, nowMs: number): Promise<LeftEntry[] | null> {
  const { id, autopilot } = session, name = leaseOf({ ...session, settings: { autopilot } });
  return await inTransaction(sql, async (tx) => {
    // Over at once: the next leader waits until nothing of its predecessors can arrive, as after any other.
    if (!isHeld(await acquireLease(tx, { name, holder: `the end of ${id}`, ttlMs: 0 }))) return null;
    await endSession(tx, id, nowMs, "stopped by command");
    return await entriesLeft(tx, id);
  });
}

/** What is said of entries that are left; nothing without any. */
export function leftText(entries: readonly LeftEntry[]): string {
  if (entries.length === 0) return "";
  const named = entries.map(({ clientOrderId, instrument }) => `${clientOrderId} in ${instrument}`).join(", ");
  return `; ${counted(entries.length, "entry", "entries")} may wait at the venue, and nobody looks after what they ` +
    `bring: take them back there (${named})`;
}
