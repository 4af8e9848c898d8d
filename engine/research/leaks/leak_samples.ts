// After which decisions the future is replaced: spread over time, and where something happens.
import type { CandleColumns } from "../../market/mod.ts";
import { barOpen, type Random, timeframe, type TimestampMs } from "../../time/mod.ts";

/** Shares of the samples that are spread over time, and that lie where columns change; the rest lies where candles are unusual. */
const SPREAD = 0.4, WHERE_COLUMNS_CHANGE = 0.4;

/**
 * Rows, ascending, after which the future is to be replaced.
 *
 * @param columns What is judged: a leak on few rows shows where such a column does something.
 */
export function sampledRows(
  candles: CandleColumns,
  columns: readonly Float64Array[],
  count: number,
  random: Random,
): number[] {
  const last = candles.length - 2;
  if (count > last) return Array.from({ length: last + 1 }, (_, row) => row);
  const rows = new Set<number>();
  // Warm-ups that are filled show in the first rows alone, what counts to the end in the last.
  for (let near = 1; near <= last / 4; near *= 2) rows.add(near - 1).add(last + 1 - near);
  const spread = Math.max(1, Math.round(count * SPREAD));
  for (let i = 0; i < spread; i++) rows.add(Math.floor((i + random.next()) * (last + 1) / spread));
  const each = Math.max(2, Math.ceil(count * WHERE_COLUMNS_CHANGE / Math.max(1, columns.length)));
  for (const column of columns) addSome(rows, eventsOf(column, last), each, random);
  const unusual = Math.max(count / 5, count - rows.size);
  const kinds = unusualRows(candles, last);
  for (const own of kinds) addSome(rows, own, Math.ceil(unusual / kinds.length), random);
  return [...rows].filter((row) => row >= 0 && row <= last).sort((a, b) => a - b);
}

/** Some of the rows, spread over all of them. */
function addSome(rows: Set<number>, from: readonly number[], count: number, random: Random): void {
  if (from.length <= count) from.forEach((row) => rows.add(row));
  else for (let i = 0; i < count; i++) rows.add(from[Math.floor((i + random.next()) * from.length / count)]!);
}

/** Rows on which a column changes, where it does so seldom; else those on which it moves most. */
export function eventsOf(column: Float64Array, last: number): number[] {
  const changed: number[] = [], moved = new Float64Array(last + 1);
  for (let row = 1; row <= last; row++) {
    const now = column[row]!, before = column[row - 1]!;
    if (now === before || (now !== now && before !== before)) continue;
    const move = Math.abs(now - before);
    moved[row] = move - move === 0 ? move : Infinity;
    changed.push(row);
  }
  if (changed.length <= column.length / 4) return changed;
  return largest(moved, Math.ceil(column.length / 20));
}

function largest(values: Float64Array, count: number): number[] {
  const rows = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
  return rows.slice(0, count).sort((a, b) => a - b);
}

/** Rows of large volumes, ranges and moves, of candles without trade, before gaps, and at the ends of days. */
function unusualRows({ timeframe: length, openTimeMs, open, high, low, close, volume }: CandleColumns, last: number) {
  const some = Math.ceil(last / 50),
    day = timeframe("1d"),
    of = (value: (row: number) => number) =>
      largest(Float64Array.from({ length: last + 1 }, (_, row) => value(row) || 0), some);
  const where = (is: (row: number) => boolean) =>
    Array.from({ length: last }, (_, row) => row).filter((row) => is(row));
  const dayOf = (row: number) => barOpen(day, openTimeMs[row] as TimestampMs);
  const step = openTimeMs[1]! - openTimeMs[0]!;
  return [
    of((row) => volume[row]!),
    of((row) => high[row]! / low[row]! - 1),
    of((row) => row === 0 ? 0 : Math.abs(close[row]! / close[row - 1]! - 1)),
    where((row) => !(volume[row]! > 0) || high[row] === low[row] || Number.isNaN(open[row])),
    where((row) => openTimeMs[row + 1]! - openTimeMs[row]! > step),
    length === "1d" ? [] : where((row) => dayOf(row) !== dayOf(row + 1)),
  ].filter((rows) => rows.length > 0);
}
