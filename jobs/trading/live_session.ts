// A session of an account at a venue: it begins where all preconditions hold, or goes on where it was.
import { inTransaction, type Sql } from "../../engine/database/mod.ts";
import { assert } from "../../engine/errors/mod.ts";
import { accountDay, startSession } from "../../engine/journal/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { holderOf, runsAlready } from "./new_session.ts";
import { leaseHolder } from "./session_lease.ts";
import type { Found } from "./live_evidence.ts";
import { dayStartOf, type LiveWish } from "./live_wish.ts";
import { isUnknown } from "./preconditions.ts";
import { specOf } from "./session_plan.ts";
import type { SessionSettings } from "./session_settings.ts";
import { askedIn } from "./unfinished_session.ts";

/** A session that is to be traded. */
export interface LiveSession {
  readonly id: string;
  /** Adapter and address of its venue. */
  readonly venue: string;
  readonly host: string;
  /** True where it goes on. */
  readonly goesOn: boolean;
}

/**
 * Begins a session, or takes up the one that has not ended. Only for what was found without a failing precondition.
 *
 * @throws {InputError} `autopilot-runs` where another process began to lead meanwhile.
 */
export async function liveSession(
  sql: Sql,
  wish: LiveWish,
  found: Found,
  askedBy: string | null,
): Promise<LiveSession> {
  const { venue, unfinished, evidence: { key, mode, place } } = found, { account, autopilot, exchangeUrl } = wish;
  assert(!isUnknown(venue) && !isUnknown(key) && !isUnknown(place), "the preconditions hold");
  const { host } = place;
  return await inTransaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext(${`sessions of ${account}`}))`;
    const held = await leaseHolder(tx, { account, mode: wish.mode, settings: { autopilot } }) ??
      await holderOf(tx, autopilot);
    if (held !== null) throw runsAlready(autopilot, held);
    if (unfinished !== null) return { id: unfinished.id, venue, host, goesOn: true };
    const startedAtMs = systemClock.now(), dayStartMs = dayStartOf(startedAtMs);
    // Never given twice on the account, as a number of its sessions would be once old ones are archived.
    const number = Math.floor(startedAtMs / 1_000).toString(36), id = `${autopilot}-${number}`;
    const settings: SessionSettings = {
      ...{
        autopilot,
        tag: `s${number}x`,
        spec: specOf(wish.plan, venue, found.markets, found.cashQuote),
        exchange: venue,
        exchangeUrl,
        clock: null,
      },
      ...{ askedBy, hours: wish.hours },
      live: {
        limits: wish.mode === "live" ? mode.limits : null,
        before: { dayStartMs, ...await accountDay(tx, account, dayStartMs) },
        key: { fingerprint: key.fingerprint, host },
        requestExpiryMs: found.requestExpiryMs,
        asked: askedIn(wish),
      },
    };
    await startSession(tx, { id, account, mode: wish.mode, epoch: 0, startedAtMs, settings: { ...settings } });
    return { id, venue, host, goesOn: false };
  });
}
