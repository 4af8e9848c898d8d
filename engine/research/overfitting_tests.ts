import { SeededRandom } from "../time/mod.ts";
import { backtestOverfitting, overfittingBlocks } from "./backtest_overfitting.ts";
import {
  type RealityCheck,
  realityCheck,
  type SuperiorPredictiveAbility,
  superiorPredictiveAbility,
} from "./data_snooping.ts";
import type { ReturnsMatrix } from "./returns_matrix.ts";

/** How the returns of all trials are tested together. */
export interface OverfittingSettings {
  /** Blocks of the history for the probability of overfitting; 16 unless stated, fewer of more than 2,000 trials. */
  readonly blocks?: number;
  /** Histories that are drawn; 1,000 unless stated. */
  readonly resamples?: number;
  /** Of what is drawn; 1 unless stated. */
  readonly seed?: number;
}

/** What the returns of all trials say together; or, in its place, why they say nothing. */
export type OverfittingTests =
  & { readonly trials: number; readonly days: number }
  & ({ readonly reason: string } | {
    /** Probability of backtest overfitting, and of a loss of the best out of sample. */
    readonly pbo: number;
    readonly probabilityOfLoss: number;
    /** Slope of its ratio out of sample over that in sample. */
    readonly degradationSlope: number | null;
    readonly blocks: number;
    readonly realityCheck: RealityCheck;
    readonly superiorPredictiveAbility: SuperiorPredictiveAbility;
  });

/**
 * Probability of overfitting, reality check and test of superior predictive ability of the trials of one study, against
 * cash.
 *
 * @throws {InputError} `overfitting` or `bootstrap` of settings that cannot be used, `returns` of a matrix with holes.
 */
export function overfittingTests(
  returns: ReturnsMatrix,
  { blocks, resamples = 1_000, seed = 1 }: OverfittingSettings = {},
): OverfittingTests {
  const size = { trials: returns.length, days: returns[0]?.length ?? 0 };
  const count = overfittingBlocks(blocks ?? usualBlocks(size.trials));
  if (size.trials < 2) return { ...size, reason: "fewer than two trials can be compared over the same days" };
  if (size.days < 2 * count) return { ...size, reason: `${size.days} days are too few for ${count} blocks` };
  const { pbo, probabilityOfLoss, degradation } = backtestOverfitting(returns, count);
  const settings = () => ({ resamples, random: new SeededRandom(seed) });
  return {
    ...size,
    pbo,
    probabilityOfLoss,
    degradationSlope: degradation?.slope ?? null,
    blocks: count,
    realityCheck: realityCheck(returns, settings()),
    superiorPredictiveAbility: superiorPredictiveAbility(returns, settings()),
  };
}

/** 12,870 splits of few trials, 252 of very many: their work is about the same. */
function usualBlocks(trials: number): number {
  return trials <= 2_000 ? 16 : 10;
}
