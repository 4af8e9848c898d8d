// The settlements of a file, checked one by one before anything is kept.
import { InputError, isCodedError } from "../errors/mod.ts";
import { type Instrument, instrument } from "../market/mod.ts";
import { formatTimestamp } from "../time/mod.ts";
import type { Database } from "./duckdb.ts";
import { type FundingTable, openFundingTable } from "./funding_table.ts";
import {
  joinedSettlement,
  type Settlement,
  settlementInterval,
  settlementMark,
  settlementRate,
  settlementTime,
} from "./settlement.ts";
import { shortened } from "./source_file.ts";
import { nameOfPath, slashed } from "./source_name.ts";

/** Names under which files and venues keep a column, in lower case; the first that is there counts. */
const NAMES = {
  time: [
    "calc_time",
    "fundingtime",
    "funding_time",
    "fundingratetimestamp",
    "funding_rate_timestamp",
    "time",
    "timems",
    "timestamp",
    "datetime",
    "date",
  ],
  // OKX tells the rate it predicted beside the one it charged; Kraken an amount beside the share.
  rate: [
    "last_funding_rate",
    "realizedrate",
    "realized_rate",
    "relativefundingrate",
    "fundingrate",
    "funding_rate",
    "rate",
  ],
  interval: [
    "funding_interval_hours",
    "fundingintervalhours",
    "interval_hours",
    "interval_ms",
    "intervalms",
    "interval",
  ],
  markPrice: ["markprice", "mark_price"],
  symbol: ["symbol", "instid", "pair", "instrument", "contract"],
} as const;
type Column = keyof typeof NAMES;

/** How a file of funding is to be read. */
export interface FundingReadOptions {
  readonly exchange?: string;
  readonly symbol?: string;
  /** Column of each of time, rate, interval, markPrice, symbol where the names do not tell. */
  readonly map?: Readonly<Record<string, string>>;
}

/** What a file turned out to hold. */
export interface FundingFile {
  readonly table: FundingTable;
  readonly market: Instrument;
  /** In the order of time, one each. */
  readonly settlements: readonly Settlement[];
  /** Rows that told of a settlement again. */
  readonly duplicates: number;
}

/**
 * Reads the settlements of one contract from a file.
 *
 * @throws {InputError} `funding-file`, `candle-file` or `source`, naming the file, the row and the remedy.
 */
export async function readFundingFile(
  database: Database,
  path: string,
  options: FundingReadOptions,
): Promise<FundingFile> {
  const table = await openFundingTable(database, path), columns = chooseColumns(table, options.map ?? {});
  const found = new Map<number, Settlement>();
  for (const [i, row] of table.rows.entries()) {
    const settlement = await settlementOf(table, i, row, columns), { timeMs } = settlement, known = found.get(timeMs);
    const joined = known === undefined ? settlement : joinedSettlement(known, settlement);
    if (joined === null) {
      throw new InputError(
        "funding-file",
        `${await table.nameOf(i)} tells of the settlement of ${formatTimestamp(timeMs)} again, and otherwise: mend it`,
      );
    }
    found.set(timeMs, joined);
  }
  if (found.size === 0) {
    throw new InputError("funding-file", `${table.name} holds no settlements: choose another file`);
  }
  const settlements = [...found.values()].sort((a, b) => a.timeMs - b.timeMs);
  const duplicates = table.rows.length - settlements.length;
  return { table, market: await marketOf(table, columns, options), settlements, duplicates };
}

async function settlementOf(
  table: FundingTable,
  index: number,
  row: Readonly<Record<string, string | null>>,
  columns: ReadonlyMap<Column, string>,
): Promise<Settlement> {
  const cell = (column: Column) => columns.has(column) ? row[columns.get(column)!] ?? null : null;
  try {
    return {
      timeMs: settlementTime(cell("time")),
      rate: settlementRate(cell("rate")),
      intervalMs: settlementInterval(cell("interval"), columns.get("interval") ?? ""),
      markPrice: settlementMark(cell("markPrice")),
    };
  } catch (cause) {
    if (!isCodedError(cause)) throw cause;
    throw new InputError("funding-file", `${await table.nameOf(index)}: ${shortened(cause.message)}`, { cause });
  }
}

function chooseColumns(table: FundingTable, map: Readonly<Record<string, string>>): Map<Column, string> {
  const unknown = Object.keys(map).find((key) => !Object.hasOwn(NAMES, key));
  if (unknown !== undefined) {
    const known = Object.keys(NAMES).join(", ");
    throw new InputError("funding-file", `--map ${unknown}=… names none of the columns ${known}: use one of them`);
  }
  const chosen = new Map<Column, string>();
  for (const [column, names] of Object.entries(NAMES) as [Column, readonly string[]][]) {
    const stated = map[column];
    const found = stated === undefined
      ? names.map((name) => table.columns.find((own) => own.trim().toLowerCase() === name)).find((own) => own)
      : table.columns.find((own) => own === stated);
    if (found !== undefined) chosen.set(column, found);
    else if (stated !== undefined || column === "time" || column === "rate") {
      const there = shortened(table.columns.join(", "));
      throw new InputError(
        "funding-file",
        `${table.name} has no column ${stated ?? column} (it has ${there}): name it with --map ${column}=COLUMN`,
      );
    }
  }
  return chosen;
}

/** The contract of a file: as stated, else as the file says, else as its path does. */
async function marketOf(
  table: FundingTable,
  columns: ReadonlyMap<Column, string>,
  stated: FundingReadOptions,
): Promise<Instrument> {
  const told = await onlySymbol(table, columns), outside = nameOfPath(table.path), kept = nameInLake(table.path);
  const symbol = stated.symbol ?? told ?? kept.symbol ?? outside.symbol;
  const exchange = stated.exchange ?? table.metadata.exchange ?? kept.exchange ?? outside.exchange;
  const missing = Object.entries({ exchange, symbol }).filter(([, value]) => !value).map(([name]) => name);
  if (missing.length > 0) {
    throw new InputError(
      "source",
      `${table.name} does not tell its ${missing.join(" and ")}: add ${missing.map((name) => `--${name}`).join(" ")}`,
    );
  }
  // One contract has many names, so only what it is a contract of is compared.
  const base = (name: string) => name.split("/")[0]!.replace(/-PERP$/, "");
  if (told !== undefined && base(told) !== base(symbol!)) {
    throw new InputError("funding-file", `${table.name} holds funding of ${told}, not of ${symbol}: mend --symbol`);
  }
  return instrument({ exchange: exchange!, symbol: symbol! });
}

/** The symbol that the rows name, if they name one that is understood. */
async function onlySymbol(table: FundingTable, columns: ReadonlyMap<Column, string>): Promise<string | undefined> {
  const column = columns.get("symbol");
  if (column === undefined) return undefined;
  const first = table.rows[0]![column] ?? "";
  const other = table.rows.findIndex((row) => (row[column] ?? "") !== first);
  if (other < 0) return contractSymbol(first);
  throw new InputError(
    "funding-file",
    `${await table.nameOf(other)} is of ${shortened(table.rows[other]![column] ?? "nothing")}, the first of ${
      shortened(first)
    }: import one file per symbol`,
  );
}

/** `BTCUSDT`, `BTC-USDT-SWAP`, `BTC/USDT:USDT`, `BTCUSD_PERP` → `BTC/USDT` and `BTC/USD`. */
function contractSymbol(name: string): string | undefined {
  if (name.includes("/")) return name.trim().toUpperCase().replace(/^[^/:]+:/, "").split(":")[0];
  return slashed(name.replace(/[-_]SWAP$|_PERP$|(?<=-.+)-PERP$/i, "").replaceAll("_", "-"));
}

/** What the path of one of the lake's own files says. */
function nameInLake(path: string): { exchange?: string; symbol?: string } {
  const [, exchange, symbol] = /\/exchange=([^/]+)\/symbol=([^/]+)\/[^/]+$/.exec(path) ?? [];
  return exchange === undefined ? {} : { exchange: decodeURIComponent(exchange), symbol: decodeURIComponent(symbol!) };
}
