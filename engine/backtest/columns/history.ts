import { type CandleColumns, rowAtOrAfter } from "../../market/mod.ts";
import { dayOfClose } from "../../metrics/mod.ts";
import { close, type ColumnMemory, high, low, type SweepEvaluator } from "../../series/mod.ts";
import { DAY_MS, type TimestampMs } from "../../time/mod.ts";
import { fillTable, TABLE_NUMBERS } from "./account_table.ts";
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
  readonly reference: number;
  /** When the first candle on which a strategy may decide opened, as drawdowns count it. */
  readonly startMs: number;
  #high: BlockExtremes | null = null;
  #low: BlockExtremes | null = null;
  #table: Float64Array | null = null;

  /**
   * @param tradeFromMs Open time of the first candle on which a strategy may decide.
   * @param evaluator In whose memory it lies.
   */
  constructor(readonly candles: CandleColumns, tradeFromMs: TimestampMs, readonly evaluator: SweepEvaluator) {
    const { length } = candles;
    this.memory = evaluator.memory;
    const { memory } = this;
    this.times = new CloseTimes(candles, memory);
    this.firstRow = rowAtOrAfter(candles, tradeFromMs);
    this.reference = candles.close[0] ?? 0;
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

  /** All of the table of accounts: account_table.ts. */
  get table(): Float64Array {
    return this.#table ??= this.memory.lasting("table", TABLE_NUMBERS * (this.candles.length + 1), (table) => {
      fillTable(this.candles.close, this.reference, table);
    });
  }

  #blocks(name: "high" | "low" | "close"): BlockExtremes {
    return new BlockExtremes(name, this.evaluator.values({ high, low, close }[name]), this.memory);
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
