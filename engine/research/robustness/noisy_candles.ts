// The same history, seen a little differently: what another venue, or another feed, might have recorded.
import type { CandleColumns } from "../../market/mod.ts";
import type { Random } from "../../time/mod.ts";

/** Candles over which the range is averaged that noise is measured by. */
const RANGE_CANDLES = 14;
/** Half the width of a uniform distribution with standard deviation 1. */
const ROOT_OF_THREE = Math.sqrt(3);
/** A low may fall to this share of itself, and no further: prices stay above 0. */
const LEAST_LOW = 0.5;

/**
 * Candles whose prices are moved at random: each close and each extreme by its own draw, an open with the close before it,
 * so that gaps stay as they were. The extremes hold open and close; the volume stays.
 *
 * @param rangeFraction Standard deviation of the noise as a share of the average true range of the last 14 candles
 * (Wilder, 1978, as a plain mean). 0 gives the same candles.
 */
export function noisyCandles(candles: CandleColumns, rangeFraction: number, random: Random): CandleColumns {
  const { length } = candles, ranges = averageRanges(candles);
  const open = new Float64Array(length), high = new Float64Array(length);
  const low = new Float64Array(length), close = new Float64Array(length);
  for (let row = 0, closeNoise = 0; row < length; row++) {
    const width = ROOT_OF_THREE * rangeFraction * ranges[row]!, least = LEAST_LOW * candles.low[row]!;
    const ownOpen = Math.max(least, candles.open[row]! + closeNoise);
    closeNoise = width * (2 * random.next() - 1);
    const ownClose = Math.max(least, candles.close[row]! + closeNoise);
    const top = candles.high[row]! + width * (2 * random.next() - 1);
    const bottom = Math.max(least, candles.low[row]! + width * (2 * random.next() - 1));
    open[row] = ownOpen;
    close[row] = ownClose;
    high[row] = Math.max(top, ownOpen, ownClose);
    low[row] = Math.min(bottom, ownOpen, ownClose);
  }
  return { ...candles, open, high, low, close };
}

function averageRanges({ high, low, close, length }: CandleColumns): Float64Array {
  const own = new Float64Array(length), means = new Float64Array(length);
  for (let row = 0, sum = 0; row < length; row++) {
    const before = row === 0 ? close[0]! : close[row - 1]!;
    sum += own[row] = Math.max(high[row]!, before) - Math.min(low[row]!, before);
    if (row >= RANGE_CANDLES) sum -= own[row - RANGE_CANDLES]!;
    means[row] = Math.max(0, sum) / Math.min(row + 1, RANGE_CANDLES);
  }
  return means;
}
