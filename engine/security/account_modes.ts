// Modes of accounts in the database: what trading asks before each act.
import type { Sql } from "../database/mod.ts";
import { type AccountMode, lapsed, PERMISSION_MODES, type PermissionMode } from "./permission_mode.ts";

interface Row {
  readonly account: string;
  readonly mode: string;
  readonly position: number | null;
  readonly loss: number | null;
  readonly untilMs: number | null;
}

/** The mode of an account as it counts now: `research` for one that nobody has raised. */
export async function modeInForce(sql: Sql, account: string, nowMs: number): Promise<AccountMode> {
  const found = (await accountModes(sql, nowMs)).find((own) => own.account === account);
  return found ?? { account, mode: "research", limits: null, untilMs: null };
}

/** All accounts that have a mode, as they count now. */
export async function accountModes(sql: Sql, nowMs: number): Promise<readonly AccountMode[]> {
  const rows = await sql<Row[]>`
    select account, mode, max_position_quote as position, max_daily_loss_quote as loss, until_ms as "untilMs"
    from account_modes order by account`;
  return rows.map((row) => lapsed(modeOf(row), nowMs));
}

/** Keeps the mode of an account. */
export async function setMode(sql: Sql, { account, mode, limits, untilMs }: AccountMode): Promise<void> {
  await sql`insert into account_modes (account, mode, max_position_quote, max_daily_loss_quote, until_ms)
    values (${account}, ${mode}, ${limits?.maxPositionQuote ?? null}, ${limits?.maxDailyLossQuote ?? null}, ${untilMs})
    on conflict (account) do update set mode = excluded.mode, max_position_quote = excluded.max_position_quote,
      max_daily_loss_quote = excluded.max_daily_loss_quote, until_ms = excluded.until_ms`;
}

/** A row that is not whole allows nothing (I15). */
function modeOf({ account, mode, position, loss, untilMs }: Row): AccountMode {
  const isKnown = (PERMISSION_MODES as readonly string[]).includes(mode);
  const limits = position === null || loss === null ? null : { maxPositionQuote: position, maxDailyLossQuote: loss };
  const isWhole = isKnown && (mode !== "live" || (limits !== null && untilMs !== null));
  if (!isWhole) return { account, mode: "research", limits: null, untilMs: null };
  return { account, mode: mode as PermissionMode, limits, untilMs };
}
