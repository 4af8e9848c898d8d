import { type CandleColumns, rowAtOrAfter } from "../market/mod.ts";
import { barClose, fixedLengthMs, type TimestampMs } from "../time/mod.ts";
import { type CandleGroup, candleGroup } from "../trader/mod.ts";

/**
 * Walks the candles of several instruments in time order, all that close at one moment together. The group object is
 * the same one each time.
 */
export class CandleGroups {
  readonly group: CandleGroup;
  readonly #columns: readonly CandleColumns[];
  readonly #next: Int32Array;
  readonly #lengthMs: number;

  /** @param columns One per instrument number, all of one timeframe. */
  constructor(columns: readonly CandleColumns[]) {
    this.#columns = columns;
    this.#next = new Int32Array(columns.length);
    this.#lengthMs = columns.length === 0 ? 0 : fixedLengthMs(columns[0]!.timeframe);
    this.group = candleGroup(columns.length);
    // Of a single instrument these never change.
    if (columns.length === 1) {
      this.group.rowOf[0] = this.group.instrument[0] = 0;
      this.group.count = 1;
    }
  }

  /** Goes to the first candles that open at a moment or after it. */
  seek(openTimeMs: number): void {
    this.#columns.forEach((own, i) => this.#next[i] = rowAtOrAfter(own, openTimeMs as TimestampMs));
  }

  /** Open time of an instrument's next candle; Infinity when there are no more. */
  nextOpenTimeMs(instrument: number): number {
    const row = this.#next[instrument]!, own = this.#columns[instrument]!;
    return row < own.length ? own.openTimeMs[row]! : Infinity;
  }

  /** Fills the group with the next candles; false when there are no more that open before `untilMs`. */
  advance(untilMs = Infinity): boolean {
    if (this.#columns.length === 1) return this.#advanceOne(untilMs);
    const { group } = this;
    const columns = this.#columns, next = this.#next;
    let openTimeMs = Infinity;
    for (let i = 0; i < columns.length; i++) {
      const row = next[i]!, own = columns[i]!;
      if (row < own.length && own.openTimeMs[row]! < openTimeMs) openTimeMs = own.openTimeMs[row]!;
    }
    if (openTimeMs >= untilMs) return false;
    let count = 0;
    for (let i = 0; i < columns.length; i++) {
      const row = next[i]!, own = columns[i]!;
      if (row >= own.length || own.openTimeMs[row] !== openTimeMs) {
        group.rowOf[i] = -1;
        continue;
      }
      group.rowOf[i] = count;
      group.instrument[count] = i;
      group.openTimeMs[count] = openTimeMs;
      group.open[count] = own.open[row]!;
      group.high[count] = own.high[row]!;
      group.low[count] = own.low[row]!;
      group.close[count] = own.close[row]!;
      group.volume[count] = own.volume[row]!;
      next[i] = row + 1;
      count++;
    }
    group.count = count;
    if (this.#lengthMs > 0) group.closeTimeMs = openTimeMs + this.#lengthMs as TimestampMs;
    else group.closeTimeMs = barClose(columns[0]!.timeframe, openTimeMs as TimestampMs);
    return true;
  }

  /** The same for a single instrument, which all the looking for the earliest one is not needed for. */
  #advanceOne(untilMs: number): boolean {
    const { group } = this, own = this.#columns[0]!, row = this.#next[0]!;
    if (row >= own.length) return false;
    const openTimeMs = own.openTimeMs[row]!;
    if (openTimeMs >= untilMs) return false;
    group.openTimeMs[0] = openTimeMs;
    group.open[0] = own.open[row]!;
    group.high[0] = own.high[row]!;
    group.low[0] = own.low[row]!;
    group.close[0] = own.close[row]!;
    group.volume[0] = own.volume[row]!;
    this.#next[0] = row + 1;
    if (this.#lengthMs > 0) group.closeTimeMs = openTimeMs + this.#lengthMs as TimestampMs;
    else group.closeTimeMs = barClose(own.timeframe, openTimeMs as TimestampMs);
    return true;
  }

  /** True when no candles come after the group. */
  isLast(): boolean {
    return this.#columns.every((own, i) => this.#next[i]! >= own.length);
  }

  /** How many groups there are in all. */
  static count(columns: readonly CandleColumns[]): number {
    if (columns.length === 1) return columns[0]!.length;
    const times = new Set<number>();
    for (const { openTimeMs, length } of columns) for (let i = 0; i < length; i++) times.add(openTimeMs[i]!);
    return times.size;
  }
}
