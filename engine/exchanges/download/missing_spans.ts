import { barOpen, shiftBars, type Timeframe, type TimestampMs } from "../../time/mod.ts";
import type { TimeSpan } from "./candle_store.ts";

/**
 * Stretches of a range in which candles are missing and nobody has been asked for them yet, none longer than a calendar
 * month, oldest first. Bounds lie on the timeframe's grid.
 *
 * @param openTimes Candles that are kept, sorted.
 * @param asked Stretches that need not be asked for again, sorted.
 */
export function missingSpans(
  { fromMs, toMs }: TimeSpan,
  timeframe: Timeframe,
  openTimes: Float64Array,
  asked: readonly TimeSpan[],
): TimeSpan[] {
  const spans: TimeSpan[] = [];
  const first = barOpen(timeframe, fromMs) < fromMs ? shiftBars(timeframe, fromMs, 1) : fromMs;
  let cursor = first, row = 0, stretch = 0;
  let open: number | null = null;
  const close = (at: TimestampMs) => {
    if (open !== null) spans.push(...byMonth({ fromMs: open as TimestampMs, toMs: at }));
    open = null;
  };
  while (cursor < toMs) {
    while (row < openTimes.length && openTimes[row]! < cursor) row++;
    while (stretch < asked.length && asked[stretch]!.toMs <= cursor) stretch++;
    const isAsked = stretch < asked.length && asked[stretch]!.fromMs <= cursor;
    if (isAsked || openTimes[row] === cursor) {
      close(cursor);
      cursor = isAsked ? onGrid(timeframe, asked[stretch]!.toMs) : shiftBars(timeframe, cursor, 1);
      continue;
    }
    open ??= cursor;
    // To the next thing that is known; nothing in between has to be looked at.
    const next = Math.min(openTimes[row] ?? Infinity, asked[stretch]?.fromMs ?? Infinity, toMs);
    cursor = onGrid(timeframe, next as TimestampMs);
  }
  close(toMs);
  return spans;
}

function onGrid(timeframe: Timeframe, time: TimestampMs): TimestampMs {
  const open = barOpen(timeframe, time);
  return open < time ? shiftBars(timeframe, open, 1) : open;
}

function byMonth({ fromMs, toMs }: TimeSpan): TimeSpan[] {
  const spans: TimeSpan[] = [];
  for (let start: number = fromMs; start < toMs;) {
    const date = new Date(start);
    const end = Math.min(toMs, Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1));
    spans.push({ fromMs: start as TimestampMs, toMs: end as TimestampMs });
    start = end;
  }
  return spans;
}
