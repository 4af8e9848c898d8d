import { dayNumber, minuteOfDay, monthAndDay, type TimestampMs, weekdayOf } from "../time/mod.ts";
import type { Pointwise } from "./pointwise.ts";
import { intern, type Series } from "./series.ts";

/** When each candle closed, milliseconds since 1970: the moment of the decision. */
export const closeTime: Series = intern({ kind: "close-time" });

/**
 * A series made of the closing time alone.
 *
 * @param name Unique; part of the series' identity, so it names all that `of` depends on.
 * @param of A number, from the time in milliseconds; pure.
 */
export function timeSeries(name: string, of: (closeTimeMs: TimestampMs) => number): Series {
  const pointwise: Pointwise = {
    name,
    inputs: 1,
    label: () => name,
    set: (out, o, a, i) => out[o] = a[i]! - a[i]! === 0 ? of(a[i] as TimestampMs) : NaN,
  };
  return intern({ kind: "pointwise", pointwise }, [closeTime]);
}

/** Minute of the hour at which the candle closed, 0 to 59, UTC. */
export function minuteOfHour(): Series {
  return timeSeries("minuteOfHour", (time) => minuteOfDay(time) % 60);
}

/** Hour at which the candle closed, 0 to 23, UTC; a candle that ends at midnight has 0 and belongs to the day that begins. */
export function hourOfDay(): Series {
  return timeSeries("hourOfDay", (time) => Math.floor(minuteOfDay(time) / 60));
}

/** Day of the week on which the candle closed, 0 is Sunday, UTC. */
export function dayOfWeek(): Series {
  return timeSeries("dayOfWeek", (time) => weekdayOf(dayNumber(time)));
}

/** Day of the month on which the candle closed, 1 to 31, UTC. */
export function dayOfMonth(): Series {
  return timeSeries("dayOfMonth", (time) => monthAndDay(dayNumber(time)) & 31);
}

/** Month in which the candle closed, 1 to 12, UTC. */
export function monthOfYear(): Series {
  return timeSeries("monthOfYear", (time) => monthAndDay(dayNumber(time)) >> 5);
}
