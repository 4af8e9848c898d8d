import type { CandleOrigin, CandleStore, TimeSpan } from "../exchanges/download/candle_store.ts";
import { type Candle, candleAt, type CandleColumns, candleColumns, type CandleQuery } from "../market/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/** Candles in memory with the provider of each: what a download leaves, for tests to look at. */
export class MemoryStore implements CandleStore {
  readonly rows = new Map<string, { candle: Candle; provider: string }>();
  readonly revisions: { candle: Candle; provider: string; seenAtMs: number }[] = [];
  readonly #asked: { provider: string; market: string; span: TimeSpan }[] = [];
  stored = 0;

  kept(
    { instrument, timeframe, from = 0 as TimestampMs, to = Infinity as TimestampMs }: CandleQuery,
  ): Promise<CandleColumns> {
    const candles = [...this.rows].filter(([key]) => key.startsWith(`${instrument.id} ${timeframe} `))
      .map(([, { candle }]) => candle).filter(({ openTimeMs }) => openTimeMs >= from && openTimeMs < to)
      .sort((a, b) => a.openTimeMs - b.openTimeMs);
    return Promise.resolve(candleColumns(instrument, timeframe, candles));
  }

  asked({ instrument, timeframe }: CandleQuery, provider: string): Promise<readonly TimeSpan[]> {
    const market = `${instrument.id} ${timeframe}`;
    return Promise.resolve(
      this.#asked.filter((own) => own.market === market && own.provider === provider).map(({ span }) => span)
        .sort((a, b) => a.fromMs - b.fromMs),
    );
  }

  store(candles: CandleColumns, { provider, askedFromMs, askedToMs }: CandleOrigin): Promise<void> {
    const market = `${candles.instrument.id} ${candles.timeframe}`;
    for (let i = 0; i < candles.length; i++) {
      const key = `${market} ${candles.openTimeMs[i]}`;
      if (this.rows.has(key)) throw new Error(`the candle ${key} came twice`);
      this.rows.set(key, { candle: candleAt(candles, i), provider });
    }
    this.#asked.push({ provider, market, span: { fromMs: askedFromMs, toMs: askedToMs } });
    this.stored++;
    return Promise.resolve();
  }

  recordRevisions(revised: CandleColumns, provider: string, seenAtMs: TimestampMs): Promise<number> {
    for (let i = 0; i < revised.length; i++) this.revisions.push({ candle: candleAt(revised, i), provider, seenAtMs });
    return Promise.resolve(revised.length);
  }
}
