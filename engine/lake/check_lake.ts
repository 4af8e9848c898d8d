import { isCodedError } from "../errors/mod.ts";
import { candleQuality } from "../market/mod.ts";
import { sha256OfFile } from "./atomic_file.ts";
import { candleValues, parquet } from "./candle_values.ts";
import { everyPartition, lostPartitions, type Partition } from "./catalog.ts";
import type { Database } from "./duckdb.ts";
import { intactSidecar, listedExchanges, listingsPath } from "./listings_file.ts";
import { damaged, readSidecar, type Sidecar } from "./partition.ts";

/** Something wrong with a partition. */
export interface Issue {
  /** Path below the lake's folder. */
  readonly partition: string;
  /** What is wrong and what mends it. */
  readonly problem: string;
}

/** What a check of the lake came to. */
export interface LakeCheck {
  readonly partitions: number;
  /** Candles in the partitions that are sound. */
  readonly rows: number;
  readonly issues: readonly Issue[];
}

/** Reads every partition again and compares it with its sidecar: digest, rows, range and quality. */
export async function checkLake(database: Database, root: string): Promise<LakeCheck> {
  const partitions = await everyPartition(root);
  const issues: Issue[] = [];
  let rows = 0;
  for (const partition of partitions) {
    try {
      rows += await soundRows(database, partition);
    } catch (error) {
      if (!isCodedError(error)) throw error;
      issues.push({ partition: partition.path.slice(root.length + 1), problem: error.message });
    }
  }
  const lost = await lostPartitions(root);
  for (const { path } of lost) {
    const problem = `${path} is gone, though its sidecar is there: import its source again`;
    issues.push({ partition: path.slice(root.length + 1), problem });
  }
  const exchanges = await listedExchanges(root);
  for (const exchange of exchanges) {
    const path = listingsPath(root, exchange);
    try {
      await intactSidecar(path);
    } catch (error) {
      if (!isCodedError(error)) throw error;
      issues.push({ partition: path.slice(root.length + 1), problem: error.message });
    }
  }
  return { partitions: partitions.length + lost.length + exchanges.length, rows, issues };
}

async function soundRows(database: Database, { path, timeframe }: Partition): Promise<number> {
  const sidecar = await sidecarOfBytes(path);
  const candles = await candleValues(database, parquet([path]));
  const { duplicates, outOfOrder } = sidecar.quality;
  const found = {
    ...sidecar,
    rows: candles.openTimeMs.length,
    firstOpenMs: candles.openTimeMs[0],
    lastOpenMs: candles.openTimeMs.at(-1),
    quality: candleQuality(candles, timeframe, { duplicates, outOfOrder }),
  };
  if (JSON.stringify(found) !== JSON.stringify(sidecar)) throw damaged(path, "does not hold what its sidecar says");
  return sidecar.rows;
}

/** The sidecar that has the digest of the file's bytes. */
async function sidecarOfBytes(path: string): Promise<Sidecar> {
  for (let look = 1; look <= 2; look++) { // a writer may replace the file between two reads of ours
    const sidecar = await readSidecar(path);
    if (sidecar?.sha256 === await sha256OfFile(path)) return sidecar;
  }
  throw damaged(path, "does not have the bytes that were written");
}
