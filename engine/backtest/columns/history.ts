import type { CandleColumns } from "../../market/mod.ts";
import { barClose, fixedLengthMs, type TimestampMs } from "../../time/mod.ts";
import { BlockExtremes } from "./block_extremes.ts";

const DAY_MS = 86_400_000;

/** What all trials over the same candles have in common. */
export interface ColumnHistory {
  readonly candles: CandleColumns;
  /** First row on which a strategy may decide, and at whose close the account is first looked at. */
  readonly firstRow: number;
  readonly closeTimeMs: Float64Array;
  readonly close: BlockExtremes;
  readonly high: BlockExtremes;
  readonly low: BlockExtremes;
  /** For each day, UTC, the last row whose close belongs to it or to a day before; −1 before the first. */
  readonly dayRows: Int32Array;
  /** Σ of close − `reference` of all rows before each row: sums of small differences keep their digits. */
  readonly closeSums: Float64Array;
  readonly reference: number;
  /** When the first candle on which a strategy may decide opened, as drawdowns count it. */
  readonly startMs: number;
}

/** @param tradeFromMs Open time of the first candle on which a strategy may decide. */
export function columnHistory(candles: CandleColumns, tradeFromMs: number): ColumnHistory {
  const { openTimeMs, length, timeframe, close } = candles, lengthMs = fixedLengthMs(timeframe);
  const closeTimeMs = openTimeMs.map((ms) => lengthMs > 0 ? ms + lengthMs : barClose(timeframe, ms as TimestampMs));
  let firstRow = 0;
  while (firstRow < length && openTimeMs[firstRow]! < tradeFromMs) firstRow++;
  const closeSums = new Float64Array(length + 1);
  const reference = close[0] ?? 0;
  for (let row = 0; row < length; row++) closeSums[row + 1] = closeSums[row]! + (close[row]! - reference);
  return {
    candles,
    firstRow,
    closeTimeMs,
    close: new BlockExtremes(close),
    high: new BlockExtremes(candles.high),
    low: new BlockExtremes(candles.low),
    dayRows: dayRowsOf(closeTimeMs, firstRow),
    closeSums,
    reference,
    startMs: startOf(closeTimeMs, firstRow),
  };
}

/** As `curveStartMs` of the metrics: the first close less the shortest step between closes. */
function startOf(closeTimeMs: Float64Array, firstRow: number): number {
  let step = Infinity;
  for (let row = firstRow + 1; row < closeTimeMs.length; row++) {
    step = Math.min(step, closeTimeMs[row]! - closeTimeMs[row - 1]!);
  }
  return (closeTimeMs[firstRow] ?? 0) - (step === Infinity ? 0 : step);
}

/** As `dailyReturns` of the metrics counts days: a close at midnight belongs to the day that ends with it. */
function dayRowsOf(closeTimeMs: Float64Array, firstRow: number): Int32Array {
  const length = closeTimeMs.length;
  if (firstRow >= length) return new Int32Array(0);
  const dayOf = (row: number) => Math.ceil(closeTimeMs[row]! / DAY_MS) - 1;
  const firstDay = dayOf(firstRow), rows = new Int32Array(dayOf(length - 1) - firstDay + 1);
  for (let day = 0, row = firstRow - 1; day < rows.length; day++) {
    const endMs = (firstDay + day + 1) * DAY_MS;
    while (row + 1 < length && closeTimeMs[row + 1]! <= endMs) row++;
    rows[day] = row;
  }
  return rows;
}
