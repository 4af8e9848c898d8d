// The lease by which one process leads a session.
import type { Sql, Transaction } from "../../engine/database/mod.ts";
import type { SessionSettings } from "./session_settings.ts";

/** Who leads an autopilot now. */
export interface AutopilotHolder {
  readonly holder: string;
  readonly epoch: number;
}

/** Whose lease is asked for. */
export interface LedSession {
  readonly account: string;
  readonly mode: string;
  readonly settings: Pick<SessionSettings, "autopilot">;
}

/** Name of a session's lease: an account of a venue is led by one process, whichever autopilot it is of (I7). */
export function leaseOf({ account, mode, settings: { autopilot } }: LedSession): string {
  return mode === "paper" ? `autopilot:${autopilot}` : `account:${account}`;
}

/** Who leads a session at this moment; null where nobody does. */
export function leaseHolder(sql: Sql | Transaction, session: LedSession): Promise<AutopilotHolder | null> {
  return holderOf(sql, leaseOf(session));
}

/** Who has a lease at this moment, by its name; null where nobody has. */
export async function holderOf(sql: Sql | Transaction, lease: string): Promise<AutopilotHolder | null> {
  const [row] = await (sql as Sql)<AutopilotHolder[]>`
    select holder, epoch from leases where name = ${lease} and expires_at > clock_timestamp()`;
  return row ?? null;
}
