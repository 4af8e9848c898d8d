import { isCodedError } from "../errors/mod.ts";
import { type CandleColumns, candleColumns, type CandleQuery, VALUE_COLUMNS, type ValueColumn } from "../market/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { CandleWriter } from "./candle_writer.ts";
import { changeFetchRecord, type FetchedSpan, readFetchRecord, withSpan } from "./fetch_record.ts";
import { Lake } from "./lake.ts";
import { type LakeRoot, storageOf } from "./lake_root.ts";
import type { Storage } from "./storage.ts";

/** The lake as a download sees it: what is kept, what has been asked for, and where new candles and revisions go. */
export class DownloadStore {
  readonly #storage: Storage;
  readonly #lake: Lake;
  readonly #writer: CandleWriter;

  /** @param root The lake's folder, or the address of its bucket. */
  constructor(root: LakeRoot) {
    this.#storage = storageOf(root);
    this.#lake = new Lake(this.#storage);
    this.#writer = new CandleWriter(this.#storage);
  }

  /** Candles that are kept in the range; none is no error. */
  async kept(query: CandleQuery): Promise<CandleColumns> {
    try {
      return await this.#lake.candles(query);
    } catch (error) {
      if (!isCodedError(error) || error.code !== "candles") throw error;
      return candleColumns(query.instrument, query.timeframe, []);
    }
  }

  /** Stretches for which a provider has been asked. */
  async asked(query: CandleQuery, provider: string): Promise<{ fromMs: TimestampMs; toMs: TimestampMs }[]> {
    const { spans } = await readFetchRecord(this.#storage, marketOf(query));
    return spans.filter((span) => span.provider === provider)
      .map(({ fromMs, toMs }) => ({ fromMs: fromMs as TimestampMs, toMs: toMs as TimestampMs }));
  }

  /**
   * Stores candles of one provider. Those of another venue than the market's own are marked before they are written, so
   * that no crash leaves them unmarked; what is asked of the own venue counts as asked once it is written.
   */
  async store(
    candles: CandleColumns,
    { provider, how, askedFromMs, askedToMs }: {
      readonly provider: string;
      readonly how: FetchedSpan["how"];
      readonly askedFromMs: number;
      readonly askedToMs: number;
    },
  ): Promise<void> {
    const market = marketOf(candles), isBorrowed = provider !== market.exchange;
    const lastMs = candles.length > 0 ? candles.openTimeMs[candles.length - 1]! + 1 : askedFromMs;
    const span = { provider, how, fromMs: askedFromMs, toMs: isBorrowed ? Math.max(askedToMs, lastMs) : askedToMs };
    const mark = () =>
      changeFetchRecord(this.#storage, market, (before) => ({ ...before, spans: withSpan(before.spans, span) }));
    if (isBorrowed && candles.length > 0) await mark();
    if (candles.length > 0) await this.#writer.store(candles, { provider, how });
    if (!isBorrowed) await mark();
  }

  /** Keeps what a venue tells otherwise now beside the original. @returns How many of them had not been told before. */
  async recordRevisions(revised: CandleColumns, provider: string, seenAtMs: TimestampMs): Promise<number> {
    let added = 0;
    await changeFetchRecord(this.#storage, marketOf(revised), (before) => {
      const known = new Set(before.revisions.map(({ seenAtMs: _, ...own }) => JSON.stringify(own)));
      const own = Array.from({ length: revised.length }, (_, row) => ({
        openTimeMs: revised.openTimeMs[row]!,
        ...Object.fromEntries(VALUE_COLUMNS.map((name) => [name, revised[name][row]!])) as Record<ValueColumn, number>,
        provider,
      })).filter((told) => !known.has(JSON.stringify(told)));
      added = own.length;
      if (added === 0) return before;
      const revisions = own.map((told) => ({ ...told, seenAtMs }));
      return { ...before, revisions: [...before.revisions, ...revisions] };
    });
    return added;
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#lake.close();
  }
}

function marketOf({ instrument, timeframe }: Pick<CandleQuery, "instrument" | "timeframe">) {
  return { exchange: instrument.exchange, symbol: instrument.symbol, timeframe };
}
