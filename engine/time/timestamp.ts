import { InputError } from "../errors/mod.ts";

declare const timestampBrand: unique symbol;

/** Milliseconds since 1970-01-01T00:00:00Z, an integer; leap seconds do not exist in it. */
export type TimestampMs = number & { readonly [timestampBrand]: "TimestampMs" };

/** Last moment that a Date can hold; later numbers are units mixed up (microseconds), not times. */
const MAX_TIMESTAMP_MS = 8.64e15;

/** Checks that a number is a whole count of milliseconds in the range of a Date. */
export function timestampMs(value: number): TimestampMs {
  if (!Number.isInteger(value) || Math.abs(value) > MAX_TIMESTAMP_MS) {
    throw new InputError("timestamp", `${value} is not a time in whole milliseconds since 1970`);
  }
  return value as TimestampMs;
}

const PARTIAL_DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?Z?)?)?)?$/;

/**
 * Reads a moment as people write it: `2024`, `2024-08`, `2024-08-05`, `2024-08-05T06:00`, with seconds and `Z` allowed.
 * Always UTC; missing parts are the first of their kind.
 *
 * @throws {InputError} `timestamp` when the text is no such date or the date does not exist.
 */
export function parseTimestamp(text: string): TimestampMs {
  const match = PARTIAL_DATE.exec(text.trim());
  const parts = match?.slice(1).map((part, i) => part === undefined ? (i === 1 || i === 2 ? 1 : 0) : Number(part));
  if (match && parts) {
    const [year, month, day, hour, minute, second] = parts as [number, number, number, number, number, number];
    const millisecond = Number((match[7] ?? "0").padEnd(3, "0"));
    const time = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
    const back = new Date(time);
    const exists = back.getUTCMonth() === month - 1 && back.getUTCDate() === day && hour < 24 && minute < 60 &&
      second < 60;
    if (exists) return timestampMs(time);
  }
  throw new InputError("timestamp", `"${text}" is not a date: write 2024, 2024-08-05 or 2024-08-05T06:00 (always UTC)`);
}

/** ISO 8601 in UTC with seconds, and milliseconds only where there are any: `2024-08-05T06:00:00Z`. */
export function formatTimestamp(time: TimestampMs): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}
