// How a book sees candles: of the session's timeframe as they come, of a coarser one when its candle ends.
import type { CandleRows, CoarseCandle } from "../market/mod.ts";
import type { DecisionContext } from "../strategies/mod.ts";
import type { CandleGroup } from "./event.ts";
import type { BookRuntime } from "./trader.ts";

/**
 * Feeds a book's series, other symbols first and its own last, and shows its context the candle that closed. Returns
 * how many candles of the book's own market and timeframe did: two coarse ones end at once where candles are missing,
 * and the later one is decided on.
 */
export function feed(book: BookRuntime, group: CandleGroup, lastOpenTimeMs: ArrayLike<number>): number {
  const { symbolInstruments } = book;
  let seen = 0;
  for (let symbol = symbolInstruments.length - 1; symbol >= 0; symbol--) {
    const instrument = symbolInstruments[symbol]!;
    const row = group.rowOf[instrument]!;
    const isNew = row >= 0 && group.openTimeMs[row]! > lastOpenTimeMs[instrument]!;
    if (book.coarse.length > 0) seen = feedCoarse(book, symbol, group, isNew ? row : -1);
    else seen = isNew ? take(book, symbol, group, row) : 0;
  }
  if (seen > 0) book.context.closeTimeMs = group.closeTimeMs;
  return seen;
}

/** Adds to a symbol's coarse candle and ends it with the first group at or after its end. Returns how many ended. */
function feedCoarse(book: BookRuntime, symbol: number, group: CandleGroup, row: number): number {
  const candle = book.coarse[symbol]!;
  let seen = 0;
  if (row >= 0) {
    // Whatever opens after the end also ends it: the candles in between are missing.
    if (candle.isOver(group.openTimeMs[row]!)) seen += end(book, symbol, candle);
    candle.add(group, row);
  }
  if (candle.isOver(group.closeTimeMs)) seen += end(book, symbol, candle);
  return seen;
}

function end(book: BookRuntime, symbol: number, candle: CoarseCandle): number {
  return candle.end() ? take(book, symbol, candle.columns, 0) : 0;
}

function take(book: BookRuntime, symbol: number, candles: CandleRows, row: number): number {
  book.program.push(symbol, candles, row);
  if (symbol === 0) show(book.context, candles, row);
  return 1;
}

function show(context: DecisionContext, candles: CandleRows, row: number): void {
  context.openTimeMs = candles.openTimeMs[row]!;
  context.open = candles.open[row]!;
  context.high = candles.high[row]!;
  context.low = candles.low[row]!;
  context.close = candles.close[row]!;
  context.volume = candles.volume[row]!;
}
