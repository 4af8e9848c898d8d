// A session's row, as autopilot begins it.
import { inTransaction, type Sql, type Transaction } from "../../engine/database/mod.ts";
import { InputError } from "../../engine/errors/mod.ts";
import { startSession } from "../../engine/journal/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
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
export async function leaseHolder(sql: Sql | Transaction, session: LedSession): Promise<AutopilotHolder | null> {
  const [row] = await (sql as Sql)<AutopilotHolder[]>`
    select holder, epoch from leases where name = ${leaseOf(session)} and expires_at > clock_timestamp()`;
  return row ?? null;
}

/** Who leads an autopilot's last session; null where nobody does. */
export async function holderOf(sql: Sql | Transaction, autopilot: string): Promise<AutopilotHolder | null> {
  const [row] = await (sql as Sql)<{ account: string; mode: string }[]>`
    select account, mode from sessions where settings->>'autopilot' = ${autopilot} order by started_at_ms desc limit 1`;
  return row === undefined ? null : await leaseHolder(sql, { ...row, settings: { autopilot } });
}

/** What a paper session begins with. */
export type NewPaperSession =
  & Omit<SessionSettings, "tag" | "live" | "hours" | "askedBy">
  & Partial<Pick<SessionSettings, "hours" | "askedBy">>;

/**
 * Begins a paper session of an autopilot. Its account is new, as is the exchange that keeps it.
 *
 * @throws {InputError} `autopilot-runs` while another process leads the autopilot, saying which.
 */
export async function beginPaperSession(sql: Sql, settings: NewPaperSession) {
  const { autopilot } = settings;
  return await inTransaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext(${`sessions of ${autopilot}`}))`;
    const held = await holderOf(tx, autopilot);
    if (held !== null) throw runsAlready(autopilot, held);
    const [{ count }] = await tx<{ count: number }[]>`
      select count(*)::int as count from sessions where settings->>'autopilot' = ${autopilot}`;
    const number = count + 1, id = `${autopilot}-${number}`, account = `paper:${id}`;
    await startSession(tx, {
      ...{ id, account, mode: "paper", epoch: 0, startedAtMs: systemClock.now() },
      settings: { hours: null, askedBy: null, ...settings, live: null, tag: `s${number.toString(36)}x` },
    });
    return { id, account };
  });
}

/** That one more would be one too many. */
export function runsAlready(autopilot: string, { holder, epoch }: AutopilotHolder): InputError {
  return new InputError(
    "autopilot-runs",
    `autopilot ${autopilot} runs already: ${holder}, epoch ${epoch}; stop it first with ` +
      `deno task autopilot stop --name ${autopilot}, or wait 3 s if it has died`,
  );
}
