// The rows of a file of funding as somebody else wrote it: a table, or an answer of a venue's API.
import { InputError } from "../errors/mod.ts";
import { type Database, identifier, rowsOf } from "./duckdb.ts";
import { openSourceFile, reading, rowName } from "./source_file.ts";

/** Rows of cells, as text; null where a cell is empty. */
export interface FundingTable {
  readonly path: string;
  /** Without folders. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string | null>>[];
  /** What the file says of itself. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Names a row, counted from 0, for a message. */
  nameOf(row: number): Promise<string>;
}

/**
 * Opens a .csv, .parquet or .json file.
 *
 * @throws {InputError} `candle-file` or `funding-file` when it cannot be read.
 */
export async function openFundingTable(database: Database, path: string): Promise<FundingTable> {
  if (/\.json$/i.test(path)) return await openJson(path);
  const file = await openSourceFile(database, path), columns = [...file.columns.keys()];
  const cells = columns.map((column) => {
    const isTime = /^(TIMESTAMP|DATE)/.test(file.columns.get(column)!), name = identifier(column);
    return `${isTime ? `epoch_ms(${name})::varchar` : `trim(${name}::varchar)`} as ${name}`;
  });
  const rows = await reading(file, () => rowsOf(database, `select ${cells.join(", ")} from ${file.relation}`));
  return {
    path,
    name: file.name,
    columns,
    rows: rows as Record<string, string | null>[],
    metadata: file.metadata,
    nameOf: (row) => rowName(file, row),
  };
}

async function openJson(path: string): Promise<FundingTable> {
  const name = path.split("/").at(-1)!;
  let content: unknown;
  try {
    content = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    throw new InputError("funding-file", `${name} is not JSON: fetch it again, or name it by what it is`, { cause });
  }
  const found = rowsWithin(content);
  if (found === null) {
    throw new InputError("funding-file", `${name} holds no list of settlements: give what the venue's API answers`);
  }
  const rows = found.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, textOf(value)])));
  return {
    path,
    name,
    columns: [...new Set(rows.flatMap((row) => Object.keys(row)))],
    rows,
    metadata: {},
    nameOf: (row) => Promise.resolve(`settlement ${row + 1} of ${name}`),
  };
}

/** A list of objects: the answer itself (Binance, ccxt), its `data` (OKX), its `result.list` (Bybit). */
function rowsWithin(content: unknown): Record<string, unknown>[] | null {
  if (Array.isArray(content)) return content.every(isObject) ? content : null;
  if (!isObject(content)) return null;
  for (const key of ["data", "result", "list", "rates"]) {
    const rows = key in content ? rowsWithin(content[key]) : null;
    if (rows !== null) return rows;
  }
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text and numbers; what else stands in an answer is of no use here. */
function textOf(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value).trim() : null;
}
