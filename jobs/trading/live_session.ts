// A session of an account at a venue: it begins where all preconditions hold, or goes on where it was.
import { inTransaction, type Sql, type Transaction } from "../../engine/database/mod.ts";
import { assert, InputError } from "../../engine/errors/mod.ts";
import { accountDay, startSession } from "../../engine/journal/mod.ts";
import type { KeyPlace } from "../../engine/security/mod.ts";
import { sessionTag } from "../../engine/live/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { holderOf, runsAlready } from "./new_session.ts";
import { leaseHolder } from "./session_lease.ts";
import type { Found } from "./live_evidence.ts";
import { dayStartOf, type LiveWish } from "./live_wish.ts";
import { isUnknown } from "./preconditions.ts";
import { specOf } from "./session_plan.ts";
import type { SessionSettings } from "./session_settings.ts";
import { askedIn, unfinishedSessionOf } from "./unfinished_session.ts";

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
 * Begins a session, or takes up the one that has not ended, with the key that the account has now. Only for what was found
 * without a failing precondition.
 *
 * @throws {InputError} `autopilot-runs` where another process began to lead meanwhile, `session` where a session of the
 * account began or ended meanwhile.
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
    // The account's first, then the key's: two accounts may have the same one.
    await tx`select pg_advisory_xact_lock(hashtext(${`sessions of ${account}`}))`;
    await tx`select pg_advisory_xact_lock(hashtext(${`sessions of key ${key.fingerprint}`}))`;
    const held = await leaseHolder(tx, { account, mode: wish.mode, settings: { autopilot } }) ??
      await holderOf(tx, autopilot);
    if (held !== null) throw runsAlready(autopilot, held);
    const now = await unfinishedSessionOf(tx, wish, key);
    if (typeof now === "string") throw new InputError("session", now);
    if (now?.id !== unfinished?.id) {
      throw new InputError("session", `a session of ${account} has begun or ended meanwhile: start it again`);
    }
    if (now !== null) {
      await takeKey(tx, now.id, { fingerprint: key.fingerprint, host });
      if (askedBy !== null) await takeAsker(tx, now.id, askedBy);
      return { id: now.id, venue, host, goesOn: true };
    }
    const startedAtMs = systemClock.now(), dayStartMs = dayStartOf(startedAtMs);
    // Never given twice on the account, as a number of its sessions would be once old ones are archived.
    const number = Math.floor(startedAtMs / 1_000), id = `${autopilot}-${number.toString(36)}`;
    const settings: SessionSettings = {
      ...{
        autopilot,
        tag: sessionTag(number),
        spec: specOf(wish.plan, venue, found.markets, found.cashQuote),
        exchange: venue,
        exchangeUrl,
        clock: null,
        seed: null,
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

/** The account's key may be another one since the session began: its processes are given the one of the vault. */
async function takeKey(tx: Transaction, id: string, place: KeyPlace): Promise<void> {
  await tx`update sessions set settings = jsonb_set(settings, '{live,key}', ${tx.json({ ...place })}) where id = ${id}`;
}

/** Whoever asked last said in which mode: by that it is taken up after a restart. */
async function takeAsker(tx: Transaction, id: string, askedBy: string): Promise<void> {
  await tx`update sessions set settings = jsonb_set(settings, '{askedBy}', ${tx.json(askedBy)}) where id = ${id}`;
}
