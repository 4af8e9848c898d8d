// The candles of a file, checked row by row before anything is kept.
import { InputError } from "../errors/mod.ts";
import { isConsistent, VALUE_COLUMNS, type ValueColumn } from "../market/mod.ts";
import { barOpen, formatTimestamp, type TimestampMs } from "../time/mod.ts";
import { type Database, doubleColumns, identifier, rowsOf } from "./duckdb.ts";
import { gridOf } from "./grid.ts";
import type { CandleKind } from "./partition.ts";
import { cellText, openSourceFile, reading, rowName, shortened, type SourceFile } from "./source_file.ts";
import { slashed, type SourceName, sourceName, type StatedSource } from "./source_name.ts";

/** Names under which files keep a column, in lower case; the first that is there counts. */
const NAMES: Record<"time" | ValueColumn, readonly string[]> = {
  time: [
    "open_time",
    "opentime",
    "opentimems",
    "open time",
    "time",
    "timestamp",
    "unix",
    "unix timestamp",
    "datetime",
    "date",
  ],
  open: ["open"],
  high: ["high"],
  low: ["low"],
  close: ["close"],
  volume: ["volume", "vol", "volume_base", "base_volume"],
};
/** Columns that name the market: a file holds one. */
const SYMBOL_NAMES = ["symbol", "pair", "ticker", "instrument"];

/** How a file is to be read. */
export interface ReadOptions extends StatedSource {
  /** What its prices are of, trades unless stated. The mark price has no volume: without such a column it is 0. */
  readonly kind?: CandleKind;
  /** Column of each of time, open, high, low, close, volume where the names do not tell. */
  readonly map?: Readonly<Record<string, string>>;
  /** Accept rows that go back in time, and count them. */
  readonly sort?: boolean;
}

/** What a file turned out to hold. */
export interface CandleFile {
  readonly file: SourceFile;
  readonly name: SourceName;
  readonly rows: number;
  /** Rows whose open or close does not lie between low and high: kept as they are. */
  readonly inconsistent: number;
  /** Rows that went back in time, by the month (`2024-01`) of their candle. */
  readonly outOfOrder: ReadonlyMap<string, number>;
}

/** Temporary table of the checked candles, sorted and once each: `open_time`, the five values, and how many `copies` there were. */
export const INCOMING = "incoming";

/** Open times and the five values, row by row as the file has them; NaN where a cell is no time or no number. */
type Rows = Readonly<Record<"time" | ValueColumn, Float64Array>>;
/** Null where a column is not needed and not there. */
type Chosen = Readonly<Record<"time" | Exclude<ValueColumn, "volume">, string>> & { readonly volume: string | null };

/**
 * Reads a Parquet, Feather or CSV file into the table {@linkcode INCOMING}.
 *
 * @param origin The archive, where the file was unpacked from one: its name tells what is in it.
 * @throws {InputError} `candle-file` or `source` for whatever keeps it from being candles: nothing has been written by then.
 */
export async function readCandleFile(
  database: Database,
  path: string,
  options: ReadOptions,
  origin = path,
): Promise<CandleFile> {
  const file = await openSourceFile(database, path, origin);
  const chosen = chooseColumns(file, options);
  const rows = await readRows(database, file, chosen);
  const symbol = await onlySymbol(database, file);
  const grid = gridOf(rows.time);
  const name = sourceName(origin, options, { ...file.metadata, ...(symbol ? { symbol } : {}) }, grid);
  if (symbol && slashed(symbol) !== name.symbol) {
    throw new InputError(
      "candle-file",
      `${file.name} holds candles of ${symbol}, not of ${name.symbol}: mend --symbol`,
    );
  }
  if (options.map?.volume === undefined) refuseOtherVolume(file, name, chosen);
  const at = async (row: number) => `${await rowName(file, row)} (${formatTimestamp(rows.time[row]! as TimestampMs)})`;
  const offGrid = rows.time.findIndex((time) => barOpen(name.timeframe, time as TimestampMs) !== time);
  if (offGrid >= 0) {
    throw new InputError(
      "candle-file",
      `${await at(offGrid)} does not begin a ${name.timeframe} candle: state ${
        grid === undefined ? "the right --timeframe" : `--timeframe ${grid}`
      }`,
    );
  }
  const { open, high, low, close } = rows;
  const inconsistent = open.reduce(
    (count, _, i) => isConsistent(open[i]!, high[i]!, low[i]!, close[i]!) ? count : count + 1,
    0,
  );
  const outOfOrder = new Map<string, number>();
  for (const row of rowsBackInTime(rows)) {
    if (!options.sort) throw new InputError("candle-file", await disorder(await at(row), rows, row));
    const month = formatTimestamp(rows.time[row]! as TimestampMs).slice(0, 7);
    outOfOrder.set(month, (outOfOrder.get(month) ?? 0) + 1);
  }
  await makeIncoming(database, file);
  return { file, name, rows: rows.time.length, inconsistent, outOfOrder };
}

/** Reads the whole file as numbers, and makes sure that they are. */
async function readRows(database: Database, file: SourceFile, chosen: Chosen): Promise<Rows> {
  const values = VALUE_COLUMNS.map((column) => {
    const name = chosen[column];
    return name === null
      ? `0::double as ${column}`
      : `coalesce(try_cast(${identifier(name)} as double), 'nan'::double) as ${column}`;
  });
  await reading(file, () =>
    database.connection.run(
      `create or replace temp table raw as select ${timeSql(file, chosen.time)} as ms, ${
        values.join(", ")
      } from ${file.relation}`,
    ));
  const [time, open, high, low, close, volume] = await doubleColumns(database, "from raw");
  const rows = { time: time!, open: open!, high: high!, low: low!, close: close!, volume: volume! };
  if (rows.time.length === 0) throw new InputError("candle-file", `${file.name} holds no candles: choose another file`);
  for (const column of ["time", ...VALUE_COLUMNS] as const) {
    const { test, wanted } = EXPECTED[column];
    const row = rows[column].findIndex((value) => !test(value));
    if (row < 0) continue;
    const cell = await cellText(database, file, row, chosen[column]!);
    throw new InputError(
      "candle-file",
      `${await rowName(file, row)}: "${cell}" in column ${chosen[column]} is not ${wanted}: mend the file`,
    );
  }
  return rows;
}

const YEAR_10000_MS = 253_402_300_800_000;
const isTime = { test: (value: number) => value >= 0 && value < YEAR_10000_MS, wanted: "a time" };
export const isPrice = { test: (value: number) => value > 0 && value < Infinity, wanted: "a number above 0" };
export const isVolume = { test: (value: number) => value >= 0 && value < Infinity, wanted: "a number from 0 up" };
const EXPECTED = { time: isTime, open: isPrice, high: isPrice, low: isPrice, close: isPrice, volume: isVolume };

/**
 * Rows that are not later than all before them; a row that repeats the one before exactly is merged with it instead. A
 * file that begins with its newest candle is looked at from its end.
 */
function* rowsBackInTime(rows: Rows): Generator<number> {
  const { length } = rows.time, step = isNewestFirst(rows) ? -1 : 1;
  let latest = -Infinity;
  for (let row = step > 0 ? 0 : length - 1; row >= 0 && row < length; row += step) {
    const time = rows.time[row]!, before = row - step;
    if (time > latest) latest = time;
    else if (time !== rows.time[before] || VALUE_COLUMNS.some((name) => rows[name][row] !== rows[name][before])) {
      yield row;
    }
  }
}

function isNewestFirst({ time }: Rows): boolean {
  return time[0]! > time.at(-1)!;
}

function disorder(at: string, rows: Rows, row: number): string {
  const isDescending = isNewestFirst(rows);
  if (rows.time[row] === rows.time[isDescending ? row + 1 : row - 1]) {
    return `${at} repeats the candle ${isDescending ? "below" : "before"} with other values: mend the file`;
  }
  const order = isDescending ? "is older than a later row of a file that begins with the newest" : "goes back in time";
  return `${at} ${order}: mend the file, or sort it with --sort`;
}

async function makeIncoming(database: Database, { name }: SourceFile): Promise<void> {
  await database.connection.run(
    `create or replace temp table ${INCOMING} as select make_timestamp((ms * 1000)::bigint) as open_time,
       ${VALUE_COLUMNS.join(", ")}, count(*) as copies from raw group by all order by open_time`,
  );
  const [repeated] = await rowsOf(
    database,
    `select epoch_ms(open_time)::double as ms from ${INCOMING} group by open_time having count(*) > 1 order by open_time limit 1`,
  );
  if (!repeated) return;
  const time = formatTimestamp(repeated.ms as TimestampMs);
  throw new InputError("candle-file", `${name} holds the candle of ${time} twice with other values: mend the file`);
}

function chooseColumns(file: SourceFile, { map = {}, kind }: ReadOptions): Chosen {
  const there = [...file.columns.keys()];
  const unknown = Object.keys(map).find((key) => !Object.hasOwn(NAMES, key));
  if (unknown !== undefined) {
    const known = Object.keys(NAMES).join(", ");
    throw new InputError("candle-file", `--map ${unknown}=… names none of the columns ${known}: use one of them`);
  }
  const find = (names: readonly string[]) =>
    names.map((name) => there.find((column) => column.trim().toLowerCase() === name)).find((column) => column);
  return Object.fromEntries(
    Object.entries(NAMES).map(([wanted, names]) => {
      const stated = map[wanted];
      const found = stated !== undefined
        ? there.find((column) => column === stated)
        : find(names) ?? (wanted === "volume" ? there.find((column) => VOLUME_OF.test(column.trim())) : undefined);
      if (found !== undefined) return [wanted, found];
      if (kind === "mark" && wanted === "volume" && stated === undefined) return [wanted, null];
      throw new InputError(
        "candle-file",
        `${file.name} has no column ${stated ?? wanted} (it has ${
          shortened(there.join(", "))
        }): name it with --map ${wanted}=COLUMN`,
      );
    }),
  ) as Chosen;
}

/** `Volume BTC`, beside `Volume USDT`: CryptoDataDownload says in the name what is counted, that of the base first. */
const VOLUME_OF = /^volume (.+)$/i;

/** Refuses a volume that is counted in another asset than the market's base. */
function refuseOtherVolume({ name: file }: SourceFile, { symbol }: SourceName, { volume }: Chosen): void {
  const asset = VOLUME_OF.exec(volume?.trim() ?? "")?.[1]?.toUpperCase(), base = symbol.split("/")[0];
  if (asset === undefined || asset === "BASE" || asset === base) return;
  throw new InputError(
    "candle-file",
    `${file} counts its volume in ${asset}, and that of ${symbol} is counted in ${base}: mend --symbol, or name the ` +
      "column with --map volume=COLUMN",
  );
}

/** The symbol that a column of the file names, if there is such a column. */
async function onlySymbol(database: Database, file: SourceFile): Promise<string | undefined> {
  const column = [...file.columns.keys()].find((name) => SYMBOL_NAMES.includes(name.trim().toLowerCase()));
  if (!column) return undefined;
  const found = await rowsOf(
    database,
    `select distinct ${identifier(column)}::varchar as name from ${file.relation} where name is not null order by name`,
  );
  if (found.length < 2) return found[0]?.name as string | undefined;
  const names = shortened(found.slice(0, 3).map(({ name }) => name).join(" and "));
  throw new InputError("candle-file", `${file.name} holds candles of ${names}: import one file per symbol`);
}

/**
 * Milliseconds since 1970 as double, NaN where the cell is no time. Numbers are told apart by size: seconds below 10^11,
 * milliseconds below 10^14, microseconds below 10^17, nanoseconds above. Text is ISO 8601, UTC unless it states an offset.
 */
function timeSql(file: SourceFile, column: string): string {
  const name = identifier(column);
  if (/^(TIMESTAMP|DATE)/.test(file.columns.get(column)!)) {
    return `coalesce((epoch_us(${name}::timestamp) / 1000)::double, 'nan'::double)`;
  }
  const number = `try_cast(${name} as double)`;
  // A cast to plain timestamp would drop the offset.
  const moment = `(epoch_us(try_cast(${name}::varchar as timestamptz)) / 1000)::double`;
  return `coalesce(case when ${number} is null then ${moment} when abs(${number}) < 1e11 then ${number} * 1000
    when abs(${number}) < 1e14 then ${number} when abs(${number}) < 1e17 then ${number} / 1000
    else round(${number} / 1e6) end, 'nan'::double)`;
}
