import { assert } from "../errors/mod.ts";
import type { Timeframe, TimestampMs } from "../time/mod.ts";
import type { Instrument } from "./instrument.ts";
import { firstRow } from "./rows.ts";

/** One candle: open time, four prices in quote units and the volume in base units. It can be seen once it has closed. */
export interface Candle {
  readonly openTimeMs: TimestampMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** The names of the five value columns, in the order in which files and tables list them. */
export const VALUE_COLUMNS = ["open", "high", "low", "close", "volume"] as const;

/** Name of a value column. */
export type ValueColumn = typeof VALUE_COLUMNS[number];

/**
 * Candles of one instrument and timeframe as equally long arrays, oldest first, open times strictly increasing and on
 * the timeframe's grid. An absent candle is absent: there is no row for it.
 */
export interface CandleColumns {
  readonly instrument: Instrument;
  readonly timeframe: Timeframe;
  readonly length: number;
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** The candle in row `index`. For tests and displays; loops read the arrays. */
export function candleAt(candles: CandleColumns, index: number): Candle {
  assert(index >= 0 && index < candles.length, `there is no candle ${index} of ${candles.length}`);
  return {
    openTimeMs: candles.openTimeMs[index] as TimestampMs,
    open: candles.open[index]!,
    high: candles.high[index]!,
    low: candles.low[index]!,
    close: candles.close[index]!,
    volume: candles.volume[index]!,
  };
}

/** Rows `from` … `to` (not included) as views on the same memory. */
export function sliceCandles(candles: CandleColumns, from: number, to: number): CandleColumns {
  const cut = (column: Float64Array) => column.subarray(from, to);
  return {
    instrument: candles.instrument,
    timeframe: candles.timeframe,
    length: Math.max(0, Math.min(to, candles.length) - from),
    openTimeMs: cut(candles.openTimeMs),
    open: cut(candles.open),
    high: cut(candles.high),
    low: cut(candles.low),
    close: cut(candles.close),
    volume: cut(candles.volume),
  };
}

/** First row whose open time is at or after `time`; `length` when there is none. */
export function rowAtOrAfter(candles: CandleColumns, time: TimestampMs): number {
  return firstRow(candles.length, (row) => candles.openTimeMs[row]! >= time);
}

/** Candles whose open time lies in [`from`, `to`), as views on the same memory. */
export function candlesBetween(candles: CandleColumns, from: TimestampMs, to: TimestampMs): CandleColumns {
  return sliceCandles(candles, rowAtOrAfter(candles, from), rowAtOrAfter(candles, to));
}

/** Columns from single candles, for tests and small inputs. */
export function candleColumns(instrument: Instrument, timeframe: Timeframe, candles: readonly Candle[]): CandleColumns {
  const column = (name: keyof Candle) => Float64Array.from(candles, (candle) => candle[name]);
  return {
    instrument,
    timeframe,
    length: candles.length,
    openTimeMs: column("openTimeMs"),
    open: column("open"),
    high: column("high"),
    low: column("low"),
    close: column("close"),
    volume: column("volume"),
  };
}
