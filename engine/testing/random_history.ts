// Test support only: candles of one market that are awkward on purpose.
import { type Candle, type CandleColumns, candleColumns, type Instrument } from "../market/mod.ts";
import { fixedLengthMs, type Timeframe, timeframe, type TimestampMs } from "../time/mod.ts";
import { Drawn } from "./drawn.ts";
import type { Scale } from "./restless_strategy.ts";

/** What a history may be like. */
export interface HistoryOptions {
  readonly seed: number;
  readonly timeframe: Timeframe;
  readonly startMs: number;
  readonly length: number;
  /** Missing candles. */
  readonly gaps: boolean;
  /** Jumps between candles, candles without a range, without volume, and crashes. */
  readonly awkward: boolean;
  readonly scale: Scale;
}

/** Candles from 100 on. Each hangs on its own number and the one before, so that a shorter history is the longer one's beginning. */
export function randomHistory(market: Instrument, options: HistoryOptions): CandleColumns {
  const { seed, timeframe: step, startMs, length, gaps, awkward, scale } = options;
  const stepMs = fixedLengthMs(step), candles: Candle[] = [];
  let last = 10_000;
  for (let i = 0; i < length; i++) {
    const drawn = new Drawn(seed, market.symbol, i);
    const skipped = gaps && drawn.chance(0.12);
    const jump = awkward && drawn.chance(0.15) ? drawn.whole(-500, 500) : 0;
    const flat = awkward && drawn.chance(0.1), crash = awkward && drawn.chance(0.03);
    const open = Math.max(500, last + jump);
    const close = Math.max(500, flat ? open : open + (crash ? -drawn.whole(800, 3_000) : drawn.whole(-250, 250)));
    const high = Math.max(open, close) + (flat ? 0 : drawn.whole(0, 150));
    const low = Math.max(400, Math.min(open, close) - (flat ? 0 : drawn.whole(0, 150)));
    const volume = awkward && drawn.chance(0.15) ? 0 : drawn.whole(1, 60);
    last = close;
    if (skipped && i > 0) continue;
    candles.push({
      openTimeMs: (startMs + i * stepMs) as TimestampMs,
      open: open / 100 * scale.price,
      high: high / 100 * scale.price,
      low: low / 100 * scale.price,
      close: close / 100 * scale.price,
      volume: volume * scale.quantity,
    });
  }
  return candleColumns(market, step, candles);
}

/** A history without gaps and awkwardness, of hours from 2024 on unless stated. */
export function plainHistory(
  market: Instrument,
  { seed, length, startMs = Date.UTC(2024, 0, 1), timeframe: step = timeframe("1h") }:
    & Pick<HistoryOptions, "seed" | "length">
    & Partial<Pick<HistoryOptions, "startMs" | "timeframe">>,
): CandleColumns {
  const scale = { price: 1, quantity: 1, quote: 1 };
  return randomHistory(market, { seed, length, startMs, timeframe: step, gaps: false, awkward: false, scale });
}
