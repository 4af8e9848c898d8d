import type { TimestampMs } from "../time/mod.ts";

/** A candle's times, its prices, quote units, and its volume, base units. */
export interface CandlePrices {
  readonly openTimeMs: TimestampMs;
  readonly closeTimeMs: TimestampMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** The candles that the exchange trades through, in columns; row i belongs to instrument number `instrument[i]`. */
export interface TradedCandles {
  readonly closeTimeMs: TimestampMs;
  readonly count: number;
  readonly instrument: Int32Array | readonly number[];
  readonly openTimeMs: ArrayLike<number>;
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
  readonly volume: ArrayLike<number>;
}

/** One of them, for the answers of a kind of order. */
export function candleIn(candles: TradedCandles, row: number): CandlePrices {
  return {
    openTimeMs: candles.openTimeMs[row] as TimestampMs,
    closeTimeMs: candles.closeTimeMs,
    open: candles.open[row]!,
    high: candles.high[row]!,
    low: candles.low[row]!,
    close: candles.close[row]!,
    volume: candles.volume[row]!,
  };
}
