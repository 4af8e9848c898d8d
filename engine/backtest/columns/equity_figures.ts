// What the equity of a trial did, from its changes and the extremes of the closes between them.
import type { AccountPath } from "./account_path.ts";
import type { ColumnHistory } from "./history.ts";

const DAY_MS = 86_400_000;

/** Figures of the equity at all closes. */
export interface EquityFigures {
  /** At most 0. */
  maxDrawdownFraction: number;
  longestUnderwaterDays: number;
  finalEquity: number;
  meanEquity: number;
  /** Rows with a position. */
  heldRows: number;
  rows: number;
  /** Lowest equity: at or below 0 nothing of this means anything. */
  least: number;
}

/**
 * Walks over the changes of an account. Between two of them the equity moves with the close alone, so that its extremes
 * are those of the closes; single closes are looked at only where a peak may have been passed.
 */
export class EquityWalk implements EquityFigures {
  maxDrawdownFraction = 0.5;
  longestUnderwaterDays = 0.5;
  finalEquity = 0.5;
  meanEquity = 0.5;
  heldRows = 0;
  rows = 0;
  least = 0.5;
  #peak = 0.5;
  #isBelow = false;
  #peakMs = 0.5;
  readonly #startMs: number;

  constructor(readonly history: ColumnHistory) {
    const { closeTimeMs, firstRow } = history;
    let step = Infinity;
    for (let row = firstRow + 1; row < closeTimeMs.length; row++) {
      step = Math.min(step, closeTimeMs[row]! - closeTimeMs[row - 1]!);
    }
    this.#startMs = (closeTimeMs[firstRow] ?? 0) - (step === Infinity ? 0 : step);
  }

  /** Computes the figures of a path; `start` is the cash before the first candle. */
  walk({ rows, cash, quantity, length }: AccountPath, start: number): void {
    const { candles: { close, length: end }, closeTimeMs, firstRow, closeSums } = this.history;
    this.maxDrawdownFraction = this.longestUnderwaterDays = 0;
    this.#peak = this.least = start;
    this.#isBelow = false;
    this.heldRows = 0;
    this.rows = end - firstRow;
    let sum = 0;
    const reference = close[0] ?? 0;
    for (let i = 0; i < length; i++) {
      const from = rows[i]!, to = i + 1 < length ? rows[i + 1]! : end;
      const own = cash[i]!, held = quantity[i]!, count = to - from;
      if (held === 0) {
        sum += own * count;
        this.#flat(from, own);
      } else {
        sum += (own + held * reference) * count + held * (closeSums[to]! - closeSums[from]!);
        this.heldRows += count;
        this.#held(from, to, own, held);
      }
    }
    if (this.#isBelow) this.#recovered(closeTimeMs[end - 1]!);
    const last = length - 1;
    this.finalEquity = end === 0 ? start : quantity[last] === 0 ? cash[last]! : cash[last]! + quantity[last]! * close[end - 1]!;
    this.meanEquity = sum / this.rows;
  }

  #flat(from: number, equity: number): void {
    if (equity < this.#peak) {
      this.#sink(from, equity);
    } else {
      if (this.#isBelow) this.#recovered(this.history.closeTimeMs[from]!);
      this.#isBelow = false;
      this.#peak = equity;
    }
    if (equity < this.least) this.least = equity;
  }

  #held(from: number, to: number, cash: number, held: number): void {
    const { close } = this.history;
    close.look(from, to);
    const low = cash + held * (held > 0 ? close.least : close.most);
    const high = cash + held * (held > 0 ? close.most : close.least);
    if (low < this.least) this.least = low;
    if (this.#isBelow && high < this.#peak) {
      this.#deepen(low);
      return;
    }
    this.#rowByRow(from, to, cash, held);
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
      // Below the peak whole stretches are left out that do not come back to it.
      if (!this.#isBelow || row >= to) continue;
      const end = Math.min(to, (row | 255) + 1);
      blocks.look(row, end);
      const high = cash + held * (held > 0 ? blocks.most : blocks.least);
      if (high < this.#peak) {
        this.#deepen(cash + held * (held > 0 ? blocks.least : blocks.most));
        row = end;
      } else {
        // The price at which the equity is back at its peak, less what rounding may hide.
        const price = (this.#peak - cash) / held, margin = Math.abs(price) * 1e-12;
        const found = held > 0
          ? blocks.firstAbove(price - margin, true, row, end)
          : blocks.firstBelow(price + margin, true, row, end);
        if (found > row) {
          blocks.look(row, found);
          this.#deepen(cash + held * (held > 0 ? blocks.least : blocks.most));
        }
        row = found;
      }
    }
  }

  #sink(row: number, equity: number): void {
    if (!this.#isBelow) {
      const { closeTimeMs, firstRow } = this.history;
      this.#isBelow = true;
      this.#peakMs = row === firstRow ? this.#startMs : closeTimeMs[row - 1]!;
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

/** Returns from one 00:00 UTC to the next into an array of {@linkcode ColumnHistory.dayRows}' length, as `dailyReturns` gives them. */
export function dailyReturnsOf(
  { candles: { close }, dayRows }: ColumnHistory,
  { rows, cash, quantity, length }: AccountPath,
  start: number,
  returns: Float64Array,
): void {
  let before = start, at = 0;
  for (let day = 0; day < dayRows.length; day++) {
    const row = dayRows[day]!;
    while (at + 1 < length && rows[at + 1]! <= row) at++;
    const after = row < rows[0]! ? before : quantity[at] === 0 ? cash[at]! : cash[at]! + quantity[at]! * close[row]!;
    returns[day] = after / before - 1;
    before = after;
  }
}
