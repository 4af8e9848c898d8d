import { isCodedError } from "../errors/mod.ts";
import { candleQuality } from "../market/mod.ts";
import { candleValues, parquet } from "./candle_values.ts";
import { everyPartition, foreignFiles, lostPartitions, type Partition } from "./catalog.ts";
import type { Database } from "./duckdb.ts";
import { fundedContracts, fundingPath, soundSettlements } from "./funding_file.ts";
import { intactSidecar, listedExchanges, listingsPath } from "./listings_file.ts";
import { damaged, foreignFile, lostFile, readSidecar, type Sidecar } from "./partition.ts";
import { digestOf, type Storage } from "./storage.ts";

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

/** A file of the lake, and a look at it that gives its rows. */
export interface LakeFile {
  readonly path: string;
  readonly holds: "candles" | "settlements" | "listings" | "nothing";
  /** @throws {CodedError} `partition-damaged` where it is not what was written. */
  readonly look: () => Promise<number>;
}

/** So many files are looked at together: one is read while another is unpacked, and a third is judged. */
const TOGETHER = 4;

/** Reads every partition again and compares it with its sidecar: digest, rows, range and quality. */
export async function checkLake(storage: Storage, database: Database): Promise<LakeCheck> {
  const issues: Issue[] = [], rows = { candles: 0, settlements: 0, listings: 0, nothing: 0 };
  const files = await lakeFiles(storage, database);
  for (let from = 0; from < files.length; from += TOGETHER) {
    const looked = files.slice(from, from + TOGETHER).map(async ({ path, holds, look }) => {
      const problem = await problemOf(async () => {
        const sound = await look();
        rows[holds] += sound;
      });
      return { path, problem };
    });
    for (const { path, problem } of await Promise.all(looked)) {
      if (problem !== null) issues.push({ partition: path.slice(storage.root.length + 1), problem });
    }
  }
  return { partitions: files.length, rows: rows.candles, settlements: rows.settlements, issues };
}

/** What is wrong with a file; null where nothing is. */
export async function problemOf(look: () => Promise<unknown>): Promise<string | null> {
  try {
    await look();
    return null;
  } catch (error) {
    if (isCodedError(error)) return error.message;
    throw error;
  }
}

/** Every file that the lake has or should have. */
export async function lakeFiles(storage: Storage, database: Database): Promise<LakeFile[]> {
  const files: LakeFile[] = [];
  for (const kind of ["candles", "mark"] as const) {
    for (const own of await everyPartition(storage, kind)) {
      files.push({ path: own.path, holds: "candles", look: () => soundRows(storage, database, own) });
    }
    for (const { path } of await lostPartitions(storage, kind)) {
      files.push({ path, holds: "candles", look: () => Promise.reject(lostFile(path)) });
    }
  }
  for (const kind of ["candles", "mark"] as const) {
    for (const path of await foreignFiles(storage, kind)) {
      files.push({ path, holds: "nothing", look: () => Promise.reject(foreignFile(path)) });
    }
  }
  for (const contract of await fundedContracts(storage)) {
    const path = fundingPath(storage.root, contract);
    files.push({ path, holds: "settlements", look: () => soundSettlements(storage, database, contract) });
  }
  for (const exchange of await listedExchanges(storage)) {
    const path = listingsPath(storage.root, exchange);
    files.push({ path, holds: "listings", look: async () => (await intactSidecar(storage, path))?.rows ?? 0 });
  }
  return files;
}

async function soundRows(storage: Storage, database: Database, { path, timeframe }: Partition): Promise<number> {
  const sidecar = await sidecarOfBytes(storage, path);
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
async function sidecarOfBytes(storage: Storage, path: string): Promise<Sidecar> {
  for (let look = 1; look <= 2; look++) { // a writer may replace the file between two reads of ours
    const sidecar = await readSidecar(storage, path);
    if (sidecar !== null && sidecar.sha256 === await digestOf(storage, path)) return sidecar;
  }
  throw damaged(path, "does not have the bytes that were written");
}
