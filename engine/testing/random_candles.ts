// Test support only: candles that are awkward on purpose.
import fc from "fast-check";
import { type Candle, type CandleColumns, candleColumns, type Instrument } from "../market/mod.ts";
import type { Timeframe, TimestampMs } from "../time/mod.ts";

/** Random candles with flat stretches, zero volume and missing candles, on a grid of one minute from `startMs`. */
export function randomCandles(
  market: Instrument,
  timeframe: Timeframe,
  startMs: number,
  maxLength: number,
): fc.Arbitrary<CandleColumns> {
  const step = fc.record({
    skip: fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 9 })),
    move: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: -300, max: 300 })),
    up: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 })),
    down: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 200 })),
    volume: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1000, noNaN: true })),
  });
  return fc.array(step, { minLength: 1, maxLength, size: "max" }).map((steps) => {
    let time = startMs, last = 10_000;
    const candles = steps.map(({ skip, move, up, down, volume }): Candle => {
      time += skip * 60_000;
      const open = last, close = Math.max(100, last + move);
      last = close;
      const openTimeMs = time as TimestampMs;
      time += 60_000;
      return {
        openTimeMs,
        open: open / 100,
        high: (Math.max(open, close) + up) / 100,
        low: Math.max(1, Math.min(open, close) - down) / 100,
        close: close / 100,
        volume,
      };
    });
    return candleColumns(market, timeframe, candles);
  });
}
