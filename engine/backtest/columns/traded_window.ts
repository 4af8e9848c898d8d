import { ROWS_PER_WORD } from "../../series/mod.ts";
import { TABLE_NUMBERS } from "./account_table.ts";
import type { ColumnHistory } from "./history.ts";
import type { TrialKernels } from "./trial_kernels.ts";

/**
 * What trials of the kernel read of the rows of a window: the table, from the row before it on, and the opens. They are put
 * there for each window, so that they are in the cache when they are read.
 */
export class TradedWindow {
  readonly #table: Float64Array;
  readonly #opens: Float64Array;
  #first = 0;
  #end = 0;

  /** @param words Of the rows of a window. */
  constructor(readonly history: ColumnHistory, words: number, readonly kernels: TrialKernels) {
    const { memory } = history, rows = ROWS_PER_WORD * words;
    this.#table = memory.numbers(TABLE_NUMBERS * (rows + 1));
    this.#opens = memory.numbers(rows);
  }

  /** Goes on to rows, the first of which is 0, or is in the window already or follows it. */
  move(first: number, end: number): void {
    const table = this.#table, { history: { candles: { open }, close: { values }, reference } } = this;
    if (first === 0) {
      table.fill(0, 0, TABLE_NUMBERS);
      this.#end = 0;
    } else table.copyWithin(0, TABLE_NUMBERS * (first - this.#first), TABLE_NUMBERS * (this.#end - this.#first + 1));
    const at = table.byteOffset + 8 * TABLE_NUMBERS * (this.#end - first + 1);
    this.kernels.findTable(values.byteOffset, this.#end, end, reference, at);
    this.#opens.set(open.subarray(first, end));
    this.#first = first;
    this.#end = end;
  }

  /** The byte at which the table would begin. */
  get tableByte(): number {
    return this.#table.byteOffset - 8 * TABLE_NUMBERS * this.#first;
  }

  /** The byte at which the opens would begin. */
  get openByte(): number {
    return this.#opens.byteOffset - 8 * this.#first;
  }
}
