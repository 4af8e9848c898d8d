// One month of candles of one market and timeframe: a Parquet file and a sidecar that says what is in it.
import { CodedError } from "../errors/mod.ts";
import type { CandleQuality } from "../market/mod.ts";
import { exists, moveInto, replaceFile, sha256OfFile, syncPath, TEMPORARY } from "./atomic_file.ts";
import { type Database, literal } from "./duckdb.ts";

/** What identifies a partition. */
export interface PartitionKey {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: string;
  /** `2024-01`, UTC, by open time. */
  readonly month: string;
}

/** Where candles of a partition came from. */
export interface Provenance {
  /** Name of the file, without its folders. */
  readonly file: string;
  readonly sha256: string;
  /** Candles of this month in it. */
  readonly rows: number;
}

/** What stands beside each Parquet file, as JSON. */
export interface Sidecar {
  readonly sha256: string;
  readonly rows: number;
  readonly firstOpenMs: number;
  readonly lastOpenMs: number;
  readonly provenance: readonly Provenance[];
  /** Candles that a later import changed on purpose. */
  readonly revised: number;
  readonly quality: CandleQuality;
}

/** Folder of a market and timeframe below the lake's root; names are percent-encoded, so none can leave it. */
export function partitionFolder(root: string, key: Omit<PartitionKey, "month">): string {
  const part = (name: string, value: string) => `${name}=${encodeURIComponent(value)}`;
  return `${root}/candles/${part("exchange", key.exchange)}/${part("symbol", key.symbol)}/${
    part("timeframe", key.timeframe)
  }`;
}

/** Path of a partition's Parquet file. */
export function partitionPath(root: string, key: PartitionKey): string {
  return `${partitionFolder(root, key)}/month=${key.month}.parquet`;
}

const sidecarPath = (parquet: string) => parquet.replace(/\.parquet$/, ".json");
const pendingPath = (parquet: string) => parquet.replace(/\.parquet$/, ".json.pending");

/**
 * Writes a partition whole. The order of steps is what makes a crash harmless: the new sidecar is put down as *pending*,
 * then the Parquet file is replaced, then the pending sidecar takes its place. Whatever step is the last one, the file's
 * digest equals that of one of the two sidecars, and {@linkcode readSidecar} finds out which.
 *
 * @param select SQL that gives the candles, sorted: `open_time`, then the five value columns.
 * @param step Called after each step; tests stop there.
 */
export async function writePartition(
  database: Database,
  parquet: string,
  select: string,
  facts: Omit<Sidecar, "sha256">,
  step: (name: string) => void = () => {},
): Promise<Sidecar> {
  await Deno.mkdir(parquet.slice(0, parquet.lastIndexOf("/")), { recursive: true });
  await readSidecar(parquet);
  const temporary = `${parquet}${TEMPORARY}`;
  await database.connection.run(`copy (${select}) to ${literal(temporary)} (format parquet, compression zstd)`);
  await syncPath(temporary);
  step("parquet written");
  const sidecar: Sidecar = { sha256: await sha256OfFile(temporary), ...facts };
  await replaceFile(pendingPath(parquet), `${JSON.stringify(sidecar, null, 2)}\n`);
  step("sidecar pending");
  await moveInto(temporary, parquet);
  step("parquet renamed");
  await moveInto(pendingPath(parquet), sidecarPath(parquet));
  step("sidecar renamed");
  return sidecar;
}

/**
 * The sidecar that belongs to the Parquet file as it is. An interrupted write is brought to one of its two ends: the new
 * state when the new file is in place, else the old one; what was left over is cleared away.
 *
 * @returns null when the partition does not exist.
 * @throws {CodedError} `partition-damaged` when no sidecar describes the file.
 */
export async function readSidecar(parquet: string): Promise<Sidecar | null> {
  const pending = pendingPath(parquet);
  if (await exists(pending)) {
    const next = JSON.parse(await Deno.readTextFile(pending)) as Sidecar;
    const arrived = await exists(parquet) && await sha256OfFile(parquet) === next.sha256;
    if (arrived) await moveInto(pending, sidecarPath(parquet));
    else await Deno.remove(pending);
  }
  if (!await exists(parquet)) return null;
  if (!await exists(sidecarPath(parquet))) {
    throw new CodedError("partition-damaged", `${parquet} has no sidecar: import its source again`);
  }
  return JSON.parse(await Deno.readTextFile(sidecarPath(parquet)));
}
