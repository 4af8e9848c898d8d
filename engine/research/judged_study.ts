import { type Figure, sharpe } from "../metrics/mod.ts";
import { type OverfittingSettings, type OverfittingTests, overfittingTests } from "./overfitting_tests.ts";
import { returnMoments } from "./return_moments.ts";
import type { Study, SweepTrial } from "./study.ts";
import { studyReturns } from "./study_returns.ts";
import type { SweepInput } from "./sweep.ts";
import type { Trial } from "./trial.ts";
import { judgeReturns, judgeTrial, type TrialJudgement } from "./trial_family.ts";

/** Returns that are compared at once, at most: 160 MB of them. */
const MOST_RETURNS = 2e7;

/** A study that knows how many trials there were, and what that does to its best one. */
export interface JudgedStudy extends Study {
  readonly best: (SweepTrial & { readonly deflatedSharpe: Figure }) | null;
  /** The best trial among all that its family ever had; null where there is none. */
  readonly judgement: TrialJudgement | null;
  /** What the returns of all trials of this study say together. */
  readonly overfitting: OverfittingTests;
  /** By trial its Sharpe ratios of the first and of the second half of the days; empty where there were too many to look at. */
  readonly halves: readonly (readonly [first: Figure, second: Figure])[];
}

/** The trials of a study in the ledger's form, and all of their family that were ever counted. */
export interface CountedStudy {
  readonly own: readonly Trial[];
  readonly family: readonly Trial[];
}

/**
 * Judges the best trial of a study by all trials of its family, and all trials of the study together.
 *
 * @param counted Null where they are not in a ledger: then the study's own trials are all that count.
 */
export function judgeStudy(
  study: Study,
  input: SweepInput,
  counted: CountedStudy | null,
  settings: OverfittingSettings = {},
): JudgedStudy {
  const { best } = study, tooMany = tooManyReturns(study.trials);
  const returns = tooMany === null ? studyReturns(study, input) : [];
  const judgement = best && judgementOf(study.trials.indexOf(best), returns, counted);
  return {
    ...study,
    best: best && { ...best, deflatedSharpe: judgement?.deflatedSharpe ?? null },
    judgement,
    overfitting: tooMany === null
      ? overfittingTests(returns, settings)
      : { ...tooMany, reason: `${tooMany.reason}: narrow the grid` },
    halves: returns.map(halvesOf),
  };
}

/** Why the returns of so many trials are not compared; null of few enough. */
export function tooManyReturns(trials: readonly SweepTrial[]): OverfittingTests & { readonly reason: string } | null {
  const days = trials[0]?.metrics.returnCount ?? 0;
  if (trials.length * days <= MOST_RETURNS) return null;
  const reason = `${trials.length} trials over ${days} days are too many to compare day by day`;
  return { trials: trials.length, days, reason };
}

function judgementOf(
  best: number,
  returns: readonly Float64Array[],
  counted: CountedStudy | null,
): TrialJudgement | null {
  if (counted !== null) return judgeTrial(counted.own[best]!, counted.family);
  return returns.length === 0 ? null : judgeReturns(returns.map(returnMoments), best);
}

function halvesOf(returns: Float64Array): [Figure, Figure] {
  const middle = returns.length >> 1;
  return [sharpe(returns.subarray(0, middle)), sharpe(returns.subarray(middle))];
}
