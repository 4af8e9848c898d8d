// Sessions of accounts of venues that have not ended: one account has one at most.
import type { Sql, Transaction } from "../../engine/database/mod.ts";
import type { KeyRow } from "../../engine/security/mod.ts";
import { identityOf } from "../../engine/identity/mod.ts";
import { leaseHolder } from "./session_lease.ts";
import type { LiveWish } from "./live_wish.ts";
import { planOf, planText } from "./session_plan.ts";
import { type SessionRow, type SessionSettings, sessionSettings } from "./session_settings.ts";

/** A session that goes on where it was. */
export interface UnfinishedSession {
  readonly id: string;
  readonly settings: SessionSettings;
}

/** The session that a wish goes on with, null without any, or why neither it nor a new one can be traded. */
export async function unfinishedSessionOf(
  sql: Sql | Transaction,
  wish: LiveWish,
  { fingerprint, venue }: Pick<KeyRow, "fingerprint" | "venue">,
): Promise<UnfinishedSession | string | null> {
  const rows = await (sql as Sql)<SessionRow[]>`
    select id, account, mode, settings from sessions
    where mode <> 'paper' and ended_at_ms is null
      and (account = ${wish.account} or settings->'live'->'key'->>'fingerprint' = ${fingerprint})
    order by started_at_ms`;
  const [row] = rows;
  if (row === undefined) return null;
  const settings = sessionSettings(row.settings), { id, account } = row;
  const ending = `end it first: deno task autopilot stop --name ${settings.autopilot}`;
  const holder = await leaseHolder(sql, { account, mode: row.mode, settings });
  if (holder !== null) return `session ${id} of it runs already: ${holder.holder}, epoch ${holder.epoch}; ${ending}`;
  if (account !== wish.account) return `session ${id} of the account ${account} has the same key: ${ending}`;
  if (settings.autopilot !== wish.autopilot) {
    return `session ${id} of autopilot ${settings.autopilot} has not ended: go on with --name ${settings.autopilot}, or ` +
      ending;
  }
  if (settings.exchange !== venue) {
    return `session ${id} trades at ${settings.exchange}, and the key ${wish.account} is of ${venue}: ${ending}`;
  }
  if (settings.exchangeUrl !== wish.exchangeUrl) {
    return `session ${id} trades at ${settings.exchangeUrl ?? "the venue's own host"}: go on there, or ${ending}`;
  }
  if (identityOf(settings.live?.asked ?? null) === identityOf(askedIn(wish))) return { id, settings };
  const { markets } = settings.spec;
  return `session ${id} has not ended, and trades ${planText(planOf(settings.spec).plan)} on ${
    markets.map(({ symbol }) => symbol).join(", ")
  } ` +
    `otherwise than this would: go on with the same options, or ${ending}`;
}

/** What of a wish makes the session's decisions. */
export function askedIn({ plan, symbols, hours }: LiveWish) {
  return { plan, symbols, hours };
}
