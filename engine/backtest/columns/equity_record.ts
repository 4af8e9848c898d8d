// What the equity of a trial did, from its changes and the extremes of the closes between them.
import type { AccountPath } from "./account_path.ts";
import type { EquityFollower } from "./equity_follower.ts";
import type { ColumnHistory } from "./history.ts";
import { DAY_MS } from "../../time/mod.ts";

/** A row beyond all others. */
const NEVER = 2 ** 30;
/** More than the last places of a few operations, as a share of what went into them. */
const ROUNDING = 1e-14;
/** Cash beside a position that changes its returns by less than figures may differ. */
const NEARLY_NOTHING = 1e-12;

/**
 * Follows the equity of a trial from change to change. Between two of them it moves with the close alone, so that its
 * extremes are those of the closes; single closes are looked at only where a peak may have been passed.
 */
export class EquityRecord implements EquityFollower {
  /** At most 0. */
  maxDrawdownFraction = 0.5;
  longestUnderwaterDays = 0.5;
  /** Bounded below 0 only where the equity was there: then nothing of this means anything. */
  leastEquity = 0.5;
  /** Σ of the equity at all closes. */
  sum = 0.5;
  /** Rows with a position. */
  heldRows = 0;
  /** Returns from one 00:00 UTC to the next, as `dailyReturns` of the metrics gives them. */
  readonly dailyReturns: Float64Array;

  /** Σ r and Σ r² of the returns from close to close, where they are wanted. */
  barReturns = 0.5;
  barSquares = 0.5;

  #row = 0;
  #before = 0.5;
  #cash = 0.5;
  #quantity = 0.5;
  #day = 0;
  #dayEquity = 0.5;
  #peak = 0.5;
  #peakMs = 0.5;
  #isBelow = false;
  /** Equity that makes the drawdown from this peak no deeper. */
  #floor = 0.5;

  /** @param perBar True where the returns from close to close are wanted, too. */
  constructor(readonly history: ColumnHistory, readonly perBar: boolean) {
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
      this.#floor =
      this.#dayEquity =
      this.#cash =
        cash;
    this.#row = this.history.firstRow;
    this.heldRows = this.#day = 0;
    this.#isBelow = false;
    this.barReturns = this.barSquares = 0;
    this.#before = cash;
  }

  /** Follows changes up to a row, and empties the path. */
  follow(path: AccountPath, end: number): void {
    const { close: blocks, table, reference, dayRows } = this.history;
    const { rows, cash: cashes, quantity: quantities, length } = path, days = dayRows.length;
    let row = this.#row, cash = this.#cash, held = this.#quantity, { sum, heldRows } = this, day = this.#day;
    let dayRow = day < days ? dayRows[day]! : NEVER;
    const { perBar } = this;
    let before = this.#before, { barReturns, barSquares } = this;
    for (let i = 0; i <= length; i++) {
      const to = i < length ? rows[i]! : end;
      if (to > row) {
        if (perBar) {
          const first = (held === 0 ? cash : cash + held * table[4 * row + 4]!) / before - 1;
          barReturns += first;
          barSquares += first * first;
          before = held === 0 ? cash : cash + held * table[4 * to]!;
        }
        if (held === 0) {
          sum += cash * (to - row);
          if (!this.#isBelow || !(cash < this.#peak) || cash < this.#floor) this.#flat(row, cash);
        } else {
          sum += (cash + held * reference) * (to - row) + held * (table[4 * to + 1]! - table[4 * row + 1]!);
          heldRows += to - row;
          // Of a position without cash beside it the returns are the market's own.
          if (perBar && Math.abs(cash) <= NEARLY_NOTHING * Math.abs(before)) {
            barReturns += table[4 * to + 2]! - table[4 * row + 6]!;
            barSquares += table[4 * to + 3]! - table[4 * row + 7]!;
          } else if (perBar) {
            for (let at = 4 * row + 8, equity = cash + held * table[at - 4]!; at <= 4 * to; at += 4) {
              const after = cash + held * table[at]!, change = after / equity - 1;
              barReturns += change;
              barSquares += change * change;
              equity = after;
            }
          }
          const [least, most] = extremesOf(blocks.values, row, to);
          const low = cash + held * (held > 0 ? least : most), high = cash + held * (held > 0 ? most : least);
          if (!(this.#isBelow && high < this.#peak && low >= this.#floor)) this.#held(row, to, low, high, cash, held);
        }
        while (dayRow < to) {
          // A day without a close returns nothing.
          const equity = dayRow < row ? this.#dayEquity : held === 0 ? cash : cash + held * table[4 * dayRow + 4]!;
          this.dailyReturns[day++] = equity / this.#dayEquity - 1;
          this.#dayEquity = equity;
          dayRow = day < days ? dayRows[day]! : NEVER;
        }
        row = to;
      }
      if (i < length) cash = cashes[i]!, held = quantities[i]!;
    }
    path.length = 0;
    this.#row = row;
    this.#cash = cash;
    this.#quantity = held;
    this.sum = sum;
    this.heldRows = heldRows;
    this.#day = day;
    this.#before = before;
    this.barReturns = barReturns;
    this.barSquares = barSquares;
  }

  /** After the last candle. */
  finish(): void {
    const { candles: { length }, times } = this.history;
    if (this.#isBelow) this.#recovered(times.at(length - 1));
  }

  /** Equity at the last close. */
  get finalEquity(): number {
    const { candles: { close, length }, firstRow } = this.history;
    return this.#quantity === 0 || length === firstRow ? this.#cash : this.#cash + this.#quantity * close[length - 1]!;
  }

  #flat(from: number, equity: number): void {
    if (equity < this.leastEquity) this.leastEquity = equity;
    if (equity < this.#peak) return this.#sink(from, equity);
    if (this.#isBelow) this.#recovered(this.history.times.at(from));
    this.#rise(equity);
  }

  #held(from: number, to: number, low: number, high: number, cash: number, held: number): void {
    if (low < this.leastEquity) this.leastEquity = low;
    if (high < this.#peak) {
      // The first row decides when it went below.
      if (!this.#isBelow) this.#sink(from, low);
      else this.#deepen(low);
    } else this.#rowByRow(from, to, cash, held);
  }

  #rowByRow(from: number, to: number, cash: number, held: number): void {
    const { candles: { close }, times, close: blocks } = this.history;
    for (let row = from; row < to;) {
      const equity = cash + held * close[row]!;
      if (equity < this.#peak) this.#sink(row, equity);
      else {
        if (this.#isBelow) this.#recovered(times.at(row));
        this.#rise(equity);
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
        this.#deepen(cash + held * extremesOf(blocks.values, row, found)[held > 0 ? 0 : 1]);
      }
      row = found;
    }
  }

  #rise(equity: number): void {
    this.#isBelow = false;
    this.#peak = equity;
    this.#floor = equity * (1 + this.maxDrawdownFraction) * (1 + ROUNDING);
  }

  #sink(row: number, equity: number): void {
    if (!this.#isBelow) {
      const { times, firstRow, startMs } = this.history;
      this.#isBelow = true;
      this.#peakMs = row === firstRow ? startMs : times.at(row - 1);
    }
    this.#deepen(equity);
  }

  #deepen(equity: number): void {
    const drawdown = equity / this.#peak - 1;
    if (!(drawdown < this.maxDrawdownFraction)) return;
    this.maxDrawdownFraction = drawdown;
    this.#floor = equity * (1 + ROUNDING);
  }

  #recovered(timeMs: number): void {
    const days = (timeMs - this.#peakMs) / DAY_MS;
    if (days > this.longestUnderwaterDays) this.longestUnderwaterDays = days;
  }
}

/** The least and the largest of some known values. */
function extremesOf(values: Float64Array, from: number, to: number): [least: number, most: number] {
  let least = values[from]!, most = least;
  for (let row = from + 1; row < to; row++) {
    const value = values[row]!;
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  return [least, most];
}
