// A session's row, as autopilot begins it.
import { inTransaction, type Sql } from "../../engine/database/mod.ts";
import { InputError } from "../../engine/errors/mod.ts";
import { startSession } from "../../engine/journal/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import type { SessionSettings } from "./session_settings.ts";

/** Who leads an account now. */
export interface AccountHolder {
  readonly holder: string;
  readonly epoch: number;
}

/** Who leads an account at this moment; null where nobody does. */
export async function holderOf(sql: Sql, account: string): Promise<AccountHolder | null> {
  const [row] = await sql<AccountHolder[]>`
    select holder, epoch from leases where name = ${account} and expires_at > clock_timestamp()`;
  return row ?? null;
}

/**
 * Begins a session of an autopilot on an account.
 *
 * @throws {InputError} `autopilot-runs` while another process leads the account, saying which.
 */
export async function beginSession(
  sql: Sql,
  account: string,
  mode: string,
  settings: Omit<SessionSettings, "tag">,
): Promise<string> {
  return await inTransaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext(${`sessions of ${account}`}))`;
    const held = await holderOf(tx as unknown as Sql, account);
    if (held !== null) {
      throw new InputError(
        "autopilot-runs",
        `autopilot ${settings.autopilot} runs already: ${held.holder}, epoch ${held.epoch}; stop it first with ` +
          `deno task autopilot stop --name ${settings.autopilot}, or wait 3 s if it has died`,
      );
    }
    const [{ count }] = await tx<
      { count: number }[]
    >`select count(*)::int as count from sessions where account = ${account}`;
    const number = count + 1, id = `${settings.autopilot}-${number}`;
    await startSession(tx, {
      ...{ id, account, mode, epoch: 0, startedAtMs: systemClock.now() },
      settings: { ...settings, tag: `s${number.toString(36)}x` },
    });
    return id;
  });
}
