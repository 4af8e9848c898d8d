// Where a profit came from: which years, and how few trades.
import type { EquityCurve } from "../../portfolio/mod.ts";
import { elementary, type Figure } from "../../metrics/mod.ts";
import type { HeldCurve } from "./held_market.ts";
import type { TradeStake } from "./trade_stakes.ts";
import { YEAR_MS } from "../../time/mod.ts";

/** One year, UTC, as far as the run covers it. */
export interface YearSource {
  readonly year: number;
  readonly returnFraction: number;
  readonly heldReturnFraction: number;
  /** Its part of the growth of the whole run, in logarithms: parts add up to 1. Null where the run did not grow. */
  readonly growthShareFraction: Figure;
}

/** Where the profit of a run came from. */
export interface ProfitSources {
  readonly years: readonly YearSource[];
  /** The two years that grew most, and what the others returned a year; null of fewer than four years. */
  readonly bestYears: { readonly years: readonly number[]; readonly otherCagrFraction: number } | null;
  /** Return a year of the last third of the run, and of holding in it. */
  readonly lastThird: { readonly fromMs: number; readonly cagrFraction: number; readonly heldCagrFraction: number };
  /** Total return without the best trades: one in a hundred, five at least; null of fewer than 20 trades. */
  readonly withoutBestTrades: { readonly left: number; readonly totalReturnFraction: number } | null;
  /** How many of the best trades carry the profit: without them nothing is left. Null where there is none. */
  readonly carryingTrades: Figure;
}

const FEWEST_YEARS = 4, FEWEST_TRADES = 20, FEWEST_BEST = 5;

/** Takes a profit apart. `held` is over the closes of the run. */
export function profitSources(
  { closeTimeMs, equity }: EquityCurve,
  held: HeldCurve,
  stakes: readonly TradeStake[],
  startingCash: number,
): ProfitSources {
  const last = equity.length - 1, total = equity[last]! / startingCash;
  const years = yearRows(closeTimeMs).map(({ year, from, to }, i) => {
    const growth = grown(equity, from, to, startingCash), wholeLog = elementary.log(total);
    return {
      year,
      returnFraction: growth - 1,
      heldReturnFraction: grown(held.equity, from, to, i === 0 ? startingCash : held.equity[from - 1]!) - 1,
      growthShareFraction: total > 1 ? elementary.log(growth) / wholeLog : null,
    };
  });
  const third = Math.floor(equity.length * 2 / 3);
  const spanYears = (closeTimeMs[last]! - closeTimeMs[third - 1]!) / YEAR_MS;
  const annual = (growth: number, length: number) => growth > 0 ? elementary.pow(growth, 1 / length) - 1 : -1;
  const best = years.toSorted((a, b) => b.returnFraction - a.returnFraction).slice(0, 2);
  const runYears = (closeTimeMs[last]! - closeTimeMs[0]!) / YEAR_MS;
  const others = best.reduce((growth, { returnFraction }) => growth / (1 + returnFraction), total);
  return {
    years,
    bestYears: years.length < FEWEST_YEARS ? null : {
      years: best.map(({ year }) => year).sort((a, b) => a - b),
      otherCagrFraction: annual(others, Math.max(1, runYears - best.length)),
    },
    lastThird: {
      fromMs: closeTimeMs[third - 1]!,
      cagrFraction: annual(equity[last]! / equity[third - 1]!, spanYears),
      heldCagrFraction: annual(held.equity[last]! / held.equity[third - 1]!, spanYears),
    },
    ...tradeSources(stakes, total),
  };
}

function tradeSources(stakes: readonly TradeStake[], total: number) {
  const profits = stakes.map(({ profitFraction }) => profitFraction).sort((a, b) => b - a);
  const count = Math.max(FEWEST_BEST, Math.ceil(profits.length / 100));
  const without = (best: number) => profits.slice(0, best).reduce((left, profit) => left / (1 + profit), total) - 1;
  let carrying = 0;
  for (let left = total; left > 1 && carrying < profits.length; carrying++) left /= 1 + profits[carrying]!;
  return {
    withoutBestTrades: profits.length < FEWEST_TRADES ? null : { left: count, totalReturnFraction: without(count) },
    carryingTrades: total > 1 && without(carrying) <= 0 ? carrying : null,
  };
}

/** Growth from the close before row `from` to the last one before row `to`. */
function grown(equity: Float64Array, from: number, to: number, start: number): number {
  return equity[to - 1]! / (from === 0 ? start : equity[from - 1]!);
}

/** Rows by the year in which their candle ended; one that ends at midnight of New Year belongs to the old year. */
function yearRows(closeTimeMs: Float64Array): { year: number; from: number; to: number }[] {
  const found: { year: number; from: number; to: number }[] = [];
  for (let row = 0; row < closeTimeMs.length; row++) {
    const year = new Date(closeTimeMs[row]! - 1).getUTCFullYear(), own = found.at(-1);
    if (own?.year === year) own.to = row + 1;
    else found.push({ year, from: row, to: row + 1 });
  }
  return found;
}
