// What the equity of a trial did, from its changes and the extremes of the closes between them.
import type { ColumnHistory } from "./history.ts";

const DAY_MS = 86_400_000;
/** More than the last places of a few operations, as a share of what went into them. */
const ROUNDING = 1e-14;

/**
 * Follows the equity of a trial from change to change. Between two of them it moves with the close alone, so that its
 * extremes are those of the closes; single closes are looked at only where a peak may have been passed.
 */
export class EquityRecord {
  /** At most 0. */
  maxDrawdownFraction = 0.5;
  longestUnderwaterDays = 0.5;
  /** At or below 0 nothing of this means anything. */
  leastEquity = 0.5;
  /** Σ of the equity at all closes. */
  sum = 0.5;
  /** Rows with a position. */
  heldRows = 0;
  /** Returns from one 00:00 UTC to the next, as `dailyReturns` of the metrics gives them. */
  readonly dailyReturns: Float64Array;

  #row = 0;
  #cash = 0.5;
  #quantity = 0.5;
  #day = 0;
  #dayEquity = 0.5;
  #peak = 0.5;
  #peakMs = 0.5;
  #isBelow = false;

  constructor(readonly history: ColumnHistory) {
    this.dailyReturns = new Float64Array(history.dayRows.length);
  }

  /** Begins anew, with so much cash before the first candle. */
  begin(cash: number): void {
    this.maxDrawdownFraction =
      this.longestUnderwaterDays =
      this.sum =
      this.#quantity =
        0;
    this.leastEquity =
      this.#peak =
      this.#dayEquity =
      this.#cash =
        cash;
    this.#row = this.history.firstRow;
    this.heldRows = this.#day = 0;
    this.#isBelow = false;
  }

  /** From the close of that row on, so much cash and so much held. */
  change(row: number, cash: number, quantity: number): void {
    if (row > this.#row) this.#pass(row);
    this.#cash = cash;
    this.#quantity = quantity;
  }

  /** Nothing has changed before that row: what lies behind is looked at while it is in the cache. */
  passTo(row: number): void {
    if (row > this.#row) this.#pass(row);
  }

  /** After the last candle. */
  finish(): void {
    const { candles: { length }, closeTimeMs } = this.history;
    this.passTo(length);
    if (this.#isBelow) this.#recovered(closeTimeMs[length - 1]!);
  }

  /** Equity at the last close. */
  get finalEquity(): number {
    const { candles: { close, length }, firstRow } = this.history;
    return this.#quantity === 0 || length === firstRow ? this.#cash : this.#cash + this.#quantity * close[length - 1]!;
  }

  /** The rows up to that one, in which nothing changed. */
  #pass(to: number): void {
    const from = this.#row, cash = this.#cash, held = this.#quantity;
    const { candles: { close }, closeSums, reference, dayRows } = this.history;
    if (held === 0) {
      this.sum += cash * (to - from);
      this.#flat(from, cash);
    } else {
      this.sum += (cash + held * reference) * (to - from) + held * (closeSums[to]! - closeSums[from]!);
      this.heldRows += to - from;
      this.#held(from, to, cash, held);
    }
    while (this.#day < dayRows.length && dayRows[this.#day]! < to) {
      const row = dayRows[this.#day]!;
      // A day without a close returns nothing.
      const equity = row < from ? this.#dayEquity : held === 0 ? cash : cash + held * close[row]!;
      this.dailyReturns[this.#day++] = equity / this.#dayEquity - 1;
      this.#dayEquity = equity;
    }
    this.#row = to;
  }

  #flat(from: number, equity: number): void {
    if (equity < this.leastEquity) this.leastEquity = equity;
    if (equity < this.#peak) return this.#sink(from, equity);
    if (this.#isBelow) this.#recovered(this.history.closeTimeMs[from]!);
    this.#isBelow = false;
    this.#peak = equity;
  }

  #held(from: number, to: number, cash: number, held: number): void {
    const { close } = this.history;
    close.look(from, to);
    const low = cash + held * (held > 0 ? close.least : close.most);
    const high = cash + held * (held > 0 ? close.most : close.least);
    if (low < this.leastEquity) this.leastEquity = low;
    if (high < this.#peak) {
      // The first row decides when it went below.
      if (!this.#isBelow) this.#sink(from, low);
      else this.#deepen(low);
    } else this.#rowByRow(from, to, cash, held);
  }

  #rowByRow(from: number, to: number, cash: number, held: number): void {
    const { candles: { close }, closeTimeMs, close: blocks } = this.history;
    for (let row = from; row < to;) {
      const equity = cash + held * close[row]!;
      if (equity < this.#peak) this.#sink(row, equity);
      else {
        if (this.#isBelow) this.#recovered(closeTimeMs[row]!);
        this.#isBelow = false;
        this.#peak = equity;
      }
      row++;
      if (!this.#isBelow || row >= to) continue;
      // Below the peak the rows are left out that do not come back to it, with a margin for what rounding may hide.
      const price = (this.#peak - cash) / held;
      const margin = ROUNDING * (Math.abs(price) + (this.#peak + Math.abs(cash)) / Math.abs(held));
      const found = held > 0
        ? blocks.firstAbove(price - margin, true, row, to)
        : blocks.firstBelow(price + margin, true, row, to);
      if (found > row) {
        blocks.look(row, found);
        this.#deepen(cash + held * (held > 0 ? blocks.least : blocks.most));
      }
      row = found;
    }
  }

  #sink(row: number, equity: number): void {
    if (!this.#isBelow) {
      const { closeTimeMs, firstRow, startMs } = this.history;
      this.#isBelow = true;
      this.#peakMs = row === firstRow ? startMs : closeTimeMs[row - 1]!;
    }
    this.#deepen(equity);
  }

  #deepen(equity: number): void {
    const drawdown = equity / this.#peak - 1;
    if (drawdown < this.maxDrawdownFraction) this.maxDrawdownFraction = drawdown;
  }

  #recovered(timeMs: number): void {
    const days = (timeMs - this.#peakMs) / DAY_MS;
    if (days > this.longestUnderwaterDays) this.longestUnderwaterDays = days;
  }
}
