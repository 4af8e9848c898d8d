// The same trades in another order, and trades drawn from them: how much of an account's way was luck of the order.
import { type Figure, quantile } from "../../metrics/mod.ts";
import { type Random, shuffle } from "../../time/mod.ts";
import { type Distribution, distributionOf, shareOf } from "./distribution.ts";

/** How deep a fall is asked about, and where the account counts as ruined. */
export interface TradeOrderSettings {
  readonly samples: number;
  /** Falls from a peak, as shares below it: 0.5 is half. */
  readonly drawdownFractions: readonly number[];
  /** Share of the starting cash at or below which the account is ruined. */
  readonly ruinFraction: number;
}

/** Bands of the account over the number of trades, for drawing: equity ÷ starting cash. */
export interface EquityFan {
  readonly trade: readonly number[];
  readonly p05: readonly number[];
  readonly median: readonly number[];
  readonly p95: readonly number[];
  readonly actual: readonly number[];
}

/** What other orders of the trades, and draws from them, would have come to. */
export interface TradeOrder {
  readonly trades: number;
  readonly samples: number;
  /** Of the trades in shuffled order: all end with the same equity. */
  readonly shuffledDrawdown: Distribution;
  /** Of as many trades drawn with replacement. */
  readonly drawnDrawdown: Distribution;
  readonly drawnReturn: Distribution;
  /** Share of the draws that end with a loss. */
  readonly lossProbability: Figure;
  /** Share of the draws in which the account fell to the ruinous share of its start, at some trade. */
  readonly ruinProbability: Figure;
  readonly ruinFraction: number;
  /** Share of the draws with a fall that deep or deeper. */
  readonly drawdownProbabilities: readonly { readonly depthFraction: number; readonly probability: Figure }[];
  readonly fan: EquityFan;
}

const FAN_POINTS = 60;

/**
 * Shuffles trades, and draws them with replacement (the bootstrap of Efron, 1979), as shares of the equity that staked
 * them. Drawdowns are seen from trade to trade, the actual one too: on the way inside trades they are deeper.
 *
 * @param profits Profit of each trade ÷ equity before it, in order.
 */
export function tradeOrder(
  profits: readonly number[],
  { samples, drawdownFractions, ruinFraction }: TradeOrderSettings,
  random: Random,
): TradeOrder {
  const actual = accountOf(profits), count = profits.length;
  const shuffled: number[] = [], deepest: number[] = [], ends: number[] = [], lows: number[] = [];
  const fanRows = fanPoints(count), fan = fanRows.map(() => new Float64Array(samples));
  const order = Float64Array.from(profits);
  for (let sample = 0; sample < samples; sample++) {
    shuffle(order, random);
    shuffled.push(accountOf(order).drawdown);
    const drawn = Float64Array.from({ length: count }, () => profits[Math.floor(random.next() * count)]!);
    const { growth, drawdown, low } = accountOf(drawn);
    deepest.push(drawdown);
    ends.push(growth.at(-1)! - 1);
    lows.push(low);
    fanRows.forEach((trade, i) => fan[i]![sample] = growth[trade]!);
  }
  const bands = fan.map((column) => column.sort());
  return {
    trades: count,
    samples,
    shuffledDrawdown: distributionOf(shuffled, actual.drawdown),
    drawnDrawdown: distributionOf(deepest, actual.drawdown),
    drawnReturn: distributionOf(ends, actual.growth.at(-1)! - 1),
    lossProbability: shareOf(ends, (end) => end < 0),
    ruinProbability: shareOf(lows, (low) => low <= ruinFraction),
    ruinFraction,
    drawdownProbabilities: drawdownFractions.map((depthFraction) => ({
      depthFraction,
      probability: shareOf(deepest, (drawdown) => drawdown <= -depthFraction),
    })),
    fan: {
      trade: fanRows,
      p05: bands.map((column) => quantile(column, 0.05)!),
      median: bands.map((column) => quantile(column, 0.5)!),
      p95: bands.map((column) => quantile(column, 0.95)!),
      actual: fanRows.map((trade) => actual.growth[trade]!),
    },
  };
}

/** Equity ÷ starting cash before the first trade and after each, its deepest fall and its lowest value. */
export function accountOf(profits: ArrayLike<number>): { growth: Float64Array; drawdown: number; low: number } {
  const growth = new Float64Array(profits.length + 1);
  let equity = growth[0] = 1, peak = 1, drawdown = 0, low = 1;
  for (let i = 0; i < profits.length; i++) {
    // A loss of more than everything, which leverage allows, leaves nothing.
    growth[i + 1] = equity = equity * Math.max(0, 1 + profits[i]!);
    if (equity > peak) peak = equity;
    if (equity < low) low = equity;
    drawdown = Math.min(drawdown, equity / peak - 1);
  }
  return { growth, drawdown, low };
}

function fanPoints(count: number): number[] {
  const points = Math.min(FAN_POINTS, count);
  return Array.from({ length: points + 1 }, (_, i) => Math.round(i * count / Math.max(1, points)));
}
