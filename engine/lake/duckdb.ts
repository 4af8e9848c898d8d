// The only file that opens DuckDB: in process, in UTC, without extensions from the network.
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";

/** A connection of its own in-memory database. */
export interface Database {
  readonly connection: DuckDBConnection;
  close(): void;
}

/**
 * Opens DuckDB in memory.
 *
 * @param threads One thread keeps the order of rows and gives equal bytes on every machine; 0 uses all cores.
 */
export async function openDatabase(threads: number): Promise<Database> {
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    ...(threads > 0 ? { threads: String(threads) } : {}),
  });
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Parameters of a statement by name. */
export type Parameters = Record<string, DuckDBValue>;

/** The rows of a small result. */
export async function rowsOf(
  database: Database,
  sql: string,
  parameters: Parameters = {},
): Promise<Record<string, unknown>[]> {
  const reader = await database.connection.runAndReadAll(sql, parameters);
  return reader.getRowObjectsJS() as Record<string, unknown>[];
}

/**
 * The single row of a statement whose columns are lists of doubles, as arrays of their own memory. One list crosses
 * DuckDB's border as a whole, which is several times faster than rows or chunks.
 */
export async function doubleLists(
  database: Database,
  sql: string,
  parameters: Parameters = {},
): Promise<Float64Array[]> {
  const result = await database.connection.run(sql, parameters);
  const chunk = await result.fetchChunk();
  const columns = result.columnCount;
  if (!chunk || chunk.rowCount === 0) return Array.from({ length: columns }, () => new Float64Array(0));
  return Array.from({ length: columns }, (_, i) => {
    // A list of no rows is null and has an empty child.
    const { childData } = chunk.getColumnVector(i) as unknown as { childData: { items: Float64Array } };
    return childData.items.slice();
  });
}

/** A text as an SQL literal. For paths and names in places where parameters are not allowed. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
