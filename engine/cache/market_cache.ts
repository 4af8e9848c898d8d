import { z } from "zod";
import { InputError } from "../errors/mod.ts";
import type { Candle, InstrumentId } from "../market/mod.ts";
import { DAY_MS, type Timeframe, type TimestampMs } from "../time/mod.ts";
import type { CacheStore } from "./cache_store.ts";
import { type Hint, mapHint } from "./hint.ts";
import type { MessageStream } from "./message_stream.ts";
import { Messages } from "./messages.ts";

const price = z.number().positive();
const time = z.int().transform((ms) => ms as TimestampMs);
const candleSchema = z.strictObject({
  openTimeMs: time,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: z.number().nonnegative(),
});
const tickerSchema = z.strictObject({ timeMs: time, bid: price, ask: price, last: price });

/** The best prices of a market and its last trade, quote units, at a moment of the venue's clock. */
export type Ticker = z.infer<typeof tickerSchema>;

/** Nothing of a market is believed for longer. */
const MARKET_TTL_MS = DAY_MS;

/** The newest candle and ticker of each market, for all processes, and a message to whoever follows them. */
export class MarketCache {
  readonly #messages: Messages;

  constructor(readonly store: CacheStore) {
    this.#messages = new Messages(store);
  }

  /** Keeps a candle that has closed; false where a later one is there. @throws {InputError} `candle` that is none. */
  putCandle(instrument: InstrumentId, timeframe: Timeframe, candle: Candle): Promise<Hint<boolean>> {
    return this.#put(candleTopic(instrument, timeframe), checked(candleSchema, candle, "candle"), candle.openTimeMs);
  }

  /** The candle of a market that closed last; null where none is known. */
  async candle(instrument: InstrumentId, timeframe: Timeframe): Promise<Hint<Candle | null>> {
    return await this.#get(candleTopic(instrument, timeframe), candleSchema);
  }

  /** Keeps a ticker; false where a later one is there. @throws {InputError} `ticker` that is none. */
  putTicker(instrument: InstrumentId, ticker: Ticker): Promise<Hint<boolean>> {
    return this.#put(tickerTopic(instrument), checked(tickerSchema, ticker, "ticker"), ticker.timeMs);
  }

  async ticker(instrument: InstrumentId): Promise<Hint<Ticker | null>> {
    return await this.#get(tickerTopic(instrument), tickerSchema);
  }

  /** What is put from now on under topics of {@linkcode candleTopic} and {@linkcode tickerTopic}. */
  follow(topics: readonly string[], capacity?: number): Promise<MessageStream> {
    return this.#messages.subscribe(topics, capacity);
  }

  #put(topic: string, value: unknown, order: number): Promise<Hint<boolean>> {
    return this.store.put(topic, JSON.stringify(value), { ttlMs: MARKET_TTL_MS, order, topic });
  }

  async #get<T>(topic: string, schema: z.ZodType<T>): Promise<Hint<T | null>> {
    return mapHint(await this.store.get(topic), (text) => text === null ? null : schema.parse(JSON.parse(text)));
  }
}

/** Topic of a market's candles. */
export function candleTopic(instrument: InstrumentId, timeframe: Timeframe): string {
  return `candle/${instrument}/${timeframe}`;
}

/** Topic of a market's tickers. */
export function tickerTopic(instrument: InstrumentId): string {
  return `ticker/${instrument}`;
}

function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InputError(what, `this is no ${what}: ${z.prettifyError(result.error)}`);
}
