// A file of candles as somebody else wrote it: read, understood, and checked before anything is kept.
import { InputError } from "../errors/mod.ts";
import { VALUE_COLUMNS } from "../market/mod.ts";
import { barOpen, formatTimestamp, type Timeframe, type TimestampMs } from "../time/mod.ts";
import { type Database, doubleLists, identifier, literal, rowsOf } from "./duckdb.ts";

/** Names under which files keep a column, in lower case; the first that is there counts. */
const NAMES: Record<string, readonly string[]> = {
  time: ["open_time", "opentime", "opentimems", "open time", "time", "timestamp", "datetime", "date", "unix"],
  open: ["open"],
  high: ["high"],
  low: ["low"],
  close: ["close"],
  volume: ["volume", "vol", "volume_base", "base_volume"],
};
/** Columns that name the market: a file holds one. */
const SYMBOL_NAMES = ["symbol", "pair", "ticker", "instrument"];
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

/** How a file is to be read. */
export interface ReadOptions {
  /** Column of each of time, open, high, low, close, volume where the names do not tell. */
  readonly map?: Readonly<Record<string, string>>;
  /** Accept rows that go back in time, and count them. */
  readonly sort?: boolean;
}

/** What was found on the way. */
export interface ReadCounts {
  readonly rows: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
}

/** Name of the temporary table that holds the checked candles: `open_time` and the five values, sorted, once each. */
export const INCOMING = "incoming";

/**
 * Reads a Parquet or CSV file into the table {@linkcode INCOMING}.
 *
 * @throws {InputError} `candle-file` for whatever keeps it from being candles: nothing has been written by then.
 */
export async function readCandleFile(
  database: Database,
  path: string,
  timeframe: Timeframe,
  options: ReadOptions = {},
): Promise<ReadCounts> {
  const { source, columns } = await openSource(database, path);
  const name = path.split("/").at(-1)!;
  const chosen = chooseColumns(name, columns, options.map ?? {});
  await refuseSeveralSymbols(database, name, source, columns);
  const cell = (column: string) => `coalesce(try_cast(${identifier(column)} as double), 'nan'::double)`;
  await database.connection.run(
    `create or replace temp table raw as select row_number() over () as row, ${timeSql(columns, chosen.time!)} as ms,
     ${VALUE_COLUMNS.map((column) => `${cell(chosen[column]!)} as ${column}`).join(", ")} from ${source}`,
  );
  const [ms, ...values] = await doubleLists(
    database,
    `select list(ms order by row), ${
      VALUE_COLUMNS.map((column) => `list(${column} order by row)`).join(", ")
    } from raw`,
  );
  if (ms!.length === 0) throw new InputError("candle-file", `${name} holds no candles: choose another file`);
  const [open, high, low, close] = values as [Float64Array, Float64Array, Float64Array, Float64Array];
  const text = async (row: number, column: string) => {
    const [found] = await rowsOf(
      database,
      `select ${
        identifier(column)
      }::varchar as cell from (select *, row_number() over () as row from ${source}) where row = ${row + 1}`,
    );
    return String(found?.cell ?? "nothing");
  };
  let outOfOrder = 0, latest = -Infinity;
  for (let row = 0; row < ms!.length; row++) {
    const time = ms![row]!;
    if (!Number.isFinite(time)) {
      throw new InputError(
        "candle-file",
        `row ${row + 1} of ${name}: "${await text(
          row,
          chosen.time!,
        )}" in column ${chosen.time} is not a time: mend the file`,
      );
    }
    for (let i = 0; i < values.length; i++) {
      const value = values[i]![row]!, least = VALUE_COLUMNS[i] === "volume" ? 0 : Number.MIN_VALUE;
      if (value >= least && value < Infinity) continue;
      const column = chosen[VALUE_COLUMNS[i]!]!;
      const wanted = least === 0 ? "a number from 0 up" : "a number above 0";
      throw new InputError(
        "candle-file",
        `row ${row + 1} of ${name}: "${await text(row, column)}" in column ${column} is not ${wanted}: mend the file`,
      );
    }
    const at = () => `row ${row + 1} of ${name} (${formatTimestamp(time as TimestampMs)})`;
    if (low[row]! > Math.min(open[row]!, close[row]!) || high[row]! < Math.max(open[row]!, close[row]!)) {
      throw new InputError(
        "candle-file",
        `${at()}: open and close do not lie between low and high: check the columns or mend the file`,
      );
    }
    if (barOpen(timeframe, time as TimestampMs) !== time) {
      throw new InputError("candle-file", `${at()} does not begin a ${timeframe} candle: state the right --timeframe`);
    }
    if (time > latest) latest = time;
    else if (row > 0 && time === ms![row - 1] && values.every((column) => column[row] === column[row - 1])) continue;
    else if (options.sort) outOfOrder++;
    else if (time === ms![row - 1]) {
      throw new InputError("candle-file", `${at()} repeats the candle before with other values: mend the file`);
    } else throw new InputError("candle-file", `${at()} goes back in time: mend the file, or sort it with --sort`);
  }
  await database.connection.run(
    `create or replace temp table ${INCOMING} as select distinct make_timestamp((ms * 1000)::bigint) as open_time, open, high, low, close, volume
     from raw order by open_time`,
  );
  const [repeated] = await rowsOf(
    database,
    `select epoch_ms(open_time)::double as ms from ${INCOMING} group by open_time having count(*) > 1 order by open_time limit 1`,
  );
  if (repeated) {
    throw new InputError(
      "candle-file",
      `${name} holds the candle of ${
        formatTimestamp(repeated.ms as TimestampMs)
      } twice with different values: mend the file`,
    );
  }
  const [kept] = await rowsOf(database, `select count(*)::double as rows from ${INCOMING}`);
  return { rows: ms!.length, duplicates: ms!.length - Number(kept!.rows), outOfOrder };
}

interface Source {
  /** SQL of the rows as they stand in the file. */
  readonly source: string;
  readonly columns: ReadonlyMap<string, string>;
}

/** A file as a relation, with its columns and their types. */
async function openSource(database: Database, path: string): Promise<Source> {
  const name = path.split("/").at(-1)!;
  const sql = /\.parquet$/i.test(path) ? `read_parquet(${literal(path)})` : await csvSource(path, name);
  try {
    const described = await rowsOf(database, `describe select * from ${sql}`);
    return {
      source: sql,
      columns: new Map(described.map((row) => [String(row.column_name), String(row.column_type)])),
    };
  } catch (cause) {
    throw new InputError(
      "candle-file",
      `${name} cannot be read: it is damaged, cut off or of another kind; fetch it again`,
      { cause },
    );
  }
}

async function csvSource(path: string, name: string): Promise<string> {
  if (!/\.csv$/i.test(path)) {
    throw new InputError("candle-file", `${name} is neither .parquet nor .csv: convert it first`);
  }
  const first = (await Deno.readTextFile(path)).split(/\r?\n/, 1)[0]!;
  const cells = first.split(",");
  const options = "all_varchar = true, null_padding = false, strict_mode = true";
  if (cells.length === ARCHIVE.length && cells.every((cell) => cell.trim() !== "" && Number.isFinite(Number(cell)))) {
    return `read_csv(${literal(path)}, header = false, delim = ',', names = [${
      ARCHIVE.map(literal).join(", ")
    }], ${options})`;
  }
  return `read_csv(${literal(path)}, header = true, ${options})`;
}

function chooseColumns(
  file: string,
  columns: ReadonlyMap<string, string>,
  map: Readonly<Record<string, string>>,
): Record<string, string> {
  const there = [...columns.keys()];
  for (const key of Object.keys(map)) {
    if (!Object.hasOwn(NAMES, key)) {
      throw new InputError(
        "candle-file",
        `--map ${key}=… makes no sense: the columns are ${Object.keys(NAMES).join(", ")}`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(NAMES).map(([wanted, names]) => {
      const stated = map[wanted];
      const found = stated === undefined
        ? names.map((name) => there.find((column) => column.trim().toLowerCase() === name)).find((column) =>
          column !== undefined
        )
        : there.find((column) => column === stated);
      if (found !== undefined) return [wanted, found];
      throw new InputError(
        "candle-file",
        `${file} has no column ${stated ?? wanted} (it has ${there.join(", ")}): name it with --map ${wanted}=COLUMN`,
      );
    }),
  );
}

async function refuseSeveralSymbols(
  database: Database,
  file: string,
  source: string,
  columns: ReadonlyMap<string, string>,
): Promise<void> {
  const column = [...columns.keys()].find((name) => SYMBOL_NAMES.includes(name.toLowerCase()));
  if (!column) return;
  const found = await rowsOf(
    database,
    `select distinct ${identifier(column)}::varchar as name from ${source} order by name limit 3`,
  );
  if (found.length < 2) return;
  throw new InputError(
    "candle-file",
    `${file} holds candles of ${found.map(({ name }) => name).join(" and ")}: import one file per symbol`,
  );
}

/**
 * Milliseconds since 1970 as double, NaN where the cell is no time. Numbers are told apart by size: seconds below 10^11,
 * milliseconds below 10^14, microseconds above.
 */
function timeSql(columns: ReadonlyMap<string, string>, column: string): string {
  const name = identifier(column);
  if (/^(TIMESTAMP|DATE)/.test(columns.get(column)!)) return `(epoch_us(${name}::timestamp) / 1000)::double`;
  const number = `try_cast(${name} as double)`;
  const moment = `(epoch_us(try_cast(${name}::varchar as timestamp)) / 1000)::double`;
  return `coalesce(case when ${number} is null then ${moment} when abs(${number}) < 1e11 then ${number} * 1000
    when abs(${number}) < 1e14 then ${number} else ${number} / 1000 end, 'nan'::double)`;
}
