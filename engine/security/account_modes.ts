// Modes of accounts in the database: what trading asks before each act.
import type { Sql } from "../database/mod.ts";
import { type AccountMode, lapsed, PERMISSION_MODES, usesKey } from "./permission_mode.ts";

interface Row {
  readonly account: string;
  readonly mode: string;
  readonly position: number | null;
  readonly loss: number | null;
  readonly order: number | null;
  readonly entries: number | null;
  readonly untilMs: number | null;
  readonly fingerprint: string | null;
  readonly host: string | null;
}

/** The mode of an account as it counts now: `research` for one that nobody has raised. */
export async function modeInForce(sql: Sql, account: string, nowMs: number): Promise<AccountMode> {
  const found = (await accountModes(sql, nowMs)).find((own) => own.account === account);
  return found ?? nothing(account);
}

/** All accounts that have a mode, as they count now. */
export async function accountModes(sql: Sql, nowMs: number): Promise<readonly AccountMode[]> {
  const rows = await sql<Row[]>`
    select account, mode, max_position_quote as position, max_daily_loss_quote as loss, max_order_quote as order,
      max_daily_entries as entries, until_ms as "untilMs", key_fingerprint as fingerprint, key_host as host
    from account_modes order by account`;
  return rows.map((row) => lapsed(modeOf(row), nowMs));
}

/** Keeps the mode of an account. */
export async function setMode(sql: Sql, { account, mode, limits, untilMs, key }: AccountMode): Promise<void> {
  await sql`insert into account_modes
      (account, mode, max_position_quote, max_daily_loss_quote, max_order_quote, max_daily_entries, until_ms,
        key_fingerprint, key_host)
    values (${account}, ${mode}, ${limits?.maxPositionQuote ?? null}, ${limits?.maxDailyLossQuote ?? null},
      ${limits?.maxOrderQuote ?? null}, ${limits?.maxDailyEntries ?? null}, ${untilMs},
      ${key?.fingerprint ?? null}, ${key?.host ?? null})
    on conflict (account) do update set mode = excluded.mode, max_position_quote = excluded.max_position_quote,
      max_daily_loss_quote = excluded.max_daily_loss_quote, max_order_quote = excluded.max_order_quote,
      max_daily_entries = excluded.max_daily_entries, until_ms = excluded.until_ms,
      key_fingerprint = excluded.key_fingerprint, key_host = excluded.key_host`;
}

/** A row that is not whole allows nothing (I15). */
function modeOf({ account, mode: text, position, loss, order, entries, untilMs, fingerprint, host }: Row): AccountMode {
  const mode = PERMISSION_MODES.find((own) => own === text);
  const limits = position === null || loss === null || order === null || entries === null
    ? null
    : { maxPositionQuote: position, maxDailyLossQuote: loss, maxOrderQuote: order, maxDailyEntries: entries };
  const key = fingerprint === null || host === null ? null : { fingerprint, host };
  if (mode === undefined || (usesKey(mode) && key === null)) return nothing(account);
  if (mode === "live" && (limits === null || untilMs === null)) return nothing(account);
  return { account, mode, limits, untilMs, key };
}

function nothing(account: string): AccountMode {
  return { account, mode: "research", limits: null, untilMs: null, key: null };
}
