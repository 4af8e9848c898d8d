import { nominalLengthMs, shiftBars, type Timeframe, type TimestampMs } from "../time/mod.ts";

/** What is noteworthy about a stretch of candles. Counted and kept; nothing is mended in silence. */
export interface CandleQuality {
  /** Breaks in the grid, and the candles that are missing in them. */
  readonly gaps: number;
  readonly missing: number;
  /** Longest break, in candles. */
  readonly longestGap: number;
  /** Rows of the source that repeated a candle exactly. */
  readonly duplicates: number;
  /** Rows of the source that came out of order and were sorted because that was asked for. */
  readonly outOfOrder: number;
  readonly zeroVolume: number;
  /** Candles whose close jumped by more than {@linkcode OUTLIER_FACTOR} times the usual. */
  readonly outliers: number;
}

/** How many times the median move counts as an outlier. */
export const OUTLIER_FACTOR = 50;

/** Columns that quality is judged by, oldest first. */
export interface QualityColumns {
  readonly openTimeMs: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/**
 * Judges candles that are sorted and on the grid of their timeframe. An outlier is a close that differs from the one
 * before by more than 50 times the median absolute difference of the stretch: news do that, and so do wrong digits.
 */
export function candleQuality(
  candles: QualityColumns,
  timeframe: Timeframe,
  source: { readonly duplicates: number; readonly outOfOrder: number },
): CandleQuality {
  const { openTimeMs, close, volume } = candles;
  let gaps = 0, missing = 0, longestGap = 0, zeroVolume = 0;
  for (let i = 0; i < openTimeMs.length; i++) {
    if (volume[i] === 0) zeroVolume++;
    const absent = i === 0 ? 0 : missingBetween(openTimeMs[i - 1]!, openTimeMs[i]!, timeframe);
    if (absent === 0) continue;
    gaps++;
    missing += absent;
    longestGap = Math.max(longestGap, absent);
  }
  return { gaps, missing, longestGap, ...source, zeroVolume, outliers: outliersOf(close) };
}

/** How many candles fit between two open times, both left out. */
export function missingBetween(before: number, after: number, timeframe: Timeframe): number {
  let count = Math.max(0, Math.round((after - before) / nominalLengthMs(timeframe)) - 1);
  // Months differ in length: the guess is put right on the calendar.
  while (shiftBars(timeframe, before as TimestampMs, count + 1) < after) count++;
  while (count > 0 && shiftBars(timeframe, before as TimestampMs, count + 1) > after) count--;
  return count;
}

function outliersOf(close: Float64Array): number {
  if (close.length < 3) return 0;
  const moves = new Float64Array(close.length - 1);
  for (let i = 0; i < moves.length; i++) moves[i] = Math.abs(close[i + 1]! / close[i]! - 1);
  const median = moves.slice().sort()[moves.length >> 1]!;
  if (median === 0) return 0;
  return moves.reduce((count, move) => move > OUTLIER_FACTOR * median ? count + 1 : count, 0);
}
