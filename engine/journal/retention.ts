// What may leave the journal: sessions that ended long ago and that nothing still rests on. Their rows are archived and
// read back before they are deleted, and what they came to stays as sums (fault 71). Sessions and certificates stay.
import { CodedError } from "../errors/mod.ts";
import { sha256Hex } from "../identity/mod.ts";
import { inTransaction, type Sql, type Transaction } from "../database/mod.ts";
import type { Archive, ArchivedColumn, ArchivedFile } from "./archive.ts";

/** Tables whose rows leave, those that refer to nothing of the others first. */
const TABLES = ["session_inputs", "journal_events", "fills", "adjustments", "orders"] as const;
/** How long copying and deleting may take. */
const WORK_TIMEOUT = "1h";

/** What is to leave. */
export interface RetentionOptions {
  /** Sessions that ended before this moment. */
  readonly endedBeforeMs: number;
  /** Only says what would be done. */
  readonly dryRun: boolean;
}

/** A session that ended before the moment. */
export interface OldSession {
  readonly id: string;
  readonly account: string;
  readonly endedAtMs: number;
  /** Why it has to stay; null where it may leave. */
  readonly keptFor: string | null;
}

/** What was done, or would be. */
export interface Retention {
  readonly sessions: readonly OldSession[];
  /** Rows that leave, by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** What they are kept in; none of a dry run. */
  readonly files: readonly ArchivedFile[];
}

/**
 * Archives and deletes the rows of old sessions in one transaction: after a crash they are in the database or in the
 * archive, or in both.
 *
 * @throws {CodedError} `archive-incomplete` when the archive does not hold what was given to it; nothing is deleted then.
 */
export async function applyRetention(
  sql: Sql,
  { endedBeforeMs, dryRun }: RetentionOptions,
  archive: Archive,
): Promise<Retention> {
  return await inTransaction(sql, async (tx) => {
    await tx`select set_config('statement_timeout', ${WORK_TIMEOUT}, true)`;
    const sessions = await oldSessions(tx, endedBeforeMs);
    const leaving = sessions.filter(({ keptFor }) => keptFor === null).map(({ id }) => id);
    const rows: Record<string, number> = {}, files: ArchivedFile[] = [];
    for (const table of TABLES) rows[table] = await countRows(tx, table, leaving);
    const isWorkLeft = Object.values(rows).some((count) => count > 0);
    if (dryRun || !isWorkLeft) return { sessions, rows, files };
    const name = `${new Date(endedBeforeMs).toISOString().slice(0, 10)}-${sha256Hex(leaving.join("\n")).slice(0, 12)}`;
    for (const table of TABLES.filter((table) => rows[table] > 0)) {
      files.push(await archived(tx, table, leaving, archive, name, rows[table]));
    }
    await keepSums(tx, leaving);
    await tx`select set_config('crypto_trader.archived', 'yes', true)`;
    for (const table of TABLES) await tx`delete from ${tx(table)} where session_id in ${tx(leaving)}`;
    return { sessions, rows, files };
  }, { isolation: "repeatable read" });
}

/** Sessions that ended before a moment and still have rows, each with what rests on it. */
async function oldSessions(tx: Transaction, endedBeforeMs: number): Promise<OldSession[]> {
  return await tx<OldSession[]>`
    with held as (
      select account, instrument from (
        select account, instrument, case side when 'buy' then quantity else -quantity end
          - case when fee_from = 'position' then fee else 0 end as change from fills
        union all select account, key, amount from archived_sums where kind = 'position'
      ) changes group by account, instrument having sum(change) <> 0
    )
    select s.id, s.account, s.ended_at_ms as "endedAtMs", coalesce(
      (select 'order ' || client_order_id || ' is ' || state from orders o where o.session_id = s.id and is_open limit 1),
      (select 'a position in ' || h.instrument || ' is open' from held h
        where h.account = s.account and exists (
          select 1 from fills f where f.session_id = s.id and f.instrument = h.instrument
        ) limit 1)
    ) as "keptFor"
    from sessions s
    where s.ended_at_ms < ${endedBeforeMs} and exists (select 1 from journal_events e where e.session_id = s.id)
    order by s.ended_at_ms, s.id`;
}

async function countRows(tx: Transaction, table: string, sessions: readonly string[]): Promise<number> {
  if (sessions.length === 0) return 0;
  const [{ count }] = await tx<{ count: number }[]>`
    select count(*) as count from ${tx(table)} where session_id in ${tx(sessions)}`;
  return count;
}

async function archived(
  tx: Transaction,
  table: string,
  sessions: readonly string[],
  archive: Archive,
  name: string,
  expected: number,
): Promise<ArchivedFile> {
  const columns = await tx<ArchivedColumn[]>`
    select attname::text as name, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped order by attnum`;
  // COPY takes no parameters, so the sessions are put where it finds them.
  await tx`create temporary table if not exists leaving (id text primary key) on commit drop`;
  await tx`insert into leaving ${tx(sessions.map((id) => ({ id })))} on conflict do nothing`;
  const csv = await tx`copy (select t.* from ${tx(table)} t join leaving on leaving.id = t.session_id order by 1, 2)
    to stdout (format csv, header)`.readable();
  const file = await archive.keep(`${table}/${name}`, { columns, csv });
  if (file.rows === expected) return file;
  throw new CodedError(
    "archive-incomplete",
    `${file.path} holds ${file.rows} of ${expected} rows of ${table}: nothing was deleted; look at the disk, then try again`,
  );
}

/** Positions, fees and adjustments go on from what the rows came to. */
async function keepSums(tx: Transaction, sessions: readonly string[]): Promise<void> {
  await tx`
    insert into archived_sums as kept (account, kind, key, amount)
    select account, kind, key, sum(amount) from (
      select account, 'position' as kind, instrument as key, case side when 'buy' then quantity else -quantity end
        - case when fee_from = 'position' then fee else 0 end as amount
      from fills where session_id in ${tx(sessions)}
      union all
      select account, 'fee', fee_asset, fee from fills where session_id in ${tx(sessions)}
      union all
      select account, 'adjusted', asset, amount from adjustments where session_id in ${tx(sessions)}
    ) leaving group by account, kind, key
    on conflict (account, kind, key) do update set amount = kept.amount + excluded.amount`;
}
