import { type CandleColumns, type Instrument, VALUE_COLUMNS } from "../../market/mod.ts";
import { barClose, barOpen, type Timeframe } from "../../time/mod.ts";
import type { VenueCandle } from "../exchange.ts";

/** Time that a venue may take to finish a candle after its end. */
export const CLOSE_GRACE_MS = 2_000;

/**
 * Candles of a page that have closed, lie on the grid and come once each: the one that is still forming is never kept
 * (fault 35), nor is one of the future (fault 36).
 */
export function closedCandles(rows: readonly VenueCandle[], timeframe: Timeframe, nowMs: number): VenueCandle[] {
  let latest = -Infinity;
  return rows.filter(({ openTimeMs }) => {
    const isNew = openTimeMs > latest && barOpen(timeframe, openTimeMs) === openTimeMs &&
      barClose(timeframe, openTimeMs) + CLOSE_GRACE_MS <= nowMs;
    if (isNew) latest = openTimeMs;
    return isNew;
  });
}

/** Columns of candles, the nearest float64 of each text. */
export function columnsOf(instrument: Instrument, timeframe: Timeframe, rows: readonly VenueCandle[]): CandleColumns {
  const column = (name: keyof VenueCandle) => Float64Array.from(rows, (row) => Number(row[name]));
  const [open, high, low, close, volume] = VALUE_COLUMNS.map(column);
  return {
    instrument,
    timeframe,
    length: rows.length,
    openTimeMs: column("openTimeMs"),
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    volume: volume!,
  };
}
