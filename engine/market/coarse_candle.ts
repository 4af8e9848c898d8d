import { barClose, barOpen, type Timeframe, type TimestampMs } from "../time/mod.ts";
import type { ValueColumn } from "./candle_columns.ts";

/** Columns from which a candle is read, one row at a time. */
export type CandleRows = Readonly<Record<"openTimeMs" | ValueColumn, ArrayLike<number>>>;

const STAGE = 0, END_MS = 1, STARTED = 2, CANDLE = 3;
/** Stages: none, one that counts, one whose beginning is missing. */
const NONE = 0, WHOLE = 1, PARTIAL = 2;

/**
 * A coarse candle in the making, from finer ones as they close: first open, highest high, lowest low, last close,
 * volumes added in time order. All that it remembers lies in `memory`, so it can be copied and put back.
 */
export class CoarseCandle {
  readonly memory: Float64Array = new Float64Array(CANDLE + 6);
  /** The candle so far: columns of one row each, which lie in the memory. */
  readonly columns: Readonly<Record<"openTimeMs" | ValueColumn, Float64Array>> = {
    openTimeMs: this.memory.subarray(CANDLE, CANDLE + 1),
    open: this.memory.subarray(CANDLE + 1, CANDLE + 2),
    high: this.memory.subarray(CANDLE + 2, CANDLE + 3),
    low: this.memory.subarray(CANDLE + 3, CANDLE + 4),
    close: this.memory.subarray(CANDLE + 4, CANDLE + 5),
    volume: this.memory.subarray(CANDLE + 5, CANDLE + 6),
  };

  constructor(readonly timeframe: Timeframe) {}

  /** True when a candle is in the making whose time is over by then, be its last finer candles there or not. */
  isOver(timeMs: number): boolean {
    return this.memory[STAGE] !== NONE && timeMs >= this.memory[END_MS]!;
  }

  /** Takes a finer candle; one that is over has to be ended before. */
  add(candles: CandleRows, row: number): void {
    const { memory: m, columns: own } = this;
    if (m[STAGE] === NONE) {
      const openMs = candles.openTimeMs[row] as TimestampMs;
      const start = barOpen(this.timeframe, openMs);
      m[END_MS] = barClose(this.timeframe, openMs);
      // The very first one counts only when its beginning is there.
      m[STAGE] = m[STARTED] === 1 || start === openMs ? WHOLE : PARTIAL;
      m[STARTED] = 1;
      own.openTimeMs[0] = start;
      own.open[0] = candles.open[row]!;
      own.high[0] = candles.high[row]!;
      own.low[0] = candles.low[row]!;
      own.volume[0] = candles.volume[row]!;
    } else {
      if (candles.high[row]! > own.high[0]!) own.high[0] = candles.high[row]!;
      if (candles.low[row]! < own.low[0]!) own.low[0] = candles.low[row]!;
      own.volume[0]! += candles.volume[row]!;
    }
    own.close[0] = candles.close[row]!;
  }

  /** Ends the candle, which stays readable until the next {@linkcode add}. False when its beginning was missing. */
  end(): boolean {
    const whole = this.memory[STAGE] === WHOLE;
    this.memory[STAGE] = NONE;
    return whole;
  }
}
