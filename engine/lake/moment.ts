import { parseTimestamp, type TimestampMs } from "../time/mod.ts";

/**
 * A moment as a cell of a file tells it: text in ISO 8601, UTC unless it states an offset, or a count since 1970, of
 * seconds below 10^11, of milliseconds below 10^14, of microseconds below 10^17, of nanoseconds above. Null where it is none.
 */
export function momentOf(cell: string): TimestampMs | null {
  const text = cell.trim(), count = Number(text);
  if (text !== "" && Number.isFinite(count)) {
    const perMs = count < 1e11 ? 1e-3 : count < 1e14 ? 1 : count < 1e17 ? 1e3 : 1e6;
    return Math.round(count / perMs) as TimestampMs;
  }
  const [, local, sign, hours, minutes = "00"] = /^(.+[T ].+)([+-])(\d\d):?(\d\d)?$/.exec(text) ?? [];
  try {
    if (local === undefined) return parseTimestamp(text);
    const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
    return parseTimestamp(local) + (sign === "+" ? -offsetMs : offsetMs) as TimestampMs;
  } catch {
    return null;
  }
}
