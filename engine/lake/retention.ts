// Takes old months, or whole markets, out of the lake; what a kept run was made of stays, unless somebody insists.
import type { RunManifest } from "../backtest/mod.ts";
import { barClose, DAY_MS, timeframe, type TimestampMs } from "../time/mod.ts";
import { folderOf, replaceFile } from "./atomic_file.ts";
import { everyPartition, lostPartitions, type Partition } from "./catalog.ts";
import { changeFetchRecord, withoutSpan } from "./fetch_record.ts";
import { type LakeRoot, storageOf } from "./lake_root.ts";
import { type CandleKind, partsOf, settlePartition } from "./partition.ts";
import type { Storage } from "./storage.ts";

/** Which months go. */
export interface RetentionRule {
  /** Of which markets; all that are not named otherwise. */
  readonly exchange?: string;
  readonly symbol?: string;
  readonly timeframe?: string;
  readonly kind?: CandleKind;
  /** Months whose candles have all closed more than so many days ago; null: all months. */
  readonly keepDays: number | null;
}

/** A month that a rule takes out. */
export interface RetiredMonth {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: string;
  /** As in `2024-01`. */
  readonly month: string;
  /** Path below the lake's root. */
  readonly partition: string;
  /** Hashes of kept runs that could not be repeated without it. */
  readonly neededBy: readonly string[];
}

/** What is done with them. */
export interface RetentionOptions {
  readonly nowMs: TimestampMs;
  /** The runs that are kept. */
  readonly runs: readonly RunManifest[];
  /** Also takes what runs need. */
  readonly force?: boolean;
  /** Folder that gets a copy of each month and its sidecar before it goes, in the lake's layout. */
  readonly archive?: string;
}

/** The months that a rule takes out, by market and time. Nothing is changed. */
export async function retiredMonths(
  root: LakeRoot,
  rule: RetentionRule,
  { nowMs, runs }: RetentionOptions,
): Promise<RetiredMonth[]> {
  const storage = storageOf(root), kind = rule.kind ?? "candles", found: RetiredMonth[] = [];
  const there = [...await everyPartition(storage, kind), ...await lostPartitions(storage, kind)];
  for (const { path, exchange, symbol, timeframe } of there.filter((own) => isMeant(own, rule))) {
    const month = /month=(\d{4}-\d\d)\.parquet$/.exec(path)![1]!, { fromMs, toMs } = spanOf(month);
    if (rule.keepDays !== null && toMs > nowMs - rule.keepDays * DAY_MS) continue;
    const needed = runs.filter((run) => uses(run, { exchange, symbol, timeframe, kind, fromMs, toMs }));
    found.push({
      exchange,
      symbol,
      timeframe,
      month,
      partition: path.slice(storage.root.length + 1),
      neededBy: needed.map(({ run }) => run.hash),
    });
  }
  return found.sort((a, b) => a.partition < b.partition ? -1 : 1);
}

/**
 * Takes months out of the lake, copied to the archive before where one is named. A month that a kept run needs stays
 * unless forced. What was interrupted is ended by the same call.
 *
 * @returns What went.
 */
export async function retireMonths(
  root: LakeRoot,
  rule: RetentionRule,
  options: RetentionOptions,
): Promise<RetiredMonth[]> {
  const storage = storageOf(root);
  const months = (await retiredMonths(storage, rule, options)).filter(({ neededBy }) =>
    options.force || neededBy.length === 0
  );
  for (const month of months) {
    const path = `${storage.root}/${month.partition}`;
    // Before, so that a download after an interruption asks again: what is gone counts as not asked for.
    if ((rule.kind ?? "candles") === "candles") await forgetAsked(storage, month);
    await storage.exclusively([path], async () => {
      await settlePartition(storage, path);
      const [parquet, sidecar] = partsOf(path);
      if (options.archive !== undefined) {
        for (const file of [parquet, sidecar]) await copyOut(storage, file, options.archive);
      }
      // The sidecar goes last: of a month that is half gone it says so, and the next call finds it.
      await storage.remove(parquet);
      await storage.remove(sidecar);
    });
  }
  return months;
}

async function forgetAsked(storage: Storage, month: RetiredMonth): Promise<void> {
  const { fromMs, toMs } = spanOf(month.month);
  await changeFetchRecord(storage, month, (record) => {
    const spans = withoutSpan(record.spans, { fromMs, toMs });
    const revisions = record.revisions.filter(({ openTimeMs }) => openTimeMs < fromMs || openTimeMs >= toMs);
    const after = { spans, revisions };
    return JSON.stringify(after) === JSON.stringify(record) ? record : after;
  });
}

function isMeant(own: Partition, rule: RetentionRule): boolean {
  return (["exchange", "symbol", "timeframe"] as const).every((name) =>
    rule[name] === undefined || rule[name] === own[name]
  );
}

/** From the month's first moment to the next one's. */
function spanOf(month: string): { readonly fromMs: number; readonly toMs: number } {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return { fromMs: Date.UTC(year, number - 1), toMs: Date.UTC(year, number) };
}

function uses(
  { timeframe: own, run }: RunManifest,
  month: { exchange: string; symbol: string; timeframe: string; kind: CandleKind; fromMs: number; toMs: number },
): boolean {
  return run.data.some((data) => {
    const length = timeframe(data.timeframe ?? own);
    const isOfMarket = data.instrument === `${month.exchange}:${month.symbol}` &&
      // Mark prices may be finer than the run's candles: any timeframe of theirs counts.
      (month.kind === "mark" ? data.mark !== undefined : length === month.timeframe);
    const endMs = barClose(length, data.lastMs as TimestampMs);
    return isOfMarket && data.originMs < month.toMs && endMs > month.fromMs;
  });
}

async function copyOut(storage: Storage, path: string, archive: string): Promise<void> {
  const bytes = await storage.read(path), copy = `${archive}/${path.slice(storage.root.length + 1)}`;
  if (bytes === null) return;
  await Deno.mkdir(folderOf(copy), { recursive: true });
  await replaceFile(copy, bytes);
}
