// One month of candles of one market and timeframe: a Parquet file and a sidecar that says what is in it.
import { CodedError } from "../errors/mod.ts";
import type { CandleQuality } from "../market/mod.ts";
import {
  clearAway,
  exists,
  folderOf,
  moveInto,
  replaceFile,
  sha256OfFile,
  syncPath,
  TEMPORARY,
  textIfThere,
} from "./atomic_file.ts";
import { type Database, literal } from "./duckdb.ts";

/** Whose prices candles are of: the trades, or the mark. Each kind has a folder of its own. */
export type CandleKind = "candles" | "mark";

/** What identifies a partition. */
export interface PartitionKey {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: string;
  /** `2024-01`, UTC, by open time. */
  readonly month: string;
}

/** A file from which rows of a partition came. */
export interface Provenance {
  /** Its name, without folders. */
  readonly file: string;
  readonly sha256: string;
  /** Rows of this partition in it, how many of them were new, and how many replaced one that differed. */
  readonly rows: number;
  readonly added: number;
  readonly revised: number;
  /** What the file itself says of its source and licence, where it is Parquet. */
  readonly source?: Readonly<Record<string, string>>;
}

/** What stands beside each Parquet file of the lake, as JSON. */
export interface FileSidecar {
  readonly sha256: string;
  readonly rows: number;
  /** In the order of the imports that changed this file. */
  readonly provenance: readonly Provenance[];
}

/** What stands beside a month of candles. */
export interface Sidecar extends FileSidecar {
  readonly firstOpenMs: number;
  readonly lastOpenMs: number;
  readonly quality: CandleQuality;
}

/** Folder of a market and timeframe below the lake's root; names are percent-encoded, so none can leave it. */
export function partitionFolder(
  root: string,
  key: Omit<PartitionKey, "month">,
  kind: CandleKind = "candles",
): string {
  const part = (name: string, value: string) => `${name}=${encodeURIComponent(value)}`;
  return `${root}/${kind}/${part("exchange", key.exchange)}/${part("symbol", key.symbol)}/${
    part("timeframe", key.timeframe)
  }`;
}

/** Path of a partition's Parquet file. */
export function partitionPath(root: string, key: PartitionKey, kind?: CandleKind): string {
  return `${partitionFolder(root, key, kind)}/month=${key.month}.parquet`;
}

const sidecarPath = (parquet: string) => parquet.replace(/\.parquet$/, ".json");
const pendingPath = (parquet: string) => parquet.replace(/\.parquet$/, ".json.pending");

/**
 * Writes a partition whole, for the only writer. The order of steps is what makes a crash harmless: the new sidecar is
 * put down as *pending*, then the Parquet file is replaced, then the pending sidecar takes its place. Whatever step is
 * the last one, one of the two sidecars has the file's digest, and {@linkcode readSidecar} finds out which.
 *
 * @param select SQL that gives the rows, sorted; of candles `open_time`, then the five value columns.
 * @param step Called after each step; tests stop there.
 */
export async function writePartition<T extends FileSidecar = Sidecar>(
  database: Database,
  parquet: string,
  select: string,
  facts: Omit<T, "sha256">,
  step: (name: string) => void = () => {},
): Promise<void> {
  await Deno.mkdir(folderOf(parquet), { recursive: true });
  await settlePartition(parquet);
  const temporary = `${parquet}${TEMPORARY}`;
  await database.connection.run(`copy (${select}) to ${literal(temporary)} (format parquet, compression zstd)`);
  await syncPath(temporary);
  step("parquet written");
  const sidecar = { sha256: await sha256OfFile(temporary), ...facts };
  await replaceFile(pendingPath(parquet), `${JSON.stringify(sidecar, null, 2)}\n`);
  step("sidecar pending");
  await moveInto(temporary, parquet);
  step("parquet renamed");
  await moveInto(pendingPath(parquet), sidecarPath(parquet));
  step("sidecar renamed");
}

/** Brings an interrupted write to one of its two ends, for the only writer, and clears away what was left over. */
export async function settlePartition(parquet: string): Promise<void> {
  const pending = await textIfThere(pendingPath(parquet));
  if (pending !== null) {
    if (await describes(pending, parquet)) await moveInto(pendingPath(parquet), sidecarPath(parquet));
    else await clearAway(pendingPath(parquet));
  }
  await clearAway(`${parquet}${TEMPORARY}`);
  await clearAway(`${pendingPath(parquet)}${TEMPORARY}`);
}

/**
 * The sidecar that belongs to the Parquet file as it is: the pending one when the new file has arrived, else the one in
 * place. Changes nothing, so readers may come at any moment.
 *
 * @returns null when the partition does not exist.
 * @throws {CodedError} `partition-damaged` when the file has no sidecar, or one that cannot be read.
 */
export async function readSidecar(parquet: string): Promise<Sidecar | null> {
  const sidecar = await readFileSidecar(parquet) as Sidecar | null;
  if (sidecar === null) return null;
  const { firstOpenMs, lastOpenMs, quality } = sidecar;
  const isOfCandles = [firstOpenMs, lastOpenMs].every(Number.isSafeInteger) && typeof quality === "object" &&
    quality !== null;
  if (isOfCandles) return sidecar;
  throw damaged(parquet, "has a sidecar that cannot be read");
}

/** The same for a file of any kind. */
export async function readFileSidecar(parquet: string): Promise<FileSidecar | null> {
  const pending = await textIfThere(pendingPath(parquet));
  if (pending !== null && await describes(pending, parquet)) return parsed(pending);
  if (!await exists(parquet)) return null;
  const text = await textIfThere(sidecarPath(parquet));
  if (text === null) throw damaged(parquet, "has no sidecar");
  const sidecar = parsed(text);
  if (sidecar === null) throw damaged(parquet, "has a sidecar that cannot be read");
  return sidecar;
}

/** Says of a partition what is wrong with it and what mends it. */
export function damaged(parquet: string, problem: string): CodedError {
  return new CodedError("partition-damaged", `${parquet} ${problem}: delete that file and import its source again`);
}

/** Says of a file that it is not there any more. */
export function lostFile(parquet: string): CodedError {
  return new CodedError(
    "partition-damaged",
    `${parquet} is gone, though its sidecar is there: import its source again`,
  );
}

async function describes(sidecar: string, parquet: string): Promise<boolean> {
  return await exists(parquet) && parsed(sidecar)?.sha256 === await sha256OfFile(parquet);
}

/** Null where the text is no sidecar: cut off, or changed by other hands. */
function parsed(text: string): FileSidecar | null {
  let content: Partial<FileSidecar> | null;
  try {
    content = JSON.parse(text);
  } catch {
    return null;
  }
  const { sha256, rows, provenance } = content ?? {};
  const isWhole = typeof sha256 === "string" && Number.isSafeInteger(rows) && Array.isArray(provenance);
  return isWhole ? content as FileSidecar : null;
}
