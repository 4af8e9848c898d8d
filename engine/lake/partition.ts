// One month of candles of one market and timeframe: a Parquet file and a sidecar that says what is in it.
import { CodedError } from "../errors/mod.ts";
import type { CandleQuality } from "../market/mod.ts";
import { type Database, literal } from "./duckdb.ts";
import type { Provenance } from "./provenance.ts";
import { sealed, unsealed } from "./sidecar_seal.ts";
import { digestOf, type Storage, textOf } from "./storage.ts";

/**
 * Snappy: months are written in half the time that zstd takes and hours are made of them a third faster, for half as many
 * bytes again. Lists of the values of a column are searched for in vain, as prices and times hardly repeat.
 */
const FORMAT = "format parquet, compression snappy, dictionary_size_limit 1";

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

/** A partition's files: what it holds, its sidecar, and the sidecar of a write that was interrupted. */
export function partsOf(parquet: string): [parquet: string, sidecar: string, pending: string] {
  return [parquet, sidecarPath(parquet), pendingPath(parquet)];
}

/**
 * Writes a partition whole, for the only writer. The order of steps is what makes a crash harmless: the new sidecar is
 * put down as *pending*, then the Parquet file is replaced, then the pending sidecar takes its place. Whatever step is
 * the last one, one of the two sidecars has the file's digest, and {@linkcode readSidecar} finds out which.
 *
 * @param select SQL that gives the rows, sorted; of candles `open_time`, then the five value columns.
 * @param step Called after each step; tests stop there.
 * @returns The new sidecar.
 */
export async function writePartition<T extends FileSidecar = Sidecar>(
  storage: Storage,
  database: Database,
  parquet: string,
  select: string,
  facts: Omit<T, "sha256">,
  step: (name: string) => void = () => {},
): Promise<T> {
  await settlePartition(storage, parquet);
  const staged = await storage.stage(parquet);
  const orDiscarded = <Outcome>(outcome: Promise<Outcome>): Promise<Outcome> =>
    outcome.catch(async (error) => {
      await staged.discard();
      throw error;
    });
  const copied = database.connection.run(
    `copy (${select}) to ${literal(staged.path)} (${FORMAT})`,
  );
  const sha256 = await orDiscarded(copied.then(() => staged.seal())), sidecar = { sha256, ...facts } as T;
  step("parquet written");
  await orDiscarded(storage.replace(pendingPath(parquet), sealed(below(storage, parquet), sidecar)));
  step("sidecar pending");
  await staged.commit();
  step("parquet renamed");
  await storage.move(pendingPath(parquet), sidecarPath(parquet));
  step("sidecar renamed");
  return sidecar;
}

/** Brings an interrupted write to one of its two ends, for the only writer, and clears away what was left over. */
export async function settlePartition(storage: Storage, parquet: string): Promise<void> {
  const pending = await textOf(storage, pendingPath(parquet));
  if (pending !== null && await describes(storage, pending, parquet)) {
    await storage.move(pendingPath(parquet), sidecarPath(parquet));
  } else if (pending !== null) await storage.remove(pendingPath(parquet));
  await storage.clearParts(parquet);
  await storage.clearParts(pendingPath(parquet));
}

/**
 * The sidecar that belongs to the Parquet file as it is: the pending one when the new file has arrived, else the one in
 * place. Changes nothing, so readers may come at any moment.
 *
 * @returns null when the partition does not exist.
 * @throws {CodedError} `partition-damaged` when the file has no sidecar, or one that cannot be read.
 */
export async function readSidecar(storage: Storage, parquet: string): Promise<Sidecar | null> {
  const sidecar = await readFileSidecar(storage, parquet) as Sidecar | null;
  if (sidecar === null) return null;
  const { firstOpenMs, lastOpenMs, quality } = sidecar;
  const isOfCandles = [firstOpenMs, lastOpenMs].every(Number.isSafeInteger) && typeof quality === "object" &&
    quality !== null;
  if (isOfCandles) return sidecar;
  throw damaged(parquet, "has a sidecar that cannot be read");
}

/** The same for a file of any kind. */
export async function readFileSidecar(storage: Storage, parquet: string): Promise<FileSidecar | null> {
  const pending = await textOf(storage, pendingPath(parquet));
  if (pending !== null && await describes(storage, pending, parquet)) return opened(storage, pending, parquet);
  if (await storage.stamp(parquet) === null) return null;
  const text = await textOf(storage, sidecarPath(parquet));
  if (text === null) throw damaged(parquet, "has no sidecar");
  const sidecar = opened(storage, text, parquet);
  if (sidecar === null) throw damaged(parquet, "has a sidecar that cannot be read, or is not the one that was written");
  return sidecar;
}

/** Says of a partition what is wrong with it and what mends it. */
export function damaged(parquet: string, problem: string): CodedError {
  return new CodedError(
    "partition-damaged",
    `${parquet} ${problem}: set it aside with candles check --quarantine, and import or fetch it again`,
  );
}

/** Says of a file that it is none of the lake's. */
export function foreignFile(path: string): CodedError {
  return new CodedError(
    "partition-damaged",
    `${path} is no file of the lake: set it aside with candles check --quarantine, or move it away`,
  );
}

/** Says of a file that it is not there any more. */
export function lostFile(parquet: string): CodedError {
  return new CodedError(
    "partition-damaged",
    `${parquet} is gone, though its sidecar is there: import or fetch it again`,
  );
}

/** A file's path below the lake's root: the same wherever the lake lies. */
function below({ root }: Storage, parquet: string): string {
  return parquet.slice(root.length + 1);
}

async function describes(storage: Storage, sidecar: string, parquet: string): Promise<boolean> {
  const sha256 = await digestOf(storage, parquet);
  return sha256 !== null && opened(storage, sidecar, parquet)?.sha256 === sha256;
}

/** Null where the text is not the file's sidecar: cut off, changed by other hands, or another one's. */
function opened(storage: Storage, text: string, parquet: string): FileSidecar | null {
  const content = unsealed(below(storage, parquet), text) as Partial<FileSidecar> | null;
  const { sha256, rows, provenance } = content ?? {};
  const isWhole = typeof sha256 === "string" && Number.isSafeInteger(rows) && Array.isArray(provenance);
  return isWhole ? content as FileSidecar : null;
}
