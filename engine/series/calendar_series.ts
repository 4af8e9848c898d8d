import { dayNumber, minuteOfDay, monthAndDay, weekdayOf } from "../time/mod.ts";
import type { Pointwise } from "./pointwise.ts";
import { intern, type Series } from "./series.ts";

/** When each candle closed, milliseconds since 1970: the moment of the decision. */
export const closeTime: Series = intern({ kind: "close-time" });

/**
 * A series made of the closing time alone.
 *
 * @param name Unique; part of the series' identity, so it names all that `of` depends on.
 * @param of A number, from the closing time in whole minutes since 1970: an integer, so that the call costs no box. Pure.
 */
export function timeSeries(name: string, of: (closeMinute: number) => number): Series {
  const pointwise: Pointwise = {
    name,
    inputs: 1,
    label: () => name,
    set: (out, o, a, i) => out[o] = a[i]! - a[i]! === 0 ? of(Math.floor(a[i]! / 60_000) | 0) : NaN,
  };
  return intern({ kind: "pointwise", pointwise }, [closeTime]);
}

/** Minute of the hour at which the candle closed, 0 to 59, UTC. */
export function minuteOfHour(): Series {
  return timeSeries("minuteOfHour", (minute) => minuteOfDay(minute) % 60);
}

/** Hour at which the candle closed, 0 to 23, UTC; a candle that ends at midnight has 0 and belongs to the day that begins. */
export function hourOfDay(): Series {
  return timeSeries("hourOfDay", (minute) => Math.floor(minuteOfDay(minute) / 60));
}

/** Day of the week on which the candle closed, 0 is Sunday, UTC. */
export function dayOfWeek(): Series {
  return timeSeries("dayOfWeek", (minute) => weekdayOf(dayNumber(minute)));
}

/** Day of the month on which the candle closed, 1 to 31, UTC. */
export function dayOfMonth(): Series {
  return timeSeries("dayOfMonth", (minute) => monthAndDay(dayNumber(minute)) & 31);
}

/** Month in which the candle closed, 1 to 12, UTC. */
export function monthOfYear(): Series {
  return timeSeries("monthOfYear", (minute) => monthAndDay(dayNumber(minute)) >> 5);
}
