import { InputError } from "../errors/mod.ts";
import { barOpen, isCoarserOrEqual, type Timeframe, type TimestampMs } from "../time/mod.ts";
import { type CandleColumns, sliceCandles } from "./candle_columns.ts";

/**
 * Candles of a coarser timeframe: first open, highest high, lowest low, last close, volumes added in time order.
 * A bucket exists where it has at least one candle; the first and last bucket may be partial, and the caller decides
 * with {@linkcode isCoarserOrEqual} and the bucket's ends whether to use them.
 *
 * @throws {InputError} `resample` when the timeframe is finer or does not hold whole candles.
 */
export function resample(candles: CandleColumns, timeframe: Timeframe): CandleColumns {
  if (!isCoarserOrEqual(timeframe, candles.timeframe)) {
    throw new InputError(
      "resample",
      `${candles.timeframe} candles cannot be made into ${timeframe}: choose a coarser one`,
    );
  }
  const starts: number[] = [];
  const opens: number[] = [];
  for (let i = 0, current = NaN; i < candles.length; i++) {
    const open = barOpen(timeframe, candles.openTimeMs[i] as TimestampMs);
    if (open !== current) {
      starts.push(i);
      opens.push(open);
      current = open;
    }
  }
  const count = starts.length;
  const result = {
    instrument: candles.instrument,
    timeframe,
    length: count,
    openTimeMs: Float64Array.from(opens),
    open: new Float64Array(count),
    high: new Float64Array(count),
    low: new Float64Array(count),
    close: new Float64Array(count),
    volume: new Float64Array(count),
  };
  for (let bucket = 0; bucket < count; bucket++) {
    fillBucket(candles, starts[bucket]!, starts[bucket + 1] ?? candles.length, result, bucket);
  }
  return result;
}

/**
 * The same without a first candle whose beginning is missing: what a stream that begins with these candles gets to see,
 * save that its last one may not be over.
 *
 * @throws {InputError} `resample` as above.
 */
export function wholeCandles(candles: CandleColumns, timeframe: Timeframe): CandleColumns {
  const coarse = resample(candles, timeframe);
  const first = candles.openTimeMs[0] as TimestampMs;
  const partial = candles.length > 0 && barOpen(timeframe, first) !== first;
  return partial ? sliceCandles(coarse, 1, coarse.length) : coarse;
}

function fillBucket(candles: CandleColumns, from: number, to: number, result: CandleColumns, bucket: number): void {
  let high = candles.high[from]!, low = candles.low[from]!, volume = 0;
  for (let i = from; i < to; i++) {
    if (candles.high[i]! > high) high = candles.high[i]!;
    if (candles.low[i]! < low) low = candles.low[i]!;
    volume += candles.volume[i]!;
  }
  result.open[bucket] = candles.open[from]!;
  result.high[bucket] = high;
  result.low[bucket] = low;
  result.close[bucket] = candles.close[to - 1]!;
  result.volume[bucket] = volume;
}
