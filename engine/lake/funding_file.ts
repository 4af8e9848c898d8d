// The settlements of one contract in the lake: one Parquet file a contract, with its sidecar.
import {
  type FundingColumns,
  fundingColumns,
  type FundingRow,
  type Instrument,
  instrument,
  missingSettlements,
  settlementIntervals,
} from "../market/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { valueOf } from "./catalog.ts";
import { type Database, doubleColumns, literal } from "./duckdb.ts";
import { intactSidecar } from "./listings_file.ts";
import { damaged, type FileSidecar, lostFile, readFileSidecar, writePartition } from "./partition.ts";
import { type Provenance, withProvenance } from "./provenance.ts";
import type { Settlement } from "./settlement.ts";
import type { Storage } from "./storage.ts";

/** What stands beside a contract's settlements. */
export interface FundingSidecar extends FileSidecar {
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  /** Settlements that were due between the first and the last and are not there. */
  readonly missing: number;
}

/** The funding of one contract that the lake has. */
export interface FundingHolding {
  readonly exchange: string;
  readonly symbol: string;
  readonly settlements: number;
  readonly firstTimeMs: TimestampMs;
  readonly lastTimeMs: TimestampMs;
  readonly missing: number;
  /** Settlements that a later import replaced on purpose, or of which it told more. */
  readonly revised: number;
}

/** Path of a contract's settlements below the lake's root. */
export function fundingPath(root: string, { exchange, symbol }: Pick<Instrument, "exchange" | "symbol">): string {
  return `${root}/funding/exchange=${encodeURIComponent(exchange)}/symbol=${
    encodeURIComponent(symbol)
  }/funding.parquet`;
}

/** Contracts of which the lake has funding, sorted, and those of which only the sidecar is left. */
export async function fundedContracts(storage: Storage): Promise<Instrument[]> {
  const found: Instrument[] = [], namesIn = storage.names.bind(storage), { root } = storage;
  for (const exchange of await namesIn(`${root}/funding`, "exchange=")) {
    for (const symbol of await namesIn(`${root}/funding/${exchange}`, "symbol=")) {
      const files = await namesIn(`${root}/funding/${exchange}/${symbol}`, "funding.");
      // An import that was killed before its first file was whole leaves others.
      const isKept = files.some((name) => /\.(parquet|json)$/.test(name));
      if (isKept) found.push(instrument({ exchange: valueOf(exchange), symbol: valueOf(symbol) }));
    }
  }
  return found;
}

/** The files that there are, by exchange and symbol. */
export async function fundingFiles(storage: Storage): Promise<string[]> {
  const files: string[] = [];
  for (const contract of await fundedContracts(storage)) {
    const path = fundingPath(storage.root, contract);
    if (await storage.stamp(path) !== null) files.push(path);
  }
  return files;
}

/** What there is, by exchange and symbol. */
export async function fundingHoldings(storage: Storage): Promise<FundingHolding[]> {
  const holdings: FundingHolding[] = [];
  for (const contract of await fundedContracts(storage)) {
    const sidecar = await readFundingSidecar(storage, fundingPath(storage.root, contract));
    if (sidecar === null) continue;
    holdings.push({
      exchange: contract.exchange,
      symbol: contract.symbol,
      settlements: sidecar.rows,
      firstTimeMs: sidecar.firstTimeMs as TimestampMs,
      lastTimeMs: sidecar.lastTimeMs as TimestampMs,
      missing: sidecar.missing,
      revised: sidecar.provenance.reduce((sum, { revised }) => sum + revised, 0),
    });
  }
  return holdings;
}

/** The sidecar of a contract's settlements; null where there are none. */
async function readFundingSidecar(storage: Storage, path: string): Promise<FundingSidecar | null> {
  const sidecar = await readFileSidecar(storage, path) as FundingSidecar | null;
  if (sidecar === null || [sidecar.firstTimeMs, sidecar.lastTimeMs, sidecar.missing].every(Number.isSafeInteger)) {
    return sidecar;
  }
  throw damaged(path, "has a sidecar that cannot be read");
}

/**
 * The settlements of a contract, oldest first; none where the lake has none.
 *
 * @throws {CodedError} `partition-damaged` when the file is not what was written.
 */
export async function readSettlements(
  storage: Storage,
  database: Database,
  market: Instrument,
): Promise<Settlement[]> {
  const path = fundingPath(storage.root, market);
  if (await intactSidecar(storage, path) === null) return [];
  const nan = "'nan'::double";
  const [timeMs, rate, intervalMs, markPrice] = await doubleColumns(
    database,
    `select epoch_ms(time)::double, rate, coalesce(interval_ms::double, ${nan}), coalesce(mark_price, ${nan})
     from read_parquet(${literal(path)}, hive_partitioning = false) order by time`,
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const told = (value: number) => value === value ? value : null;
  return Array.from(timeMs, (time, i) => ({
    timeMs: time as TimestampMs,
    rate: rate[i]!,
    intervalMs: told(intervalMs[i]!),
    markPrice: told(markPrice[i]!),
  }));
}

/** Replaces the settlements of a contract as a whole, for the only writer. */
export async function writeSettlements(
  storage: Storage,
  database: Database,
  market: Instrument,
  settlements: readonly Settlement[],
  provenance: Provenance,
): Promise<void> {
  const path = fundingPath(storage.root, market), before = await readFileSidecar(storage, path);
  await database.connection.run(
    "create or replace temp table settlements (ms double, rate double, interval_ms double, mark_price double)",
  );
  const appender = await database.connection.createAppender("settlements", "main", "temp");
  for (const { timeMs, rate, intervalMs, markPrice } of settlements) {
    appender.appendDouble(timeMs);
    appender.appendDouble(rate);
    for (const told of [intervalMs, markPrice]) told === null ? appender.appendNull() : appender.appendDouble(told);
    appender.endRow();
  }
  appender.closeSync();
  const select = `select make_timestamp_ms(ms::bigint) as time, rate, interval_ms::bigint as interval_ms, mark_price
    from settlements order by ms`;
  await writePartition<FundingSidecar>(storage, database, path, select, {
    ...factsOf(market, settlements),
    provenance: withProvenance(before?.provenance ?? [], provenance),
  });
}

/** What a sidecar says of settlements. */
function factsOf(
  market: Instrument,
  settlements: readonly Settlement[],
): Omit<FundingSidecar, "sha256" | "provenance"> {
  const firstTimeMs = settlements[0]!.timeMs, lastTimeMs = settlements.at(-1)!.timeMs;
  return {
    rows: settlements.length,
    firstTimeMs,
    lastTimeMs,
    missing: missingSettlements(fundingOf(market, settlements), firstTimeMs, lastTimeMs).length,
  };
}

/** Settlements as a run uses them. */
export function fundingOf(market: Instrument, settlements: readonly Settlement[]): FundingColumns {
  const shown = settlementIntervals(Float64Array.from(settlements, ({ timeMs }) => timeMs));
  return fundingColumns(
    market,
    settlements.map(({ timeMs, rate, markPrice }, i): FundingRow => ({
      timeMs,
      rate,
      intervalMs: intervalAfter(settlements, i) ?? shown[i]!,
      ...(markPrice === null ? {} : { markPrice }),
    })),
  );
}

/**
 * The interval after a settlement as its source states it. Where the interval changes, sources differ in which of the two
 * steps a row tells of, so a step that is as long as either of its ends says has nothing missing in it.
 */
function intervalAfter(settlements: readonly Settlement[], i: number): number | null {
  const { timeMs, intervalMs } = settlements[i]!, next = settlements[i + 1];
  const isNext = next !== undefined && next.intervalMs === next.timeMs - timeMs;
  return intervalMs !== null && isNext ? next.intervalMs : intervalMs;
}

/** How many settlements of a contract there are. @throws {CodedError} `partition-damaged` unless its sidecar says the same. */
export async function soundSettlements(storage: Storage, database: Database, market: Instrument): Promise<number> {
  const path = fundingPath(storage.root, market), sidecar = await intactSidecar(storage, path);
  if (sidecar === null) throw lostFile(path);
  const settlements = await readSettlements(storage, database, market), { sha256, provenance } = sidecar;
  const found = settlements.length === 0 ? null : { sha256, ...factsOf(market, settlements), provenance };
  if (JSON.stringify(found) !== JSON.stringify(sidecar)) throw damaged(path, "does not hold what its sidecar says");
  return settlements.length;
}
