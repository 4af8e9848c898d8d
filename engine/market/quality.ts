import { fixedLengthMs, nominalLengthMs, shiftBars, type Timeframe, type TimestampMs } from "../time/mod.ts";
import type { CandleColumns, ValueColumn } from "./candle_columns.ts";

/** What is noteworthy about a stretch of candles. Counted and kept; nothing is mended in silence. */
export interface CandleQuality {
  /** Breaks in the grid, and the candles that are missing in them. */
  readonly gaps: number;
  readonly missing: number;
  /** Longest break, in candles. */
  readonly longestGap: number;
  /** Rows of the source that repeated a candle exactly. */
  readonly duplicates: number;
  /** Rows of the source that went back in time and were sorted because that was asked for. */
  readonly outOfOrder: number;
  /** Candles whose open or close does not lie between low and high. */
  readonly inconsistent: number;
  readonly zeroVolume: number;
  /** Candles whose close jumped by more than {@linkcode OUTLIER_FACTOR} times the usual. */
  readonly outliers: number;
}

/** What only the source of candles can tell: their own columns are sorted, each candle once. */
export type SourceQuality = Pick<CandleQuality, "duplicates" | "outOfOrder">;

/** How many times the median move counts as an outlier. */
export const OUTLIER_FACTOR = 50;

/**
 * Judges candles that are sorted and on the grid of their timeframe. An outlier is a close that differs from the one
 * before, as a fraction of it, by more than 50 times the median of such moves (those of zero left out, or a market that
 * rarely trades would have no usual move): news do that, and so do wrong digits.
 */
export function candleQuality(
  candles: Pick<CandleColumns, "openTimeMs" | ValueColumn>,
  timeframe: Timeframe,
  source: SourceQuality,
): CandleQuality {
  const { openTimeMs, open, high, low, close, volume } = candles, lengthMs = fixedLengthMs(timeframe);
  let gaps = 0, missing = 0, longestGap = 0, inconsistent = 0, zeroVolume = 0;
  for (let i = 0; i < openTimeMs.length; i++) {
    if (volume[i] === 0) zeroVolume++;
    if (!isConsistent(open[i]!, high[i]!, low[i]!, close[i]!)) inconsistent++;
    if (i === 0 || openTimeMs[i]! - openTimeMs[i - 1]! === lengthMs) continue;
    const absent = missingBetween(openTimeMs[i - 1]!, openTimeMs[i]!, timeframe);
    if (absent === 0) continue;
    gaps++;
    missing += absent;
    longestGap = Math.max(longestGap, absent);
  }
  return { gaps, missing, longestGap, ...source, inconsistent, zeroVolume, outliers: outliersOf(close) };
}

/** True when open and close lie between low and high. */
export function isConsistent(open: number, high: number, low: number, close: number): boolean {
  return low <= open && low <= close && high >= open && high >= close;
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
  // Those that moved at all.
  const moves = new Float64Array(Math.max(0, close.length - 1));
  let moved = 0, outliers = 0;
  for (let i = 1; i < close.length; i++) {
    const move = Math.abs(close[i]! / close[i - 1]! - 1);
    if (move > 0) moves[moved++] = move;
  }
  if (moved === 0) return 0;
  const usual = moves.subarray(0, moved), limit = OUTLIER_FACTOR * inOrder(usual, moved >> 1);
  for (let i = 0; i < moved; i++) if (usual[i]! > limit) outliers++;
  return outliers;
}

/**
 * The value that would stand at `place` were the values sorted. They are rearranged on the way: those below a value go
 * before it, those above behind it, and only the part that holds the place is looked at again.
 */
function inOrder(values: Float64Array, place: number): number {
  let from = 0, to = values.length - 1;
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let left = from, right = to;
    while (left <= right) {
      while (values[left]! < pivot) left++;
      while (values[right]! > pivot) right--;
      if (left > right) break;
      const value = values[left]!;
      values[left++] = values[right]!;
      values[right--] = value;
    }
    if (place <= right) to = right;
    else if (place >= left) from = left;
    else break;
  }
  return values[place]!;
}
