// Brings the tables to the form that this program knows: all steps that are missing, or none.
import { InputError } from "../errors/mod.ts";
import { checksumOf, type Migration } from "./migration.ts";
import { migrations } from "./migrations.ts";
import type { Sql, Transaction } from "./pool.ts";
import { inTransaction } from "./transaction.ts";

/** Where all our tables are: a database that is shared with other programs stays tidy. */
export const SCHEMA = "crypto_trader";

/** Two processes that migrate at once do it one after the other; the number is ours by chance. */
const LOCK = 7_345_018_112;

/** A step that a database has. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

/**
 * Applies the steps that the database lacks, in one transaction.
 *
 * @returns The steps that were applied now.
 * @throws {InputError} `database-newer` for a database of a newer program, `migration-changed` for one whose steps are
 * not those of this program.
 */
export async function migrate(sql: Sql, steps: readonly Migration[] = migrations): Promise<readonly Migration[]> {
  if (await isUpToDate(sql, steps)) return [];
  return await inTransaction(sql, async (transaction) => {
    await transaction`set local lock_timeout = '60s'`;
    await transaction`set local statement_timeout = '10min'`;
    await transaction`select pg_advisory_xact_lock(${LOCK}::bigint)`;
    await transaction`create schema if not exists ${transaction(SCHEMA)}`;
    await transaction`create table if not exists schema_migrations (
      version int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`;
    const missing = missingSteps(await appliedSteps(transaction), steps);
    for (const step of missing) {
      await transaction.unsafe(step.sql);
      await transaction`insert into schema_migrations (version, name, checksum)
        values (${step.version}, ${step.name}, ${checksumOf(step)})`;
    }
    return missing;
  });
}

/** The steps that a database has, in their order. */
export async function appliedSteps(sql: Sql | Transaction): Promise<AppliedMigration[]> {
  return await sql<AppliedMigration[]>`select version, name, checksum from schema_migrations order by version`;
}

/** The usual case, without a lock or a right to change tables. */
async function isUpToDate(sql: Sql, steps: readonly Migration[]): Promise<boolean> {
  const [{ table }] = await sql<{ table: string | null }[]>`
    select to_regclass(${`${SCHEMA}.schema_migrations`})::text as table`;
  return table !== null && missingSteps(await appliedSteps(sql), steps).length === 0;
}

function missingSteps(applied: readonly AppliedMigration[], steps: readonly Migration[]): readonly Migration[] {
  applied.forEach(({ version, name, checksum }, i) => {
    const own = steps[i];
    if (own === undefined) {
      throw new InputError(
        "database-newer",
        `the database has step ${version} (${name}), this program knows ${steps.length}: use the program that made it, or ` +
          "restore a backup of before",
      );
    }
    if (version === own.version && checksum === checksumOf(own)) return;
    throw new InputError(
      "migration-changed",
      `step ${version} (${name}) of the database is not step ${own.version} (${own.name}) of this program: use the ` +
        "program that made the database, or another database",
    );
  });
  return steps.slice(applied.length);
}
