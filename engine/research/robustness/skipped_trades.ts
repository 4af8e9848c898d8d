// What is left of an account when some of its trades were missed: a machine that was down, an order that was refused.
import type { Figure } from "../../metrics/mod.ts";
import type { Random } from "../../time/mod.ts";
import { type Distribution, distributionOf, shareOf } from "./distribution.ts";

/** The account with trades left out. */
export interface SkippedTrades {
  /** Probability with which each entry was missed. */
  readonly skipFraction: number;
  readonly totalReturn: Distribution;
  /** Share of the draws that made money. */
  readonly profitableFraction: Figure;
}

/**
 * Leaves each trade out with the same probability. Those that stay are the trades that they were, as shares of the equity
 * of then; entries that a strategy would have made elsewhere in that time are not followed. What the account had beside
 * its closed trades stays as it was.
 *
 * @param profits Profit of each trade ÷ equity before it.
 * @param totalReturnFraction Of the run.
 */
export function skippedTrades(
  profits: readonly number[],
  totalReturnFraction: number,
  skipFraction: number,
  samples: number,
  random: Random,
): SkippedTrades {
  const drawn = Array.from({ length: samples }, () => {
    let without = 1;
    for (const profit of profits) if (random.next() < skipFraction) without *= Math.max(0, 1 + profit);
    return without > 0 ? (1 + totalReturnFraction) / without - 1 : -1;
  });
  return {
    skipFraction,
    totalReturn: distributionOf(drawn, totalReturnFraction),
    profitableFraction: shareOf(drawn, (total) => total > 0),
  };
}
