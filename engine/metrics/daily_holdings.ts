import type { Holdings } from "../portfolio/mod.ts";
import type { DailyReturns } from "./daily_returns.ts";
import { DAY_MS } from "../time/mod.ts";

/** Holdings at the ends of days in UTC, for figures that compare parts of an account by day. */
export interface DailyHoldings {
  readonly days: DailyReturns;
  /** Equity at the beginning of each day. */
  readonly equityBefore: Float64Array;
  /** Row of the holdings at the end of each day; −1 before their first close. */
  readonly rows: Int32Array;
}

/** Finds the last close at or before each 00:00 UTC in the holdings of a run with these days. */
export function dailyHoldings({ closeTimeMs }: Holdings, days: DailyReturns, startingCash: number): DailyHoldings {
  const n = days.returns.length, rows = new Int32Array(n), equityBefore = new Float64Array(n);
  let row = -1, equity = startingCash;
  for (let day = 0; day < n; day++) {
    while (row + 1 < closeTimeMs.length && closeTimeMs[row + 1]! <= days.dayMs[day]! + DAY_MS) row++;
    rows[day] = row;
    equityBefore[day] = equity;
    equity *= 1 + days.returns[day]!;
  }
  return { days, equityBefore, rows };
}

/**
 * What a part of the account adds to the return of each day: its profit of the day ÷ the account's equity before it.
 * The parts' contributions add up to the account's daily return.
 */
export function dailyContributions(pnlQuote: Float64Array, { equityBefore, rows }: DailyHoldings): Float64Array {
  let before = 0;
  return equityBefore.map((equity, day) => {
    const now = rows[day]! < 0 ? 0 : pnlQuote[rows[day]!]!, gained = now - before;
    before = now;
    return gained / equity;
  });
}

/** Return of a market from the end of one day to the next; NaN of the first day and where it has no price yet. */
export function dailyMarketReturns(markPrice: Float64Array, { rows }: DailyHoldings): Float64Array {
  let before = NaN;
  return Float64Array.from(rows, (row) => {
    const now = row < 0 ? NaN : markPrice[row]!, gained = now / before - 1;
    before = now;
    return gained;
  });
}
