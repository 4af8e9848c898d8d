import type { Figure } from "../../metrics/mod.ts";
import type { Weight } from "./finding.ts";

/** From which figures on rules speak. */
export const VERDICT_THRESHOLDS = {
  /** Trades below which nothing can be told. */
  fewestTrades: 30,
  /** Break-even cost as a multiple of what was paid. */
  costMargin: 2,
  /** Share of the return a year that one bar of delay may take. */
  delayLossFraction: 0.5,
  /** Deflated Sharpe ratio above which it is believed, and below which it is more likely luck. */
  believedProbability: 0.95,
  luckProbability: 0.5,
  /** Probability of overfitting that is a doubt, and that is fatal. */
  doubtfulOverfitting: 0.2,
  fatalOverfitting: 0.5,
  /** p-value of the entries up to which they know something, and beyond which random ones do better. */
  entryLevel: 0.05,
  fatalEntryLevel: 0.5,
  /** Share of drawn histories in which it has to make money, and below which it is a coin. */
  profitableFraction: 0.8,
  coinFraction: 0.5,
  /** Share of the return a year that is to be left without the two best years. */
  otherYearsFraction: 0.5,
  /** Returns that are this near to each other are the same. */
  sameReturnFraction: 0.005,
  /** Fall that one order of the trades in twenty may have. */
  hardFallFraction: 0.5,
  /** Account of the run times this has to keep half of the return. */
  capacityMultiple: 10,
} as const;

/** A share of drawn histories in which money was made, weighed. */
export function weightOfShare(profitable: Figure): Weight {
  const { profitableFraction, coinFraction } = VERDICT_THRESHOLDS, share = profitable ?? 0;
  return share >= profitableFraction ? "good" : share < coinFraction ? "fatal" : "doubt";
}

/** The level that lies nearest to the one that is judged; null of none. */
export function nearestLevel<L>(levels: readonly L[], wanted: number, of: (level: L) => number): L | null {
  return levels.reduce<L | null>(
    (best, own) => best === null || Math.abs(of(own) - wanted) < Math.abs(of(best) - wanted) ? own : best,
    null,
  );
}
