// A copy of all lasting tables as they were at one moment, in a folder of plain files that any PostgreSQL can load, with
// checksums and the state that the journal came to. Restored and compared in backup_test.ts (G20).
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { z } from "zod";
import { InputError } from "../errors/mod.ts";
import {
  appliedSteps,
  checksumOf,
  inTransaction,
  isThere,
  migrate,
  migrations,
  SCHEMA,
  type Sql,
  syncPath,
  type Transaction,
} from "../database/mod.ts";
import { hashOfJournal } from "../orders/mod.ts";
import { type BackupTable, backupTables, continueNumbers } from "./backup_tables.ts";
import { journalAccounts, journalState } from "./read_orders.ts";

const MANIFEST = "manifest.json";
/** How long a copy of everything may take. */
const COPY_TIMEOUT = "1h";

const manifestSchema = z.strictObject({
  format: z.literal(1),
  madeAtMs: z.int(),
  server: z.string(),
  migrations: z.array(z.strictObject({ version: z.int(), name: z.string(), checksum: z.string() })),
  tables: z.array(z.strictObject({
    name: z.string(),
    columns: z.array(z.string()),
    rows: z.int(),
    /** Of the rows as PostgreSQL writes them, before they were compressed. */
    sha256: z.string(),
  })),
  /** What the journal of each account comes to. */
  states: z.record(z.string(), z.string()),
});

/** What a backup says of itself. */
export type BackupManifest = z.infer<typeof manifestSchema>;

/**
 * Copies all lasting tables, as they are at one moment, into a new folder: whole or not at all. Trading goes on.
 *
 * @throws {InputError} `backup-exists` for a folder that is there.
 */
export async function backup(sql: Sql, folder: string, nowMs: number): Promise<BackupManifest> {
  if (await isThere(folder)) throw new InputError("backup-exists", `${folder} is there already: name another folder`);
  const part = `${folder}.part`;
  const manifest = await inTransaction(sql, async (tx) => {
    if (await isThere(part)) await Deno.remove(part, { recursive: true });
    await Deno.mkdir(part, { recursive: true });
    await tx`select set_config('statement_timeout', ${COPY_TIMEOUT}, true)`;
    const tables: BackupManifest["tables"] = [];
    for (const table of await backupTables(tx)) tables.push(await copyOut(tx, part, table));
    const [{ server }] = await tx<{ server: string }[]>`select current_setting('server_version') as server`;
    const applied = (await appliedSteps(tx)).map((step) => ({ ...step }));
    return { format: 1 as const, madeAtMs: nowMs, server, migrations: applied, tables, states: await states(tx) };
  }, { isolation: "repeatable read", readOnly: true });
  await Deno.writeTextFile(`${part}/${MANIFEST}`, JSON.stringify(manifest, null, 2));
  for await (const { name } of Deno.readDir(part)) await syncPath(`${part}/${name}`);
  await Deno.rename(part, folder);
  return manifest;
}

/**
 * Fills an empty database from a backup, of this program or an older one. Nothing is written before every file has been
 * found to be what was written, and nothing stays unless the journal comes to the same state.
 *
 * @throws {InputError} `backup-damaged`, `backup-newer`, `restore-not-empty`.
 */
export async function restore(sql: Sql, folder: string): Promise<BackupManifest> {
  const manifest = await readManifest(folder);
  for (const table of manifest.tables) await checkFile(folder, table);
  const known = migrations.length;
  if (manifest.migrations.length > known) {
    throw new InputError(
      "backup-newer",
      `${folder} is of a newer program (step ${manifest.migrations.length}, here ${known})`,
    );
  }
  const steps = migrations.slice(0, manifest.migrations.length);
  if (steps.some((step, i) => checksumOf(step) !== manifest.migrations[i].checksum)) {
    throw new InputError(
      "migration-changed",
      `the tables of ${folder} are not those of this program: use the one that made it`,
    );
  }
  await checkEmpty(sql);
  // The tables as they were then; what has been added since comes after the rows.
  await sql`drop schema if exists ${sql(SCHEMA)} cascade`;
  await migrate(sql, steps);
  await inTransaction(sql, async (tx) => {
    await tx`select set_config('statement_timeout', ${COPY_TIMEOUT}, true)`;
    for (const table of manifest.tables) await copyIn(tx, folder, table);
    const found = await states(tx);
    if (JSON.stringify(found) === JSON.stringify(manifest.states)) return;
    throw new InputError(
      "backup-damaged",
      `the journal of ${folder} does not come to the state that it was saved with`,
    );
  });
  await migrate(sql);
  return manifest;
}

/** What a backup says of itself, without looking at its rows. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  let text: string;
  try {
    text = await Deno.readTextFile(`${folder}/${MANIFEST}`);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new InputError("backup-damaged", `${folder} is no backup: it has no ${MANIFEST}`, { cause });
  }
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new InputError("backup-damaged", `${folder}/${MANIFEST} cannot be read: take another backup`, { cause });
  }
}

async function states(tx: Transaction): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const account of await journalAccounts(tx)) hashes[account] = hashOfJournal(await journalState(tx, account));
  return hashes;
}

async function copyOut(tx: Transaction, folder: string, { name, columns }: BackupTable) {
  const counted = digesting();
  const rows = await tx`copy (select ${tx(columns)} from ${tx(name)} order by 1, 2) to stdout`.readable();
  await pipeline(rows, counted.stream, createGzip({ level: 6 }), createWriteStream(pathOf(folder, name)));
  return { name, columns: [...columns], ...counted.result() };
}

async function copyIn(tx: Transaction, folder: string, table: BackupManifest["tables"][number]): Promise<void> {
  const { name, columns } = table;
  const rows = await tx`copy ${tx(name)} (${tx(columns)}) from stdin`.writable();
  await pipeline(createReadStream(pathOf(folder, name)), createGunzip(), rows);
  await continueNumbers(tx, table);
}

async function checkFile(folder: string, { name, sha256, rows }: BackupManifest["tables"][number]): Promise<void> {
  const counted = digesting(), path = pathOf(folder, name);
  try {
    await pipeline(createReadStream(path), createGunzip(), counted.stream.resume());
  } catch (cause) {
    throw new InputError("backup-damaged", `${path} is missing or cannot be unpacked: take another backup`, { cause });
  }
  const found = counted.result();
  if (found.sha256 === sha256 && found.rows === rows) return;
  throw new InputError("backup-damaged", `${path} is not what was written: take another backup`);
}

async function checkEmpty(sql: Sql): Promise<void> {
  await inTransaction(sql, async (tx) => {
    const [{ exists }] = await tx<{ exists: boolean }[]>`select to_regnamespace(${SCHEMA}) is not null as exists`;
    if (!exists) return;
    for (const { name } of await backupTables(tx)) {
      if ((await tx`select 1 from ${tx(name)} limit 1`).length === 0) continue;
      throw new InputError(
        "restore-not-empty",
        `the database has rows in ${name}: a backup is restored into an empty one (another data folder or DATABASE_URL)`,
      );
    }
  }, { readOnly: true });
}

/** Counts what flows through: lines, and their SHA-256. */
function digesting() {
  const hash = createHash("sha256");
  let rows = 0;
  const stream = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      for (const byte of chunk) if (byte === 10) rows++;
      done(null, chunk);
    },
  });
  return { stream, result: () => ({ rows, sha256: hash.copy().digest("hex") }) };
}

function pathOf(folder: string, table: string): string {
  return `${folder}/${table}.copy.gz`;
}
