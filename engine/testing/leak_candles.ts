// Test support only: seeded candles to look for leaks in, with candles without trade and missing ones.
import { type Candle, type CandleColumns, candleColumns, instrument } from "../market/mod.ts";
import { nominalLengthMs, SeededRandom, timeframe, type TimestampMs } from "../time/mod.ts";

/** 2024-01-01, a Monday. */
const START_MS = 1_704_067_200_000;

/** A random walk of hours unless stated; now and then a candle has no trade, or a few are missing. */
export function leakCandles(symbol: string, count: number, seed: number, length = "1h", firstRow = 0): CandleColumns {
  const random = new SeededRandom(seed), stepMs = nominalLengthMs(timeframe(length));
  const candles: Candle[] = [];
  let price = 50 + 100 * random.next();
  for (let i = firstRow; candles.length < count; i++) {
    if (random.next() < 0.003) i += 3;
    const isStill = random.next() < 0.02, step = isStill ? 0 : 0.02 * (random.next() + random.next() - 1);
    const open = price, close = price * (1 + step), reach = isStill ? 0 : 0.006;
    price = close;
    candles.push({
      openTimeMs: START_MS + i * stepMs as TimestampMs,
      open,
      high: Math.max(open, close) * (1 + reach * random.next()),
      low: Math.min(open, close) * (1 - reach * random.next()),
      close,
      volume: isStill ? 0 : 10 + 90 * random.next() * random.next(),
    });
  }
  return candleColumns(instrument({ exchange: "example", symbol }), timeframe(length), candles);
}
