// What a venue was asked for in a market and timeframe, row by row of its history, and what it told otherwise later.
import { z } from "zod";
import { CodedError } from "../errors/mod.ts";
import { partitionFolder, type PartitionKey } from "./partition.ts";
import { type Storage, textOf } from "./storage.ts";

const span = z.strictObject({
  provider: z.string().min(1),
  /** `repair` where a gap of the market's own venue was filled from another one, `trades` of candles made of trades. */
  how: z.enum(["fetch", "repair", "trades"]),
  /** Open times from … to, the latter not included. */
  fromMs: z.int(),
  toMs: z.int(),
});
const revision = z.strictObject({
  openTimeMs: z.int(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
  provider: z.string().min(1),
  /** When it was first told so. */
  seenAtMs: z.int(),
});
const record = z.strictObject({ spans: z.array(span), revisions: z.array(revision) });

/** A stretch of history for which one provider was asked: the rows in it are all of that one. */
export type FetchedSpan = Readonly<z.infer<typeof span>>;
/** A candle as its venue told it later; the one that is kept stays as it was. */
export type CandleRevision = Readonly<z.infer<typeof revision>>;

/** What stands beside the months of a market and timeframe. */
export interface FetchRecord {
  /** By time, each open time in one of them at most. */
  readonly spans: readonly FetchedSpan[];
  readonly revisions: readonly CandleRevision[];
}

/** Path of the record of a market and timeframe. */
export function fetchRecordPath(root: string, market: Omit<PartitionKey, "month">): string {
  return `${partitionFolder(root, market)}/fetched.json`;
}

/** The record; empty where nothing was fetched. @throws {CodedError} `fetch-record` when other hands have changed it. */
export async function readFetchRecord(storage: Storage, market: Omit<PartitionKey, "month">): Promise<FetchRecord> {
  const path = fetchRecordPath(storage.root, market), text = await textOf(storage, path);
  if (text === null) return { spans: [], revisions: [] };
  try {
    return record.parse(JSON.parse(text));
  } catch (cause) {
    throw new CodedError("fetch-record", `${path} cannot be read: delete it, and fetch the candles again`, { cause });
  }
}

/** Changes the record, for one writer at a time. */
export async function changeFetchRecord(
  storage: Storage,
  market: Omit<PartitionKey, "month">,
  change: (before: FetchRecord) => FetchRecord,
): Promise<void> {
  const path = fetchRecordPath(storage.root, market);
  await storage.exclusively([path], async () => {
    const before = await readFetchRecord(storage, market), after = change(before);
    if (after !== before) await storage.replace(path, `${JSON.stringify(after)}\n`);
  });
}

/** Spans without a stretch of time. */
export function withoutSpan(
  spans: readonly FetchedSpan[],
  { fromMs, toMs }: Pick<FetchedSpan, "fromMs" | "toMs">,
): FetchedSpan[] {
  return spans.flatMap((other) => [
    { ...other, toMs: Math.min(other.toMs, fromMs) },
    { ...other, fromMs: Math.max(other.fromMs, toMs) },
  ]).filter((own) => own.fromMs < own.toMs);
}

/** Spans with one more, which takes its time from all others; neighbours of one provider and reason are joined. */
export function withSpan(spans: readonly FetchedSpan[], own: FetchedSpan): FetchedSpan[] {
  if (own.fromMs >= own.toMs) return [...spans];
  const rest = withoutSpan(spans, own);
  const joined: FetchedSpan[] = [];
  for (const next of [...rest, own].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    const isSame = last?.toMs === next.fromMs && last.provider === next.provider && last.how === next.how;
    if (isSame) joined[joined.length - 1] = { ...last, toMs: next.toMs };
    else joined.push(next);
  }
  return joined;
}
