// Finished runs, one folder each, named by their hash: whole or not at all.
import type { RunFill, RunManifest, RunRecord } from "../backtest/mod.ts";
import { CodedError, InputError } from "../errors/mod.ts";
import type { Holdings, Trade } from "../portfolio/mod.ts";
import { trialOfRun } from "../research/mod.ts";
import { asOnlyWriter, clearAway, exists, moveInto, syncPath, TEMPORARY } from "./atomic_file.ts";
import { needingRoom } from "./disk_full.ts";
import { type Database, doubleColumns, literal, openDatabase, rowsOf } from "./duckdb.ts";
import { readHoldings, writeHoldings } from "./holdings_file.ts";
import { appendTrials, ledgerPath } from "./trial_ledger.ts";

type Columns<Row> = readonly (readonly [name: keyof Row & string, type: "varchar" | "double"])[];

const TRADE_COLUMNS: Columns<Trade> = [
  ["instrument", "varchar"],
  ["strategy", "varchar"],
  ["side", "varchar"],
  ["entryTimeMs", "double"],
  ["exitTimeMs", "double"],
  ["quantity", "double"],
  ["entryPrice", "double"],
  ["exitPrice", "double"],
  ["fees", "double"],
  ["pnl", "double"],
  ["returnFraction", "double"],
  ["entryReason", "varchar"],
  ["exitReason", "varchar"],
  ["maeFraction", "double"],
  ["mfeFraction", "double"],
  ["bars", "double"],
];
const FILL_COLUMNS: Columns<RunFill> = [
  ["tradeId", "varchar"],
  ["clientOrderId", "varchar"],
  ["instrument", "varchar"],
  ["timeMs", "double"],
  ["side", "varchar"],
  ["liquidity", "varchar"],
  ["quantity", "double"],
  ["price", "double"],
  ["referencePrice", "double"],
  ["rule", "varchar"],
  ["fee", "double"],
  ["feeAsset", "varchar"],
  ["feeQuote", "double"],
];
/** Columns of runs in which some trade has them: they are left out of all others, whose files stay as they were. */
const OPTIONAL_TRADE_COLUMNS: Columns<Trade> = [["turnover", "double"], ["funding", "double"], ["interest", "double"]];
const EQUITY_COLUMNS = ["closeTimeMs", "equity", "grossExposure", "netExposure"] as const;

/** Folder of a run below the data folder. */
export function runFolder(root: string, hash: string): string {
  return `${root}/runs/${hash}`;
}

/** Where a run that is kept counts as a trial. */
export interface TrialCounting {
  /** The ledger's file, that of the data folder unless stated. */
  readonly ledger?: string;
  /** Told why a run that is kept could not be counted; it warns on the console unless stated. */
  readonly uncounted?: (problem: Error) => void;
}

/**
 * Keeps a run in `runs/<hash>/`: `manifest.json` (a run spec), `trades.parquet`, `fills.parquet`, `equity.parquet`,
 * `holdings.parquet` and `metrics.json`; then counts it in the trial ledger, once.
 * The same run gives the same bytes; one that is there already is left alone. What is wrong with the ledger is no reason
 * to lose a run.
 *
 * @throws {InputError} `disk-full` where there is no room for it.
 */
export async function writeRun(root: string, run: RunRecord, counting: TrialCounting = {}): Promise<string> {
  const folder = runFolder(root, run.manifest.run.hash);
  await needingRoom(root, () => asOnlyWriter(root, () => writeFolder(folder, run)));
  await countTrial(root, run, counting);
  return folder;
}

async function writeFolder(folder: string, run: RunRecord): Promise<void> {
  if (await exists(folder)) return;
  const temporary = `${folder}${TEMPORARY}`;
  await clearAway(temporary);
  await Deno.mkdir(temporary, { recursive: true });
  try {
    await writeFiles(temporary, run);
    for (const name of FILES) await syncPath(`${temporary}/${name}`);
    await syncPath(temporary);
  } catch (error) {
    await clearAway(temporary); // on a full disk, room for others
    throw error;
  }
  await moveInto(temporary, folder);
}

async function countTrial(root: string, run: RunRecord, counting: TrialCounting): Promise<void> {
  const { ledger = ledgerPath(root), uncounted = (problem) => console.warn(problem.message) } = counting;
  try {
    await appendTrials(ledger, [trialOfRun(run, "backtest")]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    uncounted(
      new CodedError("uncounted", `the run is kept, and could not be counted as a trial: ${reason}`, { cause }),
    );
  }
}

const FILES = [
  "manifest.json",
  "metrics.json",
  "trades.parquet",
  "fills.parquet",
  "equity.parquet",
  "holdings.parquet",
] as const;

async function writeFiles(folder: string, run: RunRecord): Promise<void> {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  await Deno.writeTextFile(`${folder}/manifest.json`, json(run.manifest));
  await Deno.writeTextFile(`${folder}/metrics.json`, json({ metrics: run.metrics, notes: run.notes }));
  const database = await openDatabase([folder], 1);
  try {
    const optional = OPTIONAL_TRADE_COLUMNS.filter(([name]) => run.trades.some((trade) => trade[name] !== undefined));
    await writeRows(database, `${folder}/trades.parquet`, [...TRADE_COLUMNS, ...optional], run.trades);
    await writeRows(database, `${folder}/fills.parquet`, FILL_COLUMNS, run.fills);
    await writeEquity(database, `${folder}/equity.parquet`, run);
    await writeHoldings(database, `${folder}/holdings.parquet`, run.holdings);
  } finally {
    database.close();
  }
}

async function writeRows<Row>(
  { connection }: Database,
  path: string,
  columns: Columns<Row>,
  rows: readonly Row[],
): Promise<void> {
  await connection.run(
    `create or replace temp table rows (${columns.map(([name, type]) => `"${name}" ${type}`).join(", ")})`,
  );
  const appender = await connection.createAppender("rows", "main", "temp");
  for (const row of rows) {
    for (const [name, type] of columns) {
      if (row[name] === undefined) appender.appendNull();
      else if (type === "varchar") appender.appendVarchar(row[name] as string);
      else appender.appendDouble(row[name] as number);
    }
    appender.endRow();
  }
  appender.closeSync();
  await connection.run(`copy rows to ${literal(path)} (format parquet, compression zstd)`);
}

async function writeEquity({ connection }: Database, path: string, { equity }: RunRecord): Promise<void> {
  await connection.run(`create temp table equity (${EQUITY_COLUMNS.map((name) => `"${name}" double`).join(", ")})`);
  const appender = await connection.createAppender("equity", "main", "temp");
  for (let row = 0; row < equity.equity.length; row++) {
    for (const name of EQUITY_COLUMNS) appender.appendDouble(equity[name][row]!);
    appender.endRow();
  }
  appender.closeSync();
  await connection.run(`copy equity to ${literal(path)} (format parquet, compression zstd)`);
}

/**
 * Reads a run.
 *
 * @param hash Its hash, or the first digits of it.
 * @throws {InputError} `run` when there is none, or more than one.
 */
export async function readRun(root: string, hash: string): Promise<RunRecord> {
  const matching = (await listRuns(root)).filter((known) => known.startsWith(hash));
  if (matching.length !== 1) {
    const problem = matching.length === 0
      ? `there is no run ${hash}: the backtest command makes runs and prints their hashes`
      : `${matching.length} runs begin with "${hash}": give more of the hash, as ${matching[0]!.slice(0, 10)}`;
    throw new InputError("run", problem);
  }
  return await readRunFolder(runFolder(root, matching[0]!));
}

/** Reads the run that a folder holds, wherever that is. @throws {InputError} `run` when it holds none. */
export async function readRunFolder(folder: string): Promise<RunRecord> {
  for (const name of ["manifest.json", "metrics.json", "trades.parquet", "equity.parquet"]) {
    if (!await exists(`${folder}/${name}`)) {
      throw new InputError("run", `${folder} holds no run, ${name} is missing: give the folder that backtest has kept`);
    }
  }
  const manifest = JSON.parse(await Deno.readTextFile(`${folder}/manifest.json`));
  const { metrics, notes } = JSON.parse(await Deno.readTextFile(`${folder}/metrics.json`));
  const database = await openDatabase([folder], 1);
  try {
    const [closeTimeMs, equity, grossExposure, netExposure = unknown(closeTimeMs)] = await doubleColumns(
      database,
      `from read_parquet(${literal(`${folder}/equity.parquet`)})`,
    ) as [Float64Array, Float64Array, Float64Array, Float64Array?];
    const holdings = `${folder}/holdings.parquet`;
    const rows = (name: string) =>
      rowsOf(database, `select * from read_parquet(${literal(`${folder}/${name}.parquet`)})`);
    const trades = await rows("trades");
    // Runs of the first version were kept without their fills.
    const fills = await exists(`${folder}/fills.parquet`) ? await rows("fills") : [];
    return {
      manifest,
      trades: trades.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
      ) as unknown[] as Trade[],
      fills: fills as unknown as RunFill[],
      equity: { closeTimeMs, equity, grossExposure, netExposure },
      holdings: await exists(holdings) ? await readHoldings(database, holdings) : NO_HOLDINGS,
      metrics,
      notes,
    };
  } finally {
    database.close();
  }
}

/** Of runs that were kept before holdings were. */
const NO_HOLDINGS: Holdings = { closeTimeMs: new Float64Array(0), books: [] };

function unknown(column: Float64Array): Float64Array {
  return new Float64Array(column.length).fill(NaN);
}

/** Hashes of all runs that are kept, sorted. */
export async function listRuns(root: string): Promise<string[]> {
  const hashes: string[] = [];
  if (!await exists(`${root}/runs`)) return hashes;
  for await (const entry of Deno.readDir(`${root}/runs`)) {
    if (entry.isDirectory && !entry.name.endsWith(TEMPORARY)) hashes.push(entry.name);
  }
  return hashes.sort();
}

/** What all kept runs were made of, in the order of their hashes. */
export async function readManifests(root: string): Promise<RunManifest[]> {
  const hashes = await listRuns(root);
  return await Promise.all(
    hashes.map(async (hash) => JSON.parse(await Deno.readTextFile(`${runFolder(root, hash)}/manifest.json`))),
  );
}
