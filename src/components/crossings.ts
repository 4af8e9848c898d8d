import {
  type CandleColumns,
  close,
  crossesAbove,
  crossesBelow,
  evaluateColumns,
  instrument,
  sma,
  timeframe,
} from "./engine.ts";
import type { RecentCandles } from "./page_data.ts";

/** Two moving averages over candles, and the rows in which the fast one crossed the slow one. */
export interface Crossings {
  readonly fast: Float64Array;
  readonly slow: Float64Array;
  readonly above: readonly number[];
  readonly below: readonly number[];
}

/** The candles of a page as the engine's columns. */
export function columnsOf({ exchange, symbol, timeframe: name, ...columns }: RecentCandles): CandleColumns {
  return {
    instrument: instrument({ exchange, symbol }),
    timeframe: timeframe(name),
    length: columns.close.length,
    openTimeMs: Float64Array.from(columns.openTimeMs),
    open: Float64Array.from(columns.open),
    high: Float64Array.from(columns.high),
    low: Float64Array.from(columns.low),
    close: Float64Array.from(columns.close),
    volume: Float64Array.from(columns.volume),
  };
}

/** What the engine computes of two lengths; the expressions are those of a strategy's rules. */
export function crossings(candles: CandleColumns, fastLength: number, slowLength: number): Crossings {
  const fast = sma(close, fastLength), slow = sma(close, slowLength);
  const values = evaluateColumns([fast, slow, crossesAbove(fast, slow), crossesBelow(fast, slow)], candles);
  return { fast: values[0], slow: values[1], above: rowsOfOnes(values[2]), below: rowsOfOnes(values[3]) };
}

function rowsOfOnes(values: Float64Array): number[] {
  const rows: number[] = [];
  values.forEach((value, row) => {
    if (value === 1) rows.push(row);
  });
  return rows;
}
