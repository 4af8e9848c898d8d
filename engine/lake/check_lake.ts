import { isCodedError } from "../errors/mod.ts";
import { candleQuality } from "../market/mod.ts";
import { sha256OfFile } from "./atomic_file.ts";
import { candleValues, parquet } from "./candle_values.ts";
import { everyPartition, lostPartitions, type Partition } from "./catalog.ts";
import type { Database } from "./duckdb.ts";
import { fundedContracts, fundingPath, soundSettlements } from "./funding_file.ts";
import { intactSidecar, listedExchanges, listingsPath } from "./listings_file.ts";
import { damaged, lostFile, readSidecar, type Sidecar } from "./partition.ts";

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
  /** Candles, those of mark prices too, in the partitions that are sound. */
  readonly rows: number;
  /** Settlements of funding in the files that are sound. */
  readonly settlements: number;
  readonly issues: readonly Issue[];
}

/** Reads every partition again and compares it with its sidecar: digest, rows, range and quality. */
export async function checkLake(database: Database, root: string): Promise<LakeCheck> {
  const issues: Issue[] = [];
  let partitions = 0;
  /** What a look at a file comes to; 0 where it is damaged. */
  const look = async (path: string, sound: () => Promise<number>): Promise<number> => {
    partitions++;
    try {
      return await sound();
    } catch (error) {
      if (!isCodedError(error)) throw error;
      issues.push({ partition: path.slice(root.length + 1), problem: error.message });
      return 0;
    }
  };
  let rows = 0, settlements = 0;
  for (const kind of ["candles", "mark"] as const) {
    for (const own of await everyPartition(root, kind)) rows += await look(own.path, () => soundRows(database, own));
    for (const { path } of await lostPartitions(root, kind)) await look(path, () => Promise.reject(lostFile(path)));
  }
  for (const contract of await fundedContracts(root)) {
    settlements += await look(fundingPath(root, contract), () => soundSettlements(database, root, contract));
  }
  for (const exchange of await listedExchanges(root)) {
    const path = listingsPath(root, exchange);
    await look(path, async () => (await intactSidecar(path))?.rows ?? 0);
  }
  return { partitions, rows, settlements, issues };
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
