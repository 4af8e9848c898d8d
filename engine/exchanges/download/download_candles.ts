import { isCodedError } from "../../errors/mod.ts";
import type { Instrument } from "../../market/mod.ts";
import { type Clock, nominalLengthMs, type Timeframe, type TimestampMs } from "../../time/mod.ts";
import type { VenueCandle } from "../exchange.ts";
import type { ProviderGroup } from "../provider_group.ts";
import { BackgroundStores } from "./background_stores.ts";
import { candlePage } from "./candle_pages.ts";
import { closedCandles, columnsOf } from "./candle_rows.ts";
import type { CandleStore, TimeSpan } from "./candle_store.ts";
import { missingSpans } from "./missing_spans.ts";
import { revisit } from "./revisit.ts";

/** A market and timeframe whose candles are wanted. */
export interface WantedCandles {
  readonly instrument: Instrument;
  readonly timeframe: Timeframe;
}

/** How a download is done. */
export interface DownloadOptions {
  /** Open times from; where nothing is stated, the caller knows where the market begins. */
  readonly fromMs: TimestampMs;
  /** Not included; candles that have not closed are left out in any case. */
  readonly toMs: TimestampMs;
  /** Requests under way at one time; the budget decides how many leave. */
  readonly parallel: number;
  /** Why, or of what: to have them, to fill gaps from another venue than the market's own, or made of trades. */
  readonly how?: "fetch" | "repair" | "trades";
  /** So many of the newest candles that are kept are asked for again, to see whether the venue has changed them. */
  readonly revisitCandles: number;
  readonly signal?: AbortSignal;
  /** Called after each page with what is done of all that was missing, in candles of the grid. */
  readonly progress?: (done: number, total: number, market: string) => void;
}

/** What a download of one market came to. */
export interface DownloadedCandles extends WantedCandles {
  /** Candles that were not there before. */
  readonly added: number;
  /** By whom. */
  readonly providers: Readonly<Record<string, number>>;
  /** Of the newest ones, how many the venue tells otherwise now. */
  readonly revised: number;
  readonly requests: number;
  /** Why it is not complete; null where it is. The same download goes on where it has stopped. */
  readonly problem: string | null;
}

/** A market as the download works on it. */
interface Work extends WantedCandles {
  added: number;
  providers: Record<string, number>;
  revised: number;
  requests: number;
  problem: string | null;
}

/**
 * Fetches the candles of markets that a store does not have, from the providers of a group, month by month and several
 * months at a time. What has come is stored when a month is complete, when the provider changes, and when it stops; each
 * candle is one provider's.
 */
export async function downloadCandles(
  wanted: readonly WantedCandles[],
  group: ProviderGroup,
  store: CandleStore,
  clock: Clock,
  options: DownloadOptions,
): Promise<DownloadedCandles[]> {
  const works = wanted.map((own): Work => ({
    ...own,
    added: 0,
    providers: {},
    revised: 0,
    requests: 0,
    problem: null,
  }));
  const tasks: { work: Work; span: TimeSpan }[] = [];
  for (const work of works) {
    const range = { fromMs: options.fromMs, toMs: Math.min(options.toMs, clock.now()) as TimestampMs };
    const { instrument, timeframe } = work;
    const query = { instrument, timeframe, from: range.fromMs, to: range.toMs };
    const kept = await store.kept(query),
      asked = options.how === "repair" ? [] : await store.asked(query, instrument.exchange);
    const spans = missingSpans(range, work.timeframe, kept.openTimeMs, asked);
    tasks.push(...spans.map((span) => ({ work, span })));
    if (options.revisitCandles === 0) continue;
    work.revised = await revisit(kept, group, store, clock, options).catch((error) => failed(work, error));
  }
  const candlesIn = ({ work, span }: typeof tasks[number]) =>
    Math.ceil((span.toMs - span.fromMs) / nominalLengthMs(work.timeframe));
  const total = tasks.reduce((sum, task) => sum + candlesIn(task), 0);
  const stores = new BackgroundStores(Math.max(1, options.parallel));
  let done = 0;
  const advance = (work: Work, candles: number) => {
    done += candles;
    options.progress?.(done, total, `${work.instrument.symbol} ${work.timeframe}`);
  };
  const worker = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      const { work, span } = task;
      if (work.problem !== null || options.signal?.aborted) continue;
      const keep = (save: () => Promise<void>) => stores.add(save, (error) => failed(work, error));
      await fetchSpan(work, span, group, { keep, store }, clock, options, (candles) => advance(work, candles))
        .catch((error) => failed(work, error));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.parallel) }, worker));
  await stores.finish();
  options.signal?.throwIfAborted();
  return works;
}

/** Pages of one stretch, one after the other. */
async function fetchSpan(
  work: Work,
  span: TimeSpan,
  group: ProviderGroup,
  { keep, store }: { readonly keep: (save: () => Promise<void>) => Promise<void>; readonly store: CandleStore },
  clock: Clock,
  { signal, how = "fetch" }: DownloadOptions,
  advance: (candles: number) => void,
): Promise<void> {
  const { instrument, timeframe } = work, lengthMs = nominalLengthMs(timeframe);
  let rows: VenueCandle[] = [], provider = instrument.exchange, startMs = span.fromMs, cursor = span.fromMs;
  const flush = async () => {
    if (cursor <= startMs) return;
    const candles = columnsOf(instrument, timeframe, rows), by = provider;
    const origin = { provider: by, how, askedFromMs: startMs, askedToMs: settledTo(cursor, clock, lengthMs) };
    [rows, startMs] = [[], cursor];
    await keep(async () => {
      await store.store(candles, origin);
      work.added += candles.length;
      work.providers[by] = (work.providers[by] ?? 0) + candles.length;
    });
  };
  try {
    while (cursor < span.toMs) {
      const fromMs = cursor;
      const page = await group.ask(`${instrument.symbol} ${timeframe}`, async (exchange) => {
        work.requests++;
        const query = { symbol: instrument.symbol, timeframe, fromMs, toMs: span.toMs };
        return await candlePage(exchange, query, how === "trades" ? "trades" : "candles");
      }, signal === undefined ? {} : { signal });
      if (page.provider !== provider) {
        await flush();
        provider = page.provider;
      }
      rows.push(...closedCandles(page.value.rows, timeframe, clock.now()));
      cursor = page.value.toMs;
      advance(Math.ceil((cursor - fromMs) / lengthMs));
    }
  } finally {
    await flush();
  }
}

/** What has just closed may still come: only what is older than some candles counts as absent for good. */
function settledTo(toMs: TimestampMs, clock: Clock, lengthMs: number): TimestampMs {
  const SETTLED_CANDLES = 3, SETTLED_MS = 600_000;
  return Math.min(toMs, clock.now() - Math.max(SETTLED_MS, SETTLED_CANDLES * lengthMs)) as TimestampMs;
}

/** A market that cannot go on keeps what it has, and the others go on. */
function failed(work: Work, error: unknown): number {
  const isInterrupted = error instanceof DOMException && error.name === "AbortError";
  if (!isCodedError(error) && !isInterrupted) throw error;
  work.problem ??= (error as Error).message;
  return work.revised;
}
