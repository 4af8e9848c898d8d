// Commands to sessions, and to whoever begins them: rows of the journal, each with its outcome written back.
import { inTransaction, type Sql } from "../../engine/database/mod.ts";
import { askCommand } from "../../engine/journal/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { type AutopilotHolder, holderOf } from "./session_lease.ts";
import { unendedSessions } from "./unended_sessions.ts";

/** Under this name stand the rows that ask `deno task start` for a session. */
export const START_DESK = "start";
/** Lease of the `start` that works on them. */
export const DESK_LEASE = "sessions of start";

/** What came of a command. */
export interface CommandOutcome {
  readonly state: "done" | "refused";
  readonly answer: unknown;
}

/** A command that is asked for. */
export interface AskedCommand {
  /** The asker's own key: the same command twice is one. */
  readonly id: string;
  readonly account: string;
  readonly kind: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly askedBy: string;
}

const LOOK_MS = 100;

/** Asks, and waits for what comes of it; null where nobody has answered by then. */
export async function askedOf(sql: Sql, command: AskedCommand, withinMs: number): Promise<CommandOutcome | null> {
  const { body = {} } = command, untilMs = performance.now() + withinMs;
  await inTransaction(sql, (tx) => askCommand(tx, { ...command, body, askedAtMs: systemClock.now() }));
  while (performance.now() < untilMs) {
    const [row] = await sql<{ state: string; answer: unknown }[]>`
      select state, answer from commands where id = ${command.id}`;
    if (row?.state === "done" || row?.state === "refused") return { state: row.state, answer: row.answer };
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return null;
}

/** Who works on rows that ask for sessions; null where no `start` runs. */
export function deskHolder(sql: Sql): Promise<AutopilotHolder | null> {
  return holderOf(sql, DESK_LEASE);
}

/** A session that somebody trades now. */
export interface RunningSession {
  readonly id: string;
  readonly autopilot: string;
  readonly account: string;
  readonly mode: string;
  readonly holder: string;
  readonly orders: number;
  readonly fills: number;
}

/** The sessions that are traded now, by their leases. */
export async function runningSessions(sql: Sql): Promise<RunningSession[]> {
  const running = (await unendedSessions(sql, null)).filter(({ holder }) => holder !== null);
  const counts = await sql<Pick<RunningSession, "id" | "orders" | "fills">[]>`
    select id, (select count(*)::int from orders o where o.session_id = s.id) as orders,
      (select count(*)::int from fills f where f.session_id = s.id) as fills
    from sessions s where id = any(${running.map(({ id }) => id)}::text[])`;
  return counts.map((own) => {
    const { autopilot, account, mode, holder } = running.find(({ id }) => id === own.id)!;
    return { ...own, autopilot, account, mode, holder: holder!.holder };
  }).sort((a, b) => a.autopilot < b.autopilot ? -1 : 1);
}
