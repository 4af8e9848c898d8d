// The only file that opens DuckDB: in process, in UTC, and shut in the folders that it was given.
import type { DuckDBConnection } from "@duckdb/node-api";

/** A connection of its own in-memory database. */
export interface Database {
  readonly connection: DuckDBConnection;
  close(): void;
}

/**
 * Opens DuckDB in memory. Native code is not bound by Deno's permissions, so DuckDB's own are used: no SQL can read or
 * write outside the folders, load an extension, or lift these limits again.
 *
 * @param folders What SQL may reach; what does not fit in memory is put into the first.
 * @param threads One thread keeps rows in order while they are numbered and written, and gives equal bytes on every
 * machine; without it all cores are used.
 * @param prepare What has to be done before the database is shut in, as loading an extension.
 */
export async function openDatabase(
  folders: readonly string[],
  threads?: 1,
  prepare: (connection: DuckDBConnection) => Promise<unknown> = () => Promise.resolve(),
): Promise<Database> {
  // Loaded with the first database: what needs none, as the trial ledger, runs without a native addon.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    ...(threads === undefined ? {} : { threads: String(threads) }),
  });
  const connection = await instance.connect();
  try {
    await prepare(connection);
  } catch (error) {
    connection.closeSync();
    instance.closeSync();
    throw error;
  }
  await connection.run(`
    set TimeZone = 'UTC';
    set temp_directory = ${literal(`${folders[0]}/.spill`)};
    set allowed_directories = [${folders.map(literal).join(", ")}];
    set enable_external_access = false;
    set lock_configuration = true`);
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** The rows of a small result. */
export async function rowsOf(database: Database, sql: string): Promise<Record<string, unknown>[]> {
  const reader = await database.connection.runAndReadAll(sql);
  return reader.getRowObjectsJS() as Record<string, unknown>[];
}

/** DuckDB hands out columns in chunks of typed arrays, on memory that is its own. */
interface DoubleVector {
  readonly items: Float64Array;
}

/**
 * The columns of a statement that gives doubles without nulls, in its order of rows, on memory of their own. The result is
 * whole before the first chunk is looked at: waiting for each one would take as long as reading them.
 */
export async function doubleColumns(database: Database, sql: string): Promise<Float64Array[]> {
  const result = await database.connection.run(sql);
  const columns = Array.from({ length: result.columnCount }, () => new Float64Array(result.rowCount));
  for (let i = 0, filled = 0; i < result.chunkCount; i++) {
    const chunk = result.getChunk(i), { rowCount } = chunk;
    for (const [place, column] of columns.entries()) {
      const { items } = chunk.getColumnVector(place) as unknown as DoubleVector;
      column.set(items.length === rowCount ? items : items.subarray(0, rowCount), filled);
    }
    filled += rowCount;
  }
  return columns;
}

/** DuckDB takes rows in chunks of this many. */
const CHUNK_ROWS = 2048;

/** Appends rows to a temporary table whose columns are all double. */
export async function appendDoubles(
  { connection }: Database,
  table: string,
  columns: readonly Float64Array[],
): Promise<void> {
  const { DOUBLE, DuckDBDataChunk } = await import("@duckdb/node-api");
  const appender = await connection.createAppender(table, "main", "temp");
  try {
    for (let from = 0; from < columns[0]!.length; from += CHUNK_ROWS) {
      const parts = columns.map((column) => column.subarray(from, from + CHUNK_ROWS));
      const chunk = DuckDBDataChunk.create(columns.map(() => DOUBLE), parts[0]!.length);
      for (const [i, part] of parts.entries()) {
        const vector = chunk.getColumnVector(i) as unknown as DoubleVector & { flush(): void };
        vector.items.set(part);
        vector.flush();
      }
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}

/** A text as an SQL literal. For paths and names in places where parameters are not allowed. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
