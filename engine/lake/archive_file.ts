// Rows that another store gives away, as one Parquet file: written aside, read back, renamed.
import { folderOf, TEMPORARY, writeWhole } from "./atomic_file.ts";
import { identifier, literal, openDatabase, rowsOf } from "./duckdb.ts";

/** Rows as CSV with a header, and what is in its columns, by PostgreSQL's names of types. */
export interface CsvRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly csv: AsyncIterable<Uint8Array>;
}

/**
 * Writes rows into a Parquet file, whole or not at all: numbers as numbers, amounts exact, all else as text.
 *
 * @param path Ends in `.parquet`; its folder is made.
 * @returns How many rows the finished file holds.
 */
export async function writeArchive(path: string, { columns, csv }: CsvRows): Promise<{ path: string; rows: number }> {
  const folder = folderOf(path), source = `${path}.csv${TEMPORARY}`;
  await Deno.mkdir(folder, { recursive: true });
  const database = await openDatabase([await Deno.realPath(folder)], 1);
  try {
    const file = await Deno.open(source, { write: true, create: true, truncate: true });
    await ReadableStream.from(csv).pipeTo(file.writable);
    const inFolder = async (name: string) => `${await Deno.realPath(folder)}/${name.slice(folder.length + 1)}`;
    const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(typeOf(type))}`);
    const rows = `read_csv(${literal(await inFolder(source))}, header = true, delim = ',', quote = '"', escape = '"',
      nullstr = '', allow_quoted_nulls = false, auto_detect = false, columns = {${types.join(", ")}})`;
    await writeWhole(path, async (temporary) => {
      const target = literal(await inFolder(temporary));
      const names = columns.map(({ name }) => identifier(name)).join(", ");
      await database.connection.run(
        `copy (select ${names} from ${rows}) to ${target} (format parquet, compression zstd)`,
      );
    });
    const [{ count }] = await rowsOf(
      database,
      `select count(*)::int as count from read_parquet(${literal(await inFolder(path))})`,
    );
    return { path, rows: count as number };
  } finally {
    database.close();
    await Deno.remove(source).catch(() => {});
  }
}

/** DuckDB's exact decimals have 38 digits: what is wider stays text, digit by digit. */
function typeOf(type: string): string {
  const [, digits, decimals] = /^numeric\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (digits !== undefined) return Number(digits) <= 38 ? `decimal(${digits}, ${decimals})` : "varchar";
  if (type === "bigint" || type === "integer") return type;
  return type === "boolean" ? "boolean" : "varchar";
}
