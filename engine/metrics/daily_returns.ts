import type { EquityCurve } from "../portfolio/mod.ts";
import { DAY_MS } from "../time/mod.ts";

/** Returns of whole UTC days, oldest first; both columns are equally long. */
export interface DailyReturns {
  /** 00:00 UTC at which the day begins; its return is known when it ends. */
  readonly dayMs: Float64Array;
  readonly returns: Float64Array;
}

/**
 * Returns between the equity at 00:00 UTC of one day and of the next, whatever the length of the candles: the last close
 * at or before midnight counts, and a day without a close returns 0. The first day begins with the starting cash and the
 * last one ends with the last close, so that all returns together compound to the run's. They end on the day on which
 * the equity is gone: nothing can be earned on nothing.
 */
export function dailyReturns(
  { closeTimeMs, equity }: Pick<EquityCurve, "closeTimeMs" | "equity">,
  startingCash: number,
): DailyReturns {
  const n = closeTimeMs.length;
  const firstDay = n === 0 ? 0 : dayOfClose(closeTimeMs[0]!);
  const days = n === 0 ? 0 : dayOfClose(closeTimeMs[n - 1]!) - firstDay + 1;
  const dayMs = new Float64Array(days), returns = new Float64Array(days);
  let before = startingCash, row = 0, length = 0;
  while (length < days && before > 0) {
    const endMs = (firstDay + length + 1) * DAY_MS;
    let after = before;
    while (row < n && closeTimeMs[row]! <= endMs) after = equity[row++]!;
    dayMs[length] = endMs - DAY_MS;
    returns[length++] = after / before - 1;
    before = after;
  }
  return { dayMs: dayMs.subarray(0, length), returns: returns.subarray(0, length) };
}

/** Number of the UTC day of a close, from 1970 on: one at midnight belongs to the day that ends with it. */
export function dayOfClose(closeTimeMs: number): number {
  return Math.ceil(closeTimeMs / DAY_MS) - 1;
}

/** The moment at which the first candle of a curve opened: its close less the shortest step between closes. */
export function curveStartMs({ closeTimeMs }: Pick<EquityCurve, "closeTimeMs">): number {
  let step = Infinity;
  for (let i = 1; i < closeTimeMs.length; i++) step = Math.min(step, closeTimeMs[i]! - closeTimeMs[i - 1]!);
  return closeTimeMs[0]! - (step === Infinity ? 0 : step);
}
