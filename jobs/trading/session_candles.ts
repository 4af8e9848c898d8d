// The candles that a session is run anew from: the venue's own history where it still tells it, else those of the lake.
import { InputError } from "../../engine/errors/mod.ts";
import { openExchange } from "../../engine/exchanges/mod.ts";
import { type Candle, type CandleColumns, candleColumns, type Instrument, resample } from "../../engine/market/mod.ts";
import {
  barOpen,
  fixedLengthMs,
  MINUTE_MS,
  type Timeframe,
  timeframe,
  type TimestampMs,
} from "../../engine/time/mod.ts";
import { readSettings } from "../settings.ts";
import { paperMarkets } from "./paper_markets.ts";
import { venueClock } from "./session_config.ts";
import type { SessionSettings } from "./session_settings.ts";

/** Open times of the first candle and after the last one. */
export interface CandleSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

type Asked = (market: Instrument, length: Timeframe) => Promise<CandleColumns>;

/**
 * Candles of a session's markets, in their order: those it decided on, and the minutes along which orders are matched.
 *
 * @throws {InputError} `candles` where a market has none, saying how to get them.
 */
export async function sessionCandles(
  session: SessionSettings,
  markets: readonly Instrument[],
  span: CandleSpan,
): Promise<{ readonly candles: readonly CandleColumns[]; readonly minutes: readonly CandleColumns[] }> {
  if (session.seed !== null) return await both(session, markets, seeded(session, session.seed, markets, span));
  const own = session.exchangeUrl === null ? null : await fromVenue(session, markets, span);
  return own ?? await withLake((ask) => both(session, markets, ask), span);
}

async function both({ spec }: SessionSettings, markets: readonly Instrument[], ask: Asked) {
  const length = timeframe(spec.timeframe), minute = timeframe("1m");
  const minutes = await Promise.all(markets.map((market) => ask(market, minute)));
  const candles = length === minute ? minutes : await Promise.all(markets.map((market) => ask(market, length)));
  const empty = markets.findIndex((_, i) => minutes[i]!.length === 0 || candles[i]!.length === 0);
  if (empty < 0) return { candles, minutes };
  const { exchange, symbol } = markets[empty]!;
  throw new InputError(
    "candles",
    `there are no candles of ${symbol} at ${exchange} for the time of this session: certify while its exchange runs, or ` +
      `get them with deno task candles fetch --exchange ${exchange} --symbol ${symbol} --timeframe 1m`,
  );
}

/** The prices of an exchange of paper trading, which has ended with its session, are made again. */
function seeded(
  session: SessionSettings,
  seed: number,
  markets: readonly Instrument[],
  { fromMs, toMs }: CandleSpan,
): Asked {
  const made = paperMarkets(markets.map(({ symbol }) => symbol), seed, session.clock!.startMs);
  const nowMs = venueClock(session).now();
  return (market, length) => {
    const own = made[markets.indexOf(market)], lengthMs = fixedLengthMs(length);
    const open = (ms: number) => barOpen(length, ms as TimestampMs);
    const beginMs = open(fromMs) < fromMs ? open(open(fromMs) + lengthMs) : fromMs, endMs = open(Math.min(toMs, nowMs));
    const minutes: Candle[] = [];
    for (let openMs = beginMs as number; openMs < endMs; openMs += MINUTE_MS) {
      const minute = own!.minute(openMs);
      if (minute !== null) minutes.push(minute);
    }
    const candles = resample(candleColumns(market, timeframe("1m"), minutes), length);
    // As the exchange tells it.
    candles.volume.forEach((volume, i) => candles.volume[i] = Number(volume.toFixed(8)));
    return Promise.resolve(candles);
  };
}

/** Null where it does not answer any more. */
async function fromVenue(session: SessionSettings, markets: readonly Instrument[], { fromMs, toMs }: CandleSpan) {
  const venue = await openExchange(session.exchange, { baseUrl: session.exchangeUrl! }),
    nowMs = venueClock(session).now();
  try {
    return await both(session, markets, async (market, length) => {
      const candles: Candle[] = [];
      for (let nextMs = fromMs; nextMs < toMs;) {
        const page = await venue.candles({
          symbol: market.symbol,
          timeframe: length,
          fromMs: nextMs as TimestampMs,
          toMs: toMs as TimestampMs,
        });
        if (page.kind !== "done") throw new Unanswered();
        if (page.value.length === 0) break;
        for (const { openTimeMs, open, high, low, close, volume } of page.value) {
          if (openTimeMs + fixedLengthMs(length) <= nowMs) {
            candles.push({
              ...{ openTimeMs, open: Number(open), high: Number(high), low: Number(low), close: Number(close) },
              volume: Number(volume),
            });
          }
        }
        nextMs = page.value.at(-1)!.openTimeMs + 1;
      }
      return candleColumns(market, length, candles);
    });
  } catch (error) {
    if (error instanceof Unanswered) return null;
    throw error;
  } finally {
    await venue.close();
  }
}

class Unanswered extends Error {}

async function withLake<T>(work: (ask: Asked) => Promise<T>, { fromMs, toMs }: CandleSpan): Promise<T> {
  const { Lake } = await import("../../engine/lake/mod.ts"), { lakePlace } = await import("../lake_place.ts");
  const lake = new Lake(lakePlace(readSettings().values.dataDir));
  try {
    return await work((instrument, length) =>
      lake.candles({ instrument, timeframe: length, from: fromMs as TimestampMs, to: toMs as TimestampMs })
    );
  } finally {
    await lake.close();
  }
}
