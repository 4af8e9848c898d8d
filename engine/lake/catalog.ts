// What the lake's folders hold, as their names and sidecars tell it.
import { type CandleQuery, missingBetween } from "../market/mod.ts";
import { type Timeframe, timeframe, type TimestampMs } from "../time/mod.ts";
import { type CandleKind, lostFile, partitionFolder, partitionPath, readSidecar, type Sidecar } from "./partition.ts";
import type { Storage } from "./storage.ts";

/** The candles of one market and timeframe that the lake has. */
export interface Holding {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly rows: number;
  readonly partitions: number;
  readonly firstOpenMs: TimestampMs;
  readonly lastOpenMs: TimestampMs;
  /** Candles that are missing between the first and the last. */
  readonly missing: number;
  /** Sums over the partitions, see `CandleQuality`. */
  readonly zeroVolume: number;
  readonly inconsistent: number;
  readonly outliers: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  /** Candles that a later import replaced on purpose. */
  readonly revised: number;
}

/** A month of candles and where it lies. */
export interface Partition {
  readonly path: string;
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** All partitions, by exchange, symbol, timeframe and month. */
export async function everyPartition(storage: Storage, kind: CandleKind = "candles"): Promise<Partition[]> {
  return await partitionsBy(storage, kind, ".parquet");
}

/** Partitions of which only the sidecar is left. */
export async function lostPartitions(storage: Storage, kind: CandleKind): Promise<Partition[]> {
  const lost: Partition[] = [];
  for (const partition of await partitionsBy(storage, kind, ".json")) {
    const path = partition.path.replace(/json$/, "parquet");
    if (await storage.stamp(path) === null) lost.push({ ...partition, path });
  }
  return lost;
}

/** Files in the folders of markets that nobody of the lake has put there: other readers of the lake would take them in. */
export async function foreignFiles(storage: Storage, kind: CandleKind): Promise<string[]> {
  const foreign: string[] = [];
  for (const folder of await marketFolders(storage, kind)) {
    for (const name of await storage.names(folder.path, "")) {
      const isOwn = /^(month=\d{4}-(0[1-9]|1[0-2])\.(parquet|json|json\.pending)|fetched\.json|\..*|.*\.tmp)$/.test(
        name,
      );
      if (!isOwn) foreign.push(`${folder.path}/${name}`);
    }
  }
  return foreign;
}

interface MarketFolder extends Omit<Partition, "path"> {
  readonly path: string;
}

async function marketFolders(storage: Storage, kind: CandleKind): Promise<MarketFolder[]> {
  const found: MarketFolder[] = [];
  const candles = `${storage.root}/${kind}`, namesIn = storage.names.bind(storage);
  for (const exchange of await namesIn(candles, "exchange=")) {
    for (const symbol of await namesIn(`${candles}/${exchange}`, "symbol=")) {
      for (const length of await namesIn(`${candles}/${exchange}/${symbol}`, "timeframe=")) {
        found.push({
          path: `${candles}/${exchange}/${symbol}/${length}`,
          exchange: valueOf(exchange),
          symbol: valueOf(symbol),
          timeframe: timeframe(valueOf(length)),
        });
      }
    }
  }
  return found;
}

async function partitionsBy(storage: Storage, kind: CandleKind, ending: ".parquet" | ".json"): Promise<Partition[]> {
  const found: Partition[] = [];
  for (const folder of await marketFolders(storage, kind)) {
    for (const file of await storage.names(folder.path, "month=")) {
      if (!file.endsWith(ending) || !/^month=\d{4}-(0[1-9]|1[0-2])\.\w+$/.test(file)) continue;
      found.push({ ...folder, path: `${folder.path}/${file}` });
    }
  }
  return found;
}

/** What there is, by exchange, symbol and timeframe. */
export async function holdingsOf(storage: Storage, kind: CandleKind = "candles"): Promise<Holding[]> {
  const holdings = new Map<string, Holding>();
  for (const partition of await everyPartition(storage, kind)) {
    const sidecar = await readSidecar(storage, partition.path);
    if (sidecar === null) continue;
    const key = `${partition.exchange} ${partition.symbol} ${partition.timeframe}`;
    holdings.set(key, joined(holdings.get(key), partition, sidecar));
  }
  return [...holdings.values()];
}

/**
 * Files of the months that a query touches, oldest first.
 *
 * @throws {CodedError} `partition-damaged` when one of them is gone and only its sidecar is left: a gap that nobody made.
 */
export async function filesOf(
  storage: Storage,
  { instrument, timeframe, from, to }: CandleQuery,
  kind: CandleKind = "candles",
): Promise<string[]> {
  const key = { exchange: instrument.exchange, symbol: instrument.symbol, timeframe };
  const monthOf = (time: TimestampMs) => new Date(time).toISOString().slice(0, 7);
  const first = from === undefined ? "" : monthOf(from), last = to === undefined ? "9999-12" : monthOf(to);
  const names = await storage.names(partitionFolder(storage.root, key, kind), "month=");
  const monthsWith = (ending: string) =>
    names.filter((name) => name.endsWith(ending)).map((name) => name.slice("month=".length, -ending.length))
      .filter((month) => /^\d{4}-\d{2}$/.test(month) && month >= first && month <= last);
  const pathOf = (month: string) => partitionPath(storage.root, { ...key, month }, kind);
  const there = monthsWith(".parquet");
  for (const month of monthsWith(".json")) {
    // It may have been written between the look at the one and at the other.
    if (!there.includes(month) && await storage.stamp(pathOf(month)) === null) throw lostFile(pathOf(month));
  }
  return there.map(pathOf);
}

/** What stands behind the `=` of a folder's name. */
export function valueOf(folder: string): string {
  return decodeURIComponent(folder.slice(folder.indexOf("=") + 1));
}

function joined(before: Holding | undefined, partition: Partition, sidecar: Sidecar): Holding {
  const { quality, provenance } = sidecar;
  const { exchange, symbol, timeframe } = partition;
  const between = before ? missingBetween(before.lastOpenMs, sidecar.firstOpenMs, timeframe) : 0;
  return {
    exchange,
    symbol,
    timeframe,
    rows: (before?.rows ?? 0) + sidecar.rows,
    partitions: (before?.partitions ?? 0) + 1,
    firstOpenMs: (before?.firstOpenMs ?? sidecar.firstOpenMs) as TimestampMs,
    lastOpenMs: sidecar.lastOpenMs as TimestampMs,
    missing: (before?.missing ?? 0) + between + quality.missing,
    zeroVolume: (before?.zeroVolume ?? 0) + quality.zeroVolume,
    inconsistent: (before?.inconsistent ?? 0) + quality.inconsistent,
    outliers: (before?.outliers ?? 0) + quality.outliers,
    duplicates: (before?.duplicates ?? 0) + quality.duplicates,
    outOfOrder: (before?.outOfOrder ?? 0) + quality.outOfOrder,
    revised: provenance.reduce((sum, source) => sum + source.revised, before?.revised ?? 0),
  };
}
