// A session's row, as autopilot begins it.
import { inTransaction, type Sql, type Transaction } from "../../engine/database/mod.ts";
import { InputError } from "../../engine/errors/mod.ts";
import { startSession } from "../../engine/journal/mod.ts";
import { sessionTag } from "../../engine/live/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import type { SessionSettings } from "./session_settings.ts";
import { type AutopilotHolder, leaseHolder } from "./session_lease.ts";
import { unendedSessions } from "./unended_sessions.ts";

/** Who leads an autopilot; null where nobody does. */
export async function holderOf(sql: Sql | Transaction, autopilot: string): Promise<AutopilotHolder | null> {
  const [first] = await unendedSessions(sql, autopilot);
  // A paper session that has ended may still be left by the process that traded it.
  return first?.holder ?? await leaseHolder(sql, { account: "", mode: "paper", settings: { autopilot } });
}

/** What a paper session begins with. */
export type NewPaperSession =
  & Omit<SessionSettings, "tag" | "live" | "hours" | "askedBy" | "seed">
  & Partial<Pick<SessionSettings, "hours" | "askedBy" | "seed">>;

/**
 * Begins a paper session of an autopilot. Its account is new, as is the exchange that keeps it.
 *
 * @throws {InputError} `autopilot-runs` while another process leads the autopilot, saying which; `autopilot-taken` while a
 * session of the name has an account of a venue and has not ended: commands under the name are for that one.
 */
export async function beginPaperSession(sql: Sql, settings: NewPaperSession) {
  const { autopilot } = settings;
  return await inTransaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext(${`sessions of ${autopilot}`}))`;
    const held = await holderOf(tx, autopilot);
    if (held !== null) throw runsAlready(autopilot, held);
    const atVenue = (await unendedSessions(tx, autopilot)).find(({ mode }) => mode !== "paper");
    if (atVenue !== undefined) {
      throw new InputError(
        "autopilot-taken",
        `session ${atVenue.id} of autopilot ${autopilot} trades the account ${atVenue.account} and has not ended: take ` +
          `another name with --name, or end it first: deno task autopilot stop --name ${autopilot}`,
      );
    }
    const [{ count }] = await tx<{ count: number }[]>`
      select count(*)::int as count from sessions where settings->>'autopilot' = ${autopilot}`;
    const number = count + 1, id = `${autopilot}-${number}`, account = `paper:${id}`;
    await startSession(tx, {
      ...{ id, account, mode: "paper", epoch: 0, startedAtMs: systemClock.now() },
      settings: { hours: null, askedBy: null, seed: null, ...settings, live: null, tag: sessionTag(number) },
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
