import { InputError } from "../errors/mod.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import type { Instrument } from "./instrument.ts";

/** One settlement of a perpetual contract's funding. */
export interface FundingRow {
  readonly timeMs: TimestampMs;
  /** Share of the position's size at the mark that longs pay to shorts; below zero, shorts pay. */
  readonly rate: number;
  /** Time to the next settlement, as the venue had it then; without it, what the times of the rows show. */
  readonly intervalMs?: number;
  /** Mark price of the settlement, quote units, where the venue tells it. */
  readonly markPrice?: number;
}

/**
 * Settlements of one contract as equally long arrays, oldest first. One that is absent is absent: it has no row, and a
 * rate of 0 is a rate.
 */
export interface FundingColumns {
  readonly instrument: Instrument;
  readonly length: number;
  readonly timeMs: Float64Array;
  readonly rate: Float64Array;
  readonly intervalMs: Float64Array;
  /** NaN where the venue does not tell it. */
  readonly markPrice: Float64Array;
}

/**
 * Columns from single rows.
 *
 * @throws {InputError} `funding` when there is none, or one goes back in time or has no finite rate.
 */
export function fundingColumns(instrument: Instrument, rows: readonly FundingRow[]): FundingColumns {
  if (rows.length === 0) throw new InputError("funding", `there is no funding of ${instrument.id}: give its rows`);
  rows.forEach(({ timeMs, rate }, i) => {
    if (i > 0 && !(timeMs > rows[i - 1]!.timeMs)) {
      throw new InputError("funding", `the funding of ${formatTimestamp(timeMs)} does not come after the one before`);
    }
    if (!(Math.abs(rate) < 1)) {
      throw new InputError(
        "funding",
        `the funding rate of ${formatTimestamp(timeMs)} is ${rate}: it is a share, below 1`,
      );
    }
  });
  const timeMs = Float64Array.from(rows, (row) => row.timeMs), shown = settlementIntervals(timeMs);
  return {
    instrument,
    length: rows.length,
    timeMs,
    rate: Float64Array.from(rows, (row) => row.rate),
    intervalMs: Float64Array.from(rows, (row, i) => row.intervalMs ?? shown[i]!),
    markPrice: Float64Array.from(rows, (row) => row.markPrice ?? NaN),
  };
}

/** Where a single row does not show the interval: what most venues have. */
const USUAL_INTERVAL_MS = 8 * 3_600_000;

/**
 * The interval after each settlement as the times themselves show it. A longer step than the one before is a new
 * interval when the next step is as long, and else the mark of settlements that are missing.
 */
export function settlementIntervals(timeMs: Float64Array): Float64Array {
  const intervals = new Float64Array(timeMs.length);
  const stepAfter = (row: number) => row + 1 < timeMs.length ? steady(timeMs[row + 1]! - timeMs[row]!) : NaN;
  for (let row = 0; row < timeMs.length; row++) {
    const step = stepAfter(row), before = row > 0 ? intervals[row - 1]! : stepAfter(1);
    const isNew = step <= before || step === stepAfter(row + 1) || before !== before;
    intervals[row] = step === step && isNew ? step : before === before ? before : USUAL_INTERVAL_MS;
  }
  return intervals;
}

/** Venues settle some milliseconds late: steps are told apart by the minute. */
function steady(stepMs: number): number {
  return Math.max(60_000, Math.round(stepMs / 60_000) * 60_000);
}

/**
 * Times in [`fromMs`, `toMs`) at which a settlement was due and there is no row: in the steps between rows that are longer
 * than the interval, and before the first and after the last row.
 */
export function missingSettlements(funding: FundingColumns, fromMs: TimestampMs, toMs: TimestampMs): Float64Array {
  const { timeMs, intervalMs, length } = funding;
  const missing: number[] = [];
  for (let time = timeMs[0]! - intervalMs[0]!; time >= fromMs; time -= intervalMs[0]!) missing.unshift(time);
  for (let row = 0; row < length; row++) {
    const interval = intervalMs[row]!;
    // The next row takes the last place of its step, a little early or late.
    const end = row + 1 < length ? timeMs[row + 1]! - interval / 2 : toMs;
    for (let time = timeMs[row]! + interval; time < end; time += interval) missing.push(time);
  }
  return Float64Array.from(missing.filter((time) => time >= fromMs && time < toMs));
}

/**
 * Settlements in [`from`, `to`) with the one before and the one after, which tell whether some are missing at the ends. Views
 * on the same memory.
 */
export function fundingAround(funding: FundingColumns, from: TimestampMs, to: TimestampMs): FundingColumns {
  let first = 0, end = funding.length;
  while (first + 1 < end && funding.timeMs[first + 1]! < from) first++;
  while (end - 1 > first && funding.timeMs[end - 2]! >= to) end--;
  return rowsOf(funding, first, end);
}

/** Settlements in [`from`, `to`) and no others, perhaps none. Views on the same memory. */
export function fundingBetween(funding: FundingColumns, from: number, to: number): FundingColumns {
  let first = 0, end = funding.length;
  while (first < end && funding.timeMs[first]! < from) first++;
  while (end > first && funding.timeMs[end - 1]! >= to) end--;
  return rowsOf(funding, first, end);
}

function rowsOf(funding: FundingColumns, first: number, end: number): FundingColumns {
  const cut = (column: Float64Array) => column.subarray(first, end);
  const { instrument, timeMs, rate, intervalMs, markPrice } = funding;
  return {
    instrument,
    length: end - first,
    timeMs: cut(timeMs),
    rate: cut(rate),
    intervalMs: cut(intervalMs),
    markPrice: cut(markPrice),
  };
}
