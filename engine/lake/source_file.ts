// A file as somebody else wrote it, opened as a relation: its columns, what it says of itself, and how to name its rows.
import { InputError } from "../errors/mod.ts";
import { isDiskFull } from "./disk_full.ts";
import { type Database, identifier, literal, rowsOf } from "./duckdb.ts";
import { openFeather } from "./feather_file.ts";

/** A Parquet, Feather or CSV file that can be queried. */
export interface SourceFile {
  /** Where its rows are read: of an archive, what was unpacked. */
  readonly path: string;
  /** The file that was given. */
  readonly origin: string;
  /** Its name, without folders. */
  readonly name: string;
  /** SQL of the rows as they stand in the file. */
  readonly relation: string;
  /** Column names and their SQL types; text only where the file is CSV. */
  readonly columns: ReadonlyMap<string, string>;
  /** Lines above the first row, where the file is text; null where it is not. */
  readonly headerLines: number | null;
  /** What the file says of itself: key-value metadata of Parquet, and what a CryptoDataDownload file tells. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Columns of Binance's public archive, whose files of before 2025 have no header. */
const ARCHIVE = [
  "open_time",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "close_time",
  "quote_volume",
  "count",
  "taker_base",
  "taker_quote",
  "ignore",
];

/** Of its files of funding. */
const FUNDING_ARCHIVE = ["calc_time", "funding_interval_hours", "last_funding_rate"];

/**
 * Opens a file. A CSV file is read by its header, or as Binance's archive when its first line has that many numbers;
 * cells are separated by comma, semicolon or tab. CryptoDataDownload's address stands above the header of its files.
 *
 * @param origin The file that was given, where this one was unpacked from it.
 * @throws {InputError} `candle-file` when it is none of these, or damaged.
 */
export async function openSourceFile(database: Database, path: string, origin = path): Promise<SourceFile> {
  const name = origin.split("/").at(-1)!;
  if (/\.csv$/i.test(path)) return await openCsv(path, origin, name);
  if (/\.feather$/i.test(path)) {
    const opened = await reading({ name }, () => openFeather(database, path));
    return { path, origin, name, headerLines: null, metadata: {}, ...opened };
  }
  if (!/\.parquet$/i.test(path)) {
    throw new InputError("candle-file", `${name} is neither .parquet, .feather nor .csv: unpack or convert it first`);
  }
  const relation = `read_parquet(${literal(path)}, hive_partitioning = false)`;
  return await reading({ name }, async () => {
    const columns = await rowsOf(database, `describe select * from ${relation}`);
    const metadata = await rowsOf(
      database,
      `select decode(key) as key, decode(value) as value from parquet_kv_metadata(${literal(path)})`,
    );
    return {
      path,
      origin,
      name,
      relation,
      columns: new Map(columns.map((row) => [String(row.column_name), String(row.column_type)])),
      headerLines: null,
      metadata: Object.fromEntries(metadata.map(({ key, value }) => [String(key), String(value)])),
    };
  });
}

/** Runs a query over a source file; what DuckDB has against the file becomes one sentence. */
export async function reading<T>(file: Pick<SourceFile, "name">, query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (cause) {
    if (isDiskFull(cause)) throw cause; // not the file's fault
    const line = /CSV Error on Line: (\d+)/.exec(String(cause))?.[1];
    throw new InputError(
      "candle-file",
      line === undefined
        ? `${file.name} cannot be read: it is damaged, cut off or of another kind; fetch it again`
        : `line ${line} of ${file.name} does not have the columns of the first line, or is not UTF-8: mend the file`,
      { cause },
    );
  }
}

/** What stands in a cell, for a message. */
export async function cellText(database: Database, file: SourceFile, row: number, column: string): Promise<string> {
  const [found] = await rowsOf(
    database,
    `select ${identifier(column)}::varchar as cell from ${file.relation} limit 1 offset ${row}`,
  );
  return shortened(String(found?.cell ?? ""));
}

/** Text of a file as a message can hold it: on one line, and not too much. */
export function shortened(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, " ");
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}

/** `line 5 of x.csv`, `row 4 of x.parquet`: rows are counted from 0 here, and from 1 for people. */
export async function rowName(file: SourceFile, row: number): Promise<string> {
  if (file.headerLines === null) return `row ${row + 1} of ${file.name}`;
  const lines = (await Deno.readTextFile(file.path)).split("\n");
  let left = row + file.headerLines;
  const line = lines.findIndex((text) => text.trim() !== "" && left-- === 0); // an empty line is no row
  return `line ${line + 1} of ${file.name}`;
}

async function openCsv(path: string, origin: string, name: string): Promise<SourceFile> {
  const lines = (await firstLines(path)).map((line) => line.replace(/^\uFEFF/, ""));
  const publisher = /^"?(https?:\/\/(?:www\.)?cryptodatadownload\.com\S*?)[",;\s]*$/i.exec(lines[0]!)?.[1];
  const first = lines[publisher === undefined ? 0 : 1] ?? "";
  if (/[^\P{Cc}\t]/u.test(first)) {
    throw new InputError("candle-file", `${name} is no text: unpack or convert it first`);
  }
  const delimiter = [",", ";", "\t"].find((mark) => first.includes(mark)) ?? ",";
  const cells = first.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const archive = cells.every((cell) => cell !== "" && Number.isFinite(+cell))
    ? [ARCHIVE, FUNDING_ARCHIVE].find((names) => names.length === cells.length)
    : undefined;
  const columns = archive ?? cells;
  const twice = columns.find((column, i) => columns.indexOf(column) < i);
  if (first.trim() === "" || columns.includes("") || twice !== undefined) {
    const problem = twice ? `two columns ${twice}` : "no line of column names at its head";
    throw new InputError("candle-file", `${name} has ${problem}: add names like time,open,high,low,close,volume`);
  }
  const types = columns.map((column) => `${literal(column)}: 'varchar'`).join(", ");
  const skipped = publisher === undefined ? 0 : 1;
  const relation = `read_csv(${literal(path)}, auto_detect = false, skip = ${skipped}, header = ${
    archive === undefined
  }, delim = ${literal(delimiter)}, quote = '"', escape = '"', columns = {${types}})`;
  return {
    path,
    origin,
    name,
    relation,
    columns: new Map(columns.map((column) => [column, "VARCHAR"])),
    headerLines: skipped + (archive === undefined ? 1 : 0),
    metadata: publisher === undefined ? {} : { source: publisher, ...exchangeOf(name) },
  };
}

/** CryptoDataDownload names its files `Binance_BTCUSDT_1h.csv`. */
function exchangeOf(name: string): { exchange?: string } {
  const [, exchange] = /^([A-Za-z][A-Za-z0-9]*)_/.exec(name) ?? [];
  return exchange === undefined ? {} : { exchange: exchange.toLowerCase() };
}

/** The first two lines of a text file, which may be far longer than memory. */
async function firstLines(path: string): Promise<string[]> {
  const file = await Deno.open(path, { read: true });
  let text = "";
  for await (const part of file.readable.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.split("\n", 3).length === 3 || text.length > 65_536) break;
  }
  return text.split(/\r?\n/, 2);
}
