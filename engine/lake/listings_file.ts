// When markets of one exchange were listed, delisted and renamed: one Parquet file an exchange, with its sidecar.
import type { TimestampMs } from "../time/mod.ts";
import { type Database, literal, rowsOf } from "./duckdb.ts";
import { damaged, type FileSidecar, readFileSidecar, settlePartition, writePartition } from "./partition.ts";
import { type Provenance, withProvenance } from "./provenance.ts";
import { digestOf, type Storage } from "./storage.ts";

/** The life of a market at its exchange; null where it is not known, or has not ended. */
export interface ListedMarket {
  readonly exchange: string;
  readonly symbol: string;
  readonly listedAtMs: TimestampMs | null;
  readonly delistedAtMs: TimestampMs | null;
  /** Symbol under which it went on. */
  readonly renamedTo: string | null;
}

const COLUMNS = "symbol varchar, listed_at timestamp, delisted_at timestamp, renamed_to varchar";

/** Path of an exchange's listings below the lake's root. */
export function listingsPath(root: string, exchange: string): string {
  return `${root}/listings/exchange=${encodeURIComponent(exchange)}.parquet`;
}

/** Exchanges of which the lake has listings, sorted. */
export async function listedExchanges(storage: Storage): Promise<string[]> {
  const found: string[] = [];
  for (const name of await storage.names(`${storage.root}/listings`, "exchange=")) {
    const exchange = /^exchange=(.+)\.parquet$/.exec(name)?.[1];
    if (exchange !== undefined) found.push(decodeURIComponent(exchange));
  }
  return found.sort();
}

/**
 * The listings of an exchange, by symbol; none where the lake has none.
 *
 * @throws {CodedError} `partition-damaged` when the file is not what was written.
 */
export async function readListings(storage: Storage, database: Database, exchange: string): Promise<ListedMarket[]> {
  const path = listingsPath(storage.root, exchange);
  if (await intactSidecar(storage, path) === null) return [];
  const rows = await rowsOf(
    database,
    `select symbol, epoch_ms(listed_at)::double as listed, epoch_ms(delisted_at)::double as delisted, renamed_to
     from read_parquet(${literal(path)}, hive_partitioning = false) order by symbol`,
  );
  return rows.map(({ symbol, listed, delisted, renamed_to }) => ({
    exchange,
    symbol: symbol as string,
    listedAtMs: listed as TimestampMs | null,
    delistedAtMs: delisted as TimestampMs | null,
    renamedTo: renamed_to as string | null,
  }));
}

/** Replaces the listings of an exchange as a whole, for the only writer. */
export async function writeListings(
  storage: Storage,
  database: Database,
  exchange: string,
  listings: readonly ListedMarket[],
  provenance: Provenance,
): Promise<void> {
  const path = listingsPath(storage.root, exchange);
  await settlePartition(storage, path);
  const before = await readFileSidecar(storage, path);
  const time = (ms: TimestampMs | null) => ms === null ? "null" : `make_timestamp_ms(${ms})`;
  const text = (value: string | null) => value === null ? "null" : literal(value);
  await database.connection.run(`create or replace temp table listings (${COLUMNS})`);
  for (const own of listings) {
    await database.connection.run(
      `insert into listings values (${text(own.symbol)}, ${time(own.listedAtMs)}, ${time(own.delistedAtMs)}, ${
        text(own.renamedTo)
      })`,
    );
  }
  await writePartition<FileSidecar>(storage, database, path, "from listings order by symbol", {
    rows: listings.length,
    provenance: withProvenance(before?.provenance ?? [], provenance),
  });
}

/** The sidecar of an exchange's listings, whose bytes are what was written; null where there are none. */
export async function intactSidecar(storage: Storage, path: string): Promise<FileSidecar | null> {
  for (let look = 1; look <= 2; look++) { // a writer may replace the file between two reads of ours
    const sidecar = await readFileSidecar(storage, path);
    if (sidecar === null || sidecar.sha256 === await digestOf(storage, path)) return sidecar;
  }
  throw damaged(path, "does not have the bytes that were written");
}
