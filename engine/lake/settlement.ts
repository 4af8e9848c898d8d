// One settlement of funding, as a cell of a file tells its parts.
import { InputError } from "../errors/mod.ts";
import { MINUTE_MS, type TimestampMs } from "../time/mod.ts";
import { momentOf } from "./moment.ts";

/** A settlement as the lake keeps it; null where the source does not tell. */
export interface Settlement {
  readonly timeMs: TimestampMs;
  readonly rate: number;
  readonly intervalMs: number | null;
  readonly markPrice: number | null;
}

const HOUR_MS = 60 * MINUTE_MS;

const YEAR_10000_MS = 253_402_300_800_000;

/** So far from a full minute a venue's record of a settlement may lie. */
export const JITTER_MS = 15_000;

/**
 * The full minute for which a settlement was due. Venues write down when they came to it, which is some milliseconds or
 * seconds off; kept like that, a position opened at 08:00:00 would be charged for 08:00:00.006, and two records of one
 * settlement would be two.
 *
 * @throws {InputError} `funding-file` when the time is no settlement's.
 */
export function settlementTime(cell: string | null): TimestampMs {
  const timeMs = momentOf(cell ?? "");
  if (timeMs === null || timeMs < 0 || timeMs >= YEAR_10000_MS) {
    throw new InputError("funding-file", `"${cell ?? ""}" is not a time: mend it`);
  }
  const minuteMs = Math.round(timeMs / MINUTE_MS) * MINUTE_MS;
  if (Math.abs(timeMs - minuteMs) <= JITTER_MS) return minuteMs as TimestampMs;
  throw new InputError(
    "funding-file",
    `"${cell}" lies more than ${JITTER_MS / 1000} s off a full minute, and funding is settled at full minutes: ` +
      "name the column of the settlements' times with --map time=COLUMN",
  );
}

/** The share that longs pay. @throws {InputError} `funding-file` where there is none. */
export function settlementRate(cell: string | null): number {
  const rate = Number(cell || NaN);
  if (Math.abs(rate) < 1) return rate;
  throw new InputError(
    "funding-file",
    `"${cell ?? ""}" is not a rate, a share between -1 and 1: leave out settlements whose rate is not known`,
  );
}

/** Time between settlements: milliseconds, hours by the column's name, or text like `8h`. Null where it is not told. */
export function settlementInterval(cell: string | null, column: string): number | null {
  if (!cell) return null;
  const hours = /hours?$/i.test(column) ? Number(cell) : /^\d+h$/.test(cell) ? Number.parseInt(cell) : NaN;
  const intervalMs = hours === hours ? hours * HOUR_MS : Number(cell);
  if (intervalMs >= MINUTE_MS && intervalMs % MINUTE_MS === 0) return intervalMs;
  throw new InputError("funding-file", `"${cell}" in column ${column} is not the time between settlements: mend it`);
}

/** Quote units. Null where it is not told, which venues write as nothing or as 0. */
export function settlementMark(cell: string | null): number | null {
  const price = Number(cell || 0);
  if (price >= 0 && price < Infinity) return price === 0 ? null : price;
  throw new InputError("funding-file", `"${cell}" is not a mark price: mend it`);
}

/**
 * What two records of one settlement say together; null where they contradict each other.
 *
 * @param first Both are of one time.
 */
export function joinedSettlement(first: Settlement, second: Settlement): Settlement | null {
  const agree = (name: "intervalMs" | "markPrice") =>
    first[name] === null || second[name] === null || first[name] === second[name];
  if (first.rate !== second.rate || !agree("intervalMs") || !agree("markPrice")) return null;
  return completed(first, second);
}

/** The second record, with what only the first one tells. */
export function completed(first: Settlement, second: Settlement): Settlement {
  return {
    timeMs: first.timeMs,
    rate: second.rate,
    intervalMs: second.intervalMs ?? first.intervalMs,
    markPrice: second.markPrice ?? first.markPrice,
  };
}

/** True when both tell the same. */
export function sameSettlement(first: Settlement, second: Settlement): boolean {
  return first.rate === second.rate && first.intervalMs === second.intervalMs && first.markPrice === second.markPrice;
}
