// Calendar figures by whole-number arithmetic, UTC, without a Date: for loops over candles. They count in minutes and
// days, which are small integers, so that a call with one costs no box.
import { MINUTE_MS } from "./lengths.ts";
import type { TimestampMs } from "./timestamp.ts";

const DAY_MINUTES = 1_440;

/** Whole minutes since 1970. */
export function minuteNumber(time: TimestampMs): number {
  return Math.floor(time / MINUTE_MS);
}

/** Days since 1970-01-01 of a minute number. */
export function dayNumber(minute: number): number {
  return Math.floor(minute / DAY_MINUTES);
}

/** Minutes since 00:00 of a minute number, 0 to 1,439. */
export function minuteOfDay(minute: number): number {
  return minute - dayNumber(minute) * DAY_MINUTES;
}

/** Day of the week of a day number: 0 is Sunday, as in cron. 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return ((day + 4) % 7 + 7) % 7;
}

/**
 * Month (1 to 12) and day of the month (1 to 31) of a day number, as month × 32 + day: one number, so that nothing is
 * allocated. Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
 */
export function monthAndDay(day: number): number {
  const shifted = day + 719_468; // days since 0000-03-01
  const dayOfEra = shifted - Math.floor(shifted / 146_097) * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  return (fromMarch < 10 ? fromMarch + 3 : fromMarch - 9) * 32 + dayOfMonth;
}
