import { InputError } from "../errors/mod.ts";
import { DAY_MS, MINUTE_MS } from "./lengths.ts";
import type { TimestampMs } from "./timestamp.ts";

declare const timeframeBrand: unique symbol;

/** The length of a candle as exchanges write it: `1m 5m 15m 1h 4h 1d 1w 1M`. Minutes are `m`, months are `M`. */
export type Timeframe = string & { readonly [timeframeBrand]: "Timeframe" };

/** 1970-01-05, the first Monday after the epoch: weeks are counted from it. */
const FIRST_MONDAY_MS = 4 * DAY_MS;
const UNIT_MS: Record<string, number> = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: DAY_MS, w: 7 * DAY_MS };

/**
 * Checks a timeframe. Minutes and hours must divide a day, days and weeks are counted from the epoch (weeks from a
 * Monday), months must divide a year, so that every candle has one place in the calendar.
 *
 * @throws {InputError} `timeframe` with what would be accepted.
 */
export function timeframe(text: string): Timeframe {
  parse(text);
  return text as Timeframe;
}

interface Step {
  /** Fixed length, or 0 for calendar months. */
  readonly lengthMs: number;
  readonly months: number;
  readonly anchorMs: number;
}

const steps = new Map<string, Step>();

function parse(text: string): Step {
  const known = steps.get(text);
  if (known) return known;
  const match = /^([1-9]\d{0,3})([mhdwM])$/.exec(text);
  const count = Number(match?.[1]);
  const unit = match?.[2] ?? "";
  const fits = unit === "M"
    ? 12 % count === 0
    : unit === "d" || unit === "w" || DAY_MS % (count * (UNIT_MS[unit] ?? 1)) === 0;
  if (!match || !fits) {
    throw new InputError("timeframe", `"${text}" is not a timeframe: ${meant(text)}`);
  }
  const step = unit === "M"
    ? { lengthMs: 0, months: count, anchorMs: 0 }
    : { lengthMs: count * UNIT_MS[unit]!, months: 0, anchorMs: unit === "w" ? FIRST_MONDAY_MS : 0 };
  steps.set(text, step);
  return step;
}

/** What to write in place of a text that is no timeframe; a number alone is taken for minutes. */
function meant(text: string): string {
  const [, digits, unit] = /^\s*(\d{1,6})\s*(min|mins|minutes?|m|H|h|hours?|D|d|days?|)\s*$/.exec(text) ?? [];
  const minutes = Number(digits) * (UNIT_MS[unit?.[0]?.toLowerCase() || "m"]! / MINUTE_MS);
  const [length, letter] = minutes % 1_440 === 0 ? [minutes / 1_440, "d"] : minutes % 60 === 0 ? [minutes / 60, "h"] : [
    minutes,
    "m",
  ];
  const isOne = minutes > 0 && (letter === "d" || 1_440 % minutes === 0);
  return `${isOne ? `write ${length}${letter}, or` : "use"} one like 1m, 5m, 15m, 1h, 4h, 1d, 1w or 1M`;
}

/** The open time of the candle that contains `time`. */
export function barOpen(tf: Timeframe, time: TimestampMs): TimestampMs {
  const { lengthMs, months, anchorMs } = parse(tf);
  if (lengthMs > 0) return (Math.floor((time - anchorMs) / lengthMs) * lengthMs + anchorMs) as TimestampMs;
  const date = new Date(time);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  return monthStart(Math.floor(month / months) * months);
}

/** The moment at which the candle that contains `time` ends: the open time of the next one, which it does not include. */
export function barClose(tf: Timeframe, time: TimestampMs): TimestampMs {
  const { lengthMs, months, anchorMs } = parse(tf);
  if (lengthMs > 0) return ((Math.floor((time - anchorMs) / lengthMs) + 1) * lengthMs + anchorMs) as TimestampMs;
  const date = new Date(time);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  return monthStart((Math.floor(month / months) + 1) * months);
}

/** The open time of the candle `count` candles after (before, when negative) the one that contains `time`. */
export function shiftBars(tf: Timeframe, time: TimestampMs, count: number): TimestampMs {
  const open = barOpen(tf, time);
  const { lengthMs, months } = parse(tf);
  if (lengthMs > 0) return (open + count * lengthMs) as TimestampMs;
  const date = new Date(open);
  return monthStart(date.getUTCFullYear() * 12 + date.getUTCMonth() + count * months);
}

function monthStart(monthSinceYearZero: number): TimestampMs {
  const date = new Date(0);
  date.setUTCFullYear(Math.floor(monthSinceYearZero / 12), ((monthSinceYearZero % 12) + 12) % 12, 1);
  return date.getTime() as TimestampMs;
}

/** Length of a candle in milliseconds; months count as 30 days, so use it for sizes and guesses, never for the grid. */
export function nominalLengthMs(tf: Timeframe): number {
  const { lengthMs, months } = parse(tf);
  return lengthMs > 0 ? lengthMs : months * 30 * DAY_MS;
}

/** Length of a candle in milliseconds, or 0 where it varies (months). Hot loops step by it and call {@linkcode barClose} on 0. */
export function fixedLengthMs(tf: Timeframe): number {
  return parse(tf).lengthMs;
}

/** True when every candle of `coarse` is made of whole candles of `fine` (1h of 5m; 1M of 1d, not of 1w). */
export function isCoarserOrEqual(coarse: Timeframe, fine: Timeframe): boolean {
  const a = parse(coarse), b = parse(fine);
  if (a.months > 0) return b.months > 0 ? a.months % b.months === 0 : b.lengthMs <= DAY_MS && DAY_MS % b.lengthMs === 0;
  if (b.months > 0) return false;
  return a.lengthMs % b.lengthMs === 0 && (a.anchorMs - b.anchorMs) % b.lengthMs === 0;
}
