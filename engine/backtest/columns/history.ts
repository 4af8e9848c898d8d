import { type CandleColumns, rowAtOrAfter } from "../../market/mod.ts";
import { dayOfClose } from "../../metrics/mod.ts";
import { close, type ColumnMemory, high, low, open, type SweepEvaluator } from "../../series/mod.ts";
import { DAY_MS, type TimestampMs } from "../../time/mod.ts";
import { BlockExtremes } from "./block_extremes.ts";
import { CloseTimes } from "./close_times.ts";

/** What all trials over the same candles have in common. What only some trials need is made when it is asked for. */
export class ColumnHistory {
  /** First row on which a strategy may decide, and at whose close the account is first looked at. */
  readonly firstRow: number;
  readonly times: CloseTimes;
  readonly close: BlockExtremes;
  /** Where all of this lies, and the kernels that work on it. */
  readonly memory: ColumnMemory;
  /** For each day, UTC, the last row whose close belongs to it or to a day before; −1 before the first. */
  readonly dayRows: Int32Array;
  /**
   * Four numbers a row after four zeros, side by side because they are looked at together: its close; and over all rows up to
   * it Σ of close − `reference` (sums of small differences keep their digits), and of r and r² with r = close ÷ close before − 1.
   */
  readonly table: Float64Array;
  readonly reference: number;
  /** When the first candle on which a strategy may decide opened, as drawdowns count it. */
  readonly startMs: number;
  #high: BlockExtremes | null = null;
  #low: BlockExtremes | null = null;

  /**
   * @param tradeFromMs Open time of the first candle on which a strategy may decide.
   * @param evaluator In whose memory it lies.
   */
  constructor(readonly candles: CandleColumns, tradeFromMs: TimestampMs, readonly evaluator: SweepEvaluator) {
    const { length } = candles, closes = candles.close;
    this.memory = evaluator.memory;
    const { memory } = this;
    this.times = new CloseTimes(candles, memory);
    this.firstRow = rowAtOrAfter(candles, tradeFromMs);
    this.reference = closes[0] ?? 0;
    this.table = memory.lasting("table", 4 * (length + 1), (table) => fillTable(closes, this.reference, table));
    this.close = this.#blocks("close");
    this.dayRows = dayRowsOf(this.times, this.firstRow, length, memory);
    this.startMs = this.times.startMs(this.firstRow);
  }

  get high(): BlockExtremes {
    return this.#high ??= this.#blocks("high");
  }

  get low(): BlockExtremes {
    return this.#low ??= this.#blocks("low");
  }

  /** The opens, in the memory. */
  get open(): Float64Array {
    return this.evaluator.values(open);
  }

  #blocks(name: "high" | "low" | "close"): BlockExtremes {
    return new BlockExtremes(name, this.evaluator.values({ high, low, close }[name]), this.memory);
  }
}

function fillTable(close: Float64Array, reference: number, table: Float64Array): void {
  table.fill(0, 0, 4);
  for (let row = 0, before = close[0]!, sum = 0, returns = 0, squares = 0; row < close.length; row++) {
    const own = close[row]!, change = own / before - 1, at = 4 * row + 4;
    table[at] = own;
    table[at + 1] = sum += own - reference;
    table[at + 2] = returns += change;
    table[at + 3] = squares += change * change;
    before = own;
  }
}

/** The last rows of days, as `dailyReturns` of the metrics takes them. */
function dayRowsOf(times: CloseTimes, firstRow: number, length: number, memory: ColumnMemory): Int32Array {
  if (firstRow >= length) return new Int32Array(0);
  const firstDay = dayOfClose(times.at(firstRow)),
    rows = memory.integers(dayOfClose(times.at(length - 1)) - firstDay + 1);
  for (let day = 0; day < rows.length; day++) rows[day] = times.lastBy((firstDay + day + 1) * DAY_MS);
  return rows;
}
