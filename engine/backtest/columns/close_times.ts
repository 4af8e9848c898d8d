import { type CandleColumns, firstRow } from "../../market/mod.ts";
import { curveStartMs } from "../../metrics/mod.ts";
import type { ColumnMemory } from "../../series/mod.ts";
import { barClose, fixedLengthMs, type TimestampMs } from "../../time/mod.ts";

/** When candles close. Where none is absent that is a matter of counting, and no column of times is read. */
export class CloseTimes {
  /** From one close to the next, of candles that follow each other; else 0. */
  readonly stepMs: number;
  readonly firstMs: number;
  /** Of all candles, where they have to be looked up; else none. */
  readonly listed: Float64Array;
  readonly #length: number;

  /** @param memory Where the column lies. */
  constructor(candles: CandleColumns, memory: ColumnMemory) {
    const { openTimeMs, timeframe, length } = candles, lengthMs = fixedLengthMs(timeframe);
    // Times ascend on the timeframe's grid: as many steps as there are take each of its points.
    const isWhole = lengthMs > 0 && length > 0 && openTimeMs[length - 1]! - openTimeMs[0]! === (length - 1) * lengthMs;
    this.#length = length;
    this.stepMs = isWhole ? lengthMs : 0;
    this.firstMs = isWhole ? openTimeMs[0]! + lengthMs : 0;
    this.listed = isWhole
      ? new Float64Array(0)
      : memory.lasting("close times", length, (times) => fillCloseTimes(candles, times));
  }

  /** The close of a row. */
  at(row: number): number {
    return this.stepMs > 0 ? this.firstMs + row * this.stepMs : this.listed[row]!;
  }

  /** The last row that closes by a moment; −1 where none does. */
  lastBy(timeMs: number): number {
    return firstRow(this.#length, (row) => this.at(row) > timeMs) - 1;
  }

  /** When the candle of a row opened, as `curveStartMs` of the metrics tells it from the closes of that row and those after it. */
  startMs(row: number): number {
    if (this.stepMs === 0) return curveStartMs({ closeTimeMs: this.listed.subarray(row) });
    return this.at(row) - (row + 1 < this.#length ? this.stepMs : 0);
  }
}

function fillCloseTimes({ openTimeMs, timeframe, length }: CandleColumns, times: Float64Array): void {
  const lengthMs = fixedLengthMs(timeframe);
  for (let row = 0; row < length; row++) {
    const openMs = openTimeMs[row]!;
    times[row] = lengthMs > 0 ? openMs + lengthMs : barClose(timeframe, openMs as TimestampMs);
  }
}
