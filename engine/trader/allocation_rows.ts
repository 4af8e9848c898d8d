// What an allocation remembers of its markets' closes, and the returns that it makes of them.
import type { ReturnRows } from "../portfolio/mod.ts";
import type { Allocation, AllocationState } from "./allocation_state.ts";
import type { Trader } from "./trader.ts";

/** The share of candles that may be missing from a market's look-back; its last close stands in for them. */
const MOST_MISSING = 0.1;

/** True when a candle of a book has ended with the group that closes then. */
export function hasEnded(trader: Trader, book: number, closeTimeMs: number): boolean {
  return trader.books[book]!.context.closeTimeMs === closeTimeMs;
}

/** Notes the closes of a group in which a candle of one of the books has ended. False where none has. */
export function noteCloses(trader: Trader, { books }: Allocation, own: AllocationState, closeTimeMs: number): boolean {
  const { config, state } = trader, width = books.length, start = (own.rows * width) % own.closes.length;
  // A market that comes later with a candle of the same time has missed the decision.
  if (own.lastCloseMs >= closeTimeMs) return false;
  let isNew = false;
  for (let i = 0; i < width; i++) isNew ||= hasEnded(trader, books[i]!, closeTimeMs);
  if (!isNew) return false;
  for (let i = 0; i < width; i++) {
    const book = books[i]!, close = state.marks[config.books[book]!.instrument]!;
    own.closes[start + i] = hasEnded(trader, book, closeTimeMs) ? close : NaN;
  }
  own.rows++;
  own.lastCloseMs = closeTimeMs;
  return true;
}

/** Closes that are remembered by now. */
export function rowsKnown({ rows, closes }: AllocationState, width: number): number {
  return Math.min(rows, closes.length / width);
}

/** True where a market has a close now or had one lately: at most a tenth of those that are remembered are missing. */
export function isFollowed(own: AllocationState, width: number, column: number): boolean {
  const known = rowsKnown(own, width);
  let missing = 0;
  for (let row = 0; row < known; row++) if (Number.isNaN(own.closes[row * width + column]!)) missing++;
  return missing <= known * MOST_MISSING;
}

/** Returns of some columns, oldest first; a close that is missing counts as the one before it, or after it at the start. */
export function returnsOf(own: AllocationState, width: number, columns: readonly number[]): ReturnRows {
  const known = rowsKnown(own, width), rows = Math.max(0, known - 1), assets = columns.length;
  const capacity = own.closes.length / width, first = own.rows - known;
  const values = new Float64Array(rows * assets);
  columns.forEach((column, asset) => {
    let last = NaN;
    for (let row = 0; row < known; row++) {
      const close = own.closes[((first + row) % capacity) * width + column]!;
      if (row > 0) values[(row - 1) * assets + asset] = close > 0 && last > 0 ? close / last - 1 : 0;
      if (close > 0) last = close;
    }
  });
  return { rows, assets, values };
}
