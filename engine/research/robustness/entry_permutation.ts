// Do the entries know something? They are held to random entries that hold as often and as long.
import { type CandleColumns, rowAtOrAfter } from "../../market/mod.ts";
import { elementary } from "../../metrics/mod.ts";
import type { Trade } from "../../portfolio/mod.ts";
import { type Random, shuffle, type TimestampMs } from "../../time/mod.ts";
import { type Distribution, distributionOf, exceedanceProbability } from "./distribution.ts";

/** What random entries came to. */
export interface EntryPermutation {
  readonly trades: number;
  readonly samples: number;
  /** Σ side × ln(price at the exit ÷ price at the entry) before costs, prices at the opens of the candles. */
  readonly gross: Distribution;
  /** Probability that random entries of the same number and holding times do as well. */
  readonly pValue: number;
  /** The same with all entries moved together around the history: their clustering stays. */
  readonly rotatedPValue: number;
}

/** A holding by its rows. */
interface Holding {
  readonly from: number;
  readonly length: number;
  readonly side: 1 | -1;
}

/** A market with what was held in it. */
interface HeldMarket {
  /** Natural logarithms of the opens from the first traded candle on, and the last close behind them. */
  readonly logPrice: Float64Array;
  readonly holdings: readonly Holding[];
  /** Rows in which nothing was held. */
  readonly free: number;
}

/**
 * Permutation test of the entries (Aronson, "Evidence-Based Technical Analysis", 2006, and Masters, "Permutation and
 * Randomization Tests for Trading System Development", 2020): the same number of trades with the same holding times and
 * sides is put at random places of the same history, so that a market that rises helps both alike. Stops and targets are
 * counted at the open of the candle in which they filled.
 *
 * @returns Null where there is no trade, or where trades of one market overlap and cannot be put elsewhere one by one.
 */
export function entryPermutation(
  trades: readonly Trade[],
  candles: readonly CandleColumns[],
  tradeFromMs: number,
  samples: number,
  random: Random,
): EntryPermutation | null {
  const markets = candles.map((own) =>
    heldMarket(own, tradeFromMs, trades.filter((trade) => trade.instrument === own.instrument.id))
  );
  if (trades.length === 0 || markets.some((market) => market === null)) return null;
  const held = markets as HeldMarket[];
  const actual = sum(held, ({ holdings, logPrice }) => grossOf(holdings, logPrice));
  const placed = new Float64Array(samples), rotated = new Float64Array(samples);
  for (let i = 0; i < samples; i++) {
    placed[i] = sum(held, (market) => grossOf(placedAnew(market, random), market.logPrice));
    rotated[i] = sum(held, (market) => rotatedGross(market, random));
  }
  return {
    trades: trades.length,
    samples,
    gross: distributionOf([...placed], actual),
    pValue: exceedanceProbability(placed, actual),
    rotatedPValue: exceedanceProbability(rotated, actual),
  };
}

function heldMarket(candles: CandleColumns, tradeFromMs: number, trades: readonly Trade[]): HeldMarket | null {
  const first = rowAtOrAfter(candles, tradeFromMs as TimestampMs), rows = candles.length - first;
  const logPrice = new Float64Array(rows + 1);
  for (let row = 0; row < rows; row++) logPrice[row] = elementary.log(candles.open[first + row]!);
  logPrice[rows] = elementary.log(candles.close[candles.length - 1]!);
  const rowOf = (timeMs: number) => rowAtOrAfter(candles, timeMs as TimestampMs) - first;
  const holdings = trades.map(({ entryTimeMs, exitTimeMs, side }): Holding => {
    const from = rowOf(entryTimeMs);
    return { from, length: rowOf(exitTimeMs) - from, side: side === "long" ? 1 : -1 };
  }).toSorted((a, b) => a.from - b.from);
  if (holdings.some((own, i) => i > 0 && own.from < holdings[i - 1]!.from + holdings[i - 1]!.length)) return null;
  return { logPrice, holdings, free: rows - holdings.reduce((total, { length }) => total + length, 0) };
}

function grossOf(holdings: readonly Holding[], logPrice: Float64Array): number {
  let total = 0;
  for (const { from, length, side } of holdings) total += side * (logPrice[from + length]! - logPrice[from]!);
  return total;
}

/** The holdings in another order, the rows between them cut at random places. */
function placedAnew({ holdings, free }: HeldMarket, random: Random): Holding[] {
  const order = [...holdings];
  shuffle(order, random);
  const cuts = Float64Array.from(order, () => Math.floor(random.next() * (free + 1))).sort();
  let before = 0;
  return order.map(({ length, side }, i) => {
    const from = cuts[i]! + before;
    before += length;
    return { from, length, side };
  });
}

/** All holdings moved by the same number of rows, past the end from the start. */
function rotatedGross({ holdings, logPrice }: HeldMarket, random: Random): number {
  const rows = logPrice.length - 1, whole = logPrice[rows]! - logPrice[0]!;
  // Where they were is what happened, and no draw.
  const shift = 1 + Math.floor(random.next() * (rows - 1));
  let total = 0;
  for (const { from, length, side } of holdings) {
    const start = (from + shift) % rows, end = start + length;
    const change = end <= rows ? logPrice[end]! - logPrice[start]! : whole - (logPrice[start]! - logPrice[end - rows]!);
    total += side * change;
  }
  return total;
}

function sum(markets: readonly HeldMarket[], of: (market: HeldMarket) => number): number {
  return markets.reduce((total, market) => total + of(market), 0);
}
