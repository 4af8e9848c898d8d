// Which tables a backup holds, and the order in which they can be filled.
import type { Transaction } from "../database/mod.ts";

/** A table as a backup knows it. */
export interface BackupTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** The table of the migrations' own: a backup states them apart, since the tables have to be made first. */
const MIGRATIONS = "schema_migrations";

/**
 * The lasting tables of our schema, each after those that its rows refer to. Unlogged tables are no truth: they are made
 * anew.
 */
export async function backupTables(tx: Transaction): Promise<BackupTable[]> {
  const tables = await tx<BackupTable[]>`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relpersistence = 'p'
      and c.relname <> ${MIGRATIONS} and a.attgenerated = ''
    group by c.relname order by c.relname`;
  const references = await tx<{ from: string; to: string }[]>`
    select conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint
    where contype = 'f' and connamespace = current_schema()::regnamespace and conrelid <> confrelid`;
  const placed: BackupTable[] = [], waiting = new Set(tables);
  while (waiting.size > 0) {
    const free = [...waiting].filter(({ name }) =>
      !references.some(({ from, to }) => from === name && [...waiting].some((other) => other.name === to))
    );
    if (free.length === 0) throw new Error("the tables refer to each other in a circle");
    for (const table of free) {
      placed.push(table);
      waiting.delete(table);
    }
  }
  return placed;
}

/** Lets numbers that the database gives go on behind those that were filled in. */
export async function continueNumbers(tx: Transaction, { name, columns }: BackupTable): Promise<void> {
  for (const column of columns) {
    const [{ sequence }] = await tx<{ sequence: string | null }[]>`
      select pg_get_serial_sequence(${name}, ${column}) as sequence`;
    if (sequence === null) continue;
    await tx`select setval(${sequence}::regclass, coalesce((select max(${tx(column)}) from ${
      tx(name)
    }), 0) + 1, false)`;
  }
}
