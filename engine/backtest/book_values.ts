import { type CandleColumns, wholeCandles } from "../market/mod.ts";
import { evaluateColumns } from "../series/mod.ts";
import type { BookConfig, TraderConfig } from "../trader/mod.ts";
import { partsOf } from "./series_parts.ts";
import { evaluatedSeries } from "./used_candles.ts";

/** What a book's rules are made of, over all candles that it sees. */
export interface BookValues {
  /** Candles of its market in its timeframe. */
  readonly candles: CandleColumns;
  readonly labels: readonly string[];
  /** One column a label, aligned with the candles. */
  readonly columns: readonly Float64Array[];
}

/** Evaluates in columns, which have the same bits as what the book saw candle by candle. */
export function bookValues(config: TraderConfig, book: BookConfig, candles: readonly CandleColumns[]): BookValues {
  const length = book.timeframe ?? config.timeframe, market = candles[book.instrument]!;
  const seen = (columns: CandleColumns) => columns.timeframe === length ? columns : wholeCandles(columns, length);
  const others = new Map<string, CandleColumns>();
  for (const columns of candles) {
    // What orders meet is not what rules see.
    if (columns.timeframe !== config.timeframe) continue;
    const { symbol, exchange } = columns.instrument;
    if (exchange === market.instrument.exchange || !others.has(symbol)) others.set(symbol, columns);
  }
  const parts = partsOf(evaluatedSeries(book.strategy, book.sizing ?? config.sizing, length)), own = seen(market);
  const read = new Map([...others].map(([symbol, columns]) => [symbol, seen(columns)]));
  return { candles: own, labels: parts.map(({ label }) => label), columns: evaluateColumns(parts, own, read) };
}
