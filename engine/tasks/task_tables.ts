// The tables beside pg-boss's own: what it does not keep of a task. Every function takes the connection first.
import { inTransaction, type Sql, type Transaction } from "../database/mod.ts";

/** How far a task is. */
export interface TaskProgress {
  readonly done: number;
  readonly total: number;
  readonly note: string | null;
}

type Connection = Sql | Transaction;

/** Says how far a task is. */
export async function saveProgress(sql: Connection, id: string, { done, total, note }: TaskProgress): Promise<void> {
  await sql`
    insert into task_progress (id, done, total, note) values (${id}, ${done}, ${total}, ${note})
    on conflict (id) do update set done = excluded.done, total = excluded.total, note = excluded.note, at = now()`;
}

/**
 * Makes sure that an effect happens once: the first to come with a key does it, all others get what came of it.
 *
 * @param effect Gives plain data.
 */
export async function onceFor<Result>(
  sql: Sql,
  key: string,
  effect: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const work = async (transaction: Transaction) => {
    const own = await transaction`insert into task_effects (key) values (${key}) on conflict do nothing returning key`;
    if (own.length === 0) {
      const [{ result }] = await transaction`select result from task_effects where key = ${key}`;
      return JSON.parse(result);
    }
    const result = await effect(transaction) ?? null;
    await transaction`update task_effects set result = ${JSON.stringify(result)} where key = ${key}`;
    await transaction`select pg_notify(${EFFECT_CHANNEL}, ${key})`;
    return result;
  };
  return await inTransaction(sql, work) as Result;
}

/** Whoever listens there hears the key of each effect once it has happened. */
export const EFFECT_CHANNEL = "task_effect";

/** What came of the effects of these keys, as JSON; those that have not happened are left out. */
export async function effectsOf(sql: Connection, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql`select key, result from task_effects where key = any(${keys as string[]})`;
  return new Map(rows.map(({ key, result }) => [key, result]));
}

/** Keeps a text under a key; one that is there already stays. */
export async function saveText(sql: Connection, key: string, text: string): Promise<void> {
  await sql`insert into task_texts (key, text) values (${key}, ${text}) on conflict (key) do update set at = now()`;
}

/** The text of a key, or null. */
export async function textOf(sql: Connection, key: string): Promise<string | null> {
  const [row] = await sql`select text from task_texts where key = ${key}`;
  return row?.text ?? null;
}

/** Removes what is older than so many days, as the queue itself removes tasks; gives how many rows went. */
export async function forgetOlder(sql: Connection, days: number, isDryRun: boolean): Promise<Record<string, number>> {
  const gone: Record<string, number> = {};
  for (const table of ["task_progress", "task_effects", "task_texts"]) {
    const old = sql`${sql(table)} where at < now() - make_interval(days => ${days})`;
    const [{ count }] = isDryRun
      ? await sql`select count(*)::int as count from ${old}`
      : await sql`with gone as (delete from ${old} returning 1) select count(*)::int as count from gone`;
    gone[table] = count;
  }
  return gone;
}
