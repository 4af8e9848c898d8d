// How many candles until a value no longer depends on where history began.
import { differs, roundingOf } from "./value_difference.ts";

/** Histories that begin later, to be compared with the whole one. */
const BEGINNINGS = 6;
/** Differences in this last part of a history mean that it has not settled in it. */
const UNSETTLED_SHARE = 0.02;

/** Rows at which shorter histories begin: between a tenth and a half of the whole one, none on a round number. */
export function beginnings(length: number): number[] {
  return Array.from(
    { length: BEGINNINGS },
    (_, i) => Math.floor(length * (0.1 + 0.4 * i / (BEGINNINGS - 1))) + i * 7 % 5,
  );
}

/**
 * Candles from the beginning until a column is what it is with the whole history, the most of all beginnings; null where
 * one of them has not settled by the end.
 *
 * @param columns Of each beginning, the first row of its history and the column made of it.
 */
export function settlingCandles(
  whole: Float64Array,
  columns: readonly { readonly first: number; readonly values: Float64Array }[],
): number | null {
  const rounding = roundingOf(whole);
  let most = 0;
  for (const { first, values } of columns) {
    let row = values.length - 1;
    while (row >= 0 && !differs(whole[first + row]!, values[row]!, rounding)) row--;
    if (row >= values.length * (1 - UNSETTLED_SHARE)) return null;
    most = Math.max(most, row + 1);
  }
  return most;
}
