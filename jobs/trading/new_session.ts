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

/** Name of an autopilot's lease. */
export function leaseOf(autopilot: string): string {
  return `autopilot:${autopilot}`;
}

/** Who leads an autopilot at this moment; null where nobody does. */
export async function holderOf(sql: Sql | Transaction, autopilot: string): Promise<AutopilotHolder | null> {
  const [row] = await (sql as Sql)<AutopilotHolder[]>`
    select holder, epoch from leases where name = ${leaseOf(autopilot)} and expires_at > clock_timestamp()`;
  return row ?? null;
}

/**
 * Begins a paper session of an autopilot and gives its id. Its account is new, as is the exchange that keeps it.
 *
 * @throws {InputError} `autopilot-runs` while another process leads the autopilot, saying which.
 */
export async function beginPaperSession(sql: Sql, settings: Omit<SessionSettings, "tag">): Promise<string> {
  const { autopilot } = settings;
  return await inTransaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext(${`sessions of ${autopilot}`}))`;
    const held = await holderOf(tx, autopilot);
    if (held !== null) {
      throw new InputError(
        "autopilot-runs",
        `autopilot ${autopilot} runs already: ${held.holder}, epoch ${held.epoch}; stop it first with ` +
          `deno task autopilot stop --name ${autopilot}, or wait 3 s if it has died`,
      );
    }
    const [{ count }] = await tx<{ count: number }[]>`
      select count(*)::int as count from sessions where settings->>'autopilot' = ${autopilot}`;
    const number = count + 1, id = `${autopilot}-${number}`, account = `paper:${id}`;
    await startSession(tx, {
      ...{ id, account, mode: "paper", epoch: 0, startedAtMs: systemClock.now() },
      settings: { ...settings, tag: `s${number.toString(36)}x` },
    });
    return id;
  });
}
