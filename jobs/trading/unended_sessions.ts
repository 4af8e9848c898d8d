import type { Sql, Transaction } from "../../engine/database/mod.ts";
import { type AutopilotHolder, leaseOf } from "./session_lease.ts";

/** A session that has not ended. */
export interface UnendedSession {
  readonly id: string;
  readonly autopilot: string;
  readonly account: string;
  readonly mode: string;
  /** Who trades it now; null where nobody does. */
  readonly holder: AutopilotHolder | null;
}

/**
 * Sessions that have not ended, the one first that a command under the autopilot's name is for: one that is traded, with an
 * account of a venue before one on paper, the newest. A session at a venue keeps its old start when it goes on.
 *
 * @param autopilot Null: those of all.
 */
export async function unendedSessions(sql: Sql | Transaction, autopilot: string | null): Promise<UnendedSession[]> {
  const rows = await (sql as Sql)<Omit<UnendedSession, "holder">[]>`
    select id, settings->>'autopilot' as autopilot, account, mode from sessions
    where ended_at_ms is null and settings ? 'autopilot'
      and (${autopilot}::text is null or settings->>'autopilot' = ${autopilot})
    order by mode = 'paper', started_at_ms desc`;
  const leases = new Map(
    (await (sql as Sql)<(AutopilotHolder & { name: string })[]>`
      select name, holder, epoch from leases where expires_at > clock_timestamp()`)
      .map(({ name, ...holder }) => [name, holder]),
  );
  const sessions = rows.map((row) => {
    const name = leaseOf({ ...row, settings: row }), holder = leases.get(name) ?? null;
    // Paper sessions of a name share its lease: it is the newest that is traded.
    leases.delete(name);
    return { ...row, holder };
  });
  return [...sessions.filter(({ holder }) => holder !== null), ...sessions.filter(({ holder }) => holder === null)];
}
