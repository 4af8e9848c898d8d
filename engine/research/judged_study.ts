import type { Figure } from "../metrics/mod.ts";
import { type OverfittingSettings, type OverfittingTests, overfittingTests } from "./overfitting_tests.ts";
import { returnMoments } from "./return_moments.ts";
import type { Study, SweepTrial } from "./study.ts";
import { studyReturns } from "./study_returns.ts";
import type { SweepInput } from "./sweep.ts";
import type { Trial } from "./trial.ts";
import { judgeReturns, judgeTrial, type TrialJudgement } from "./trial_family.ts";

/** Returns that are compared at once, at most: 160 MB of them. */
export const MOST_RETURNS = 2e7;

/** A study that knows how many trials there were, and what that does to its best one. */
export interface JudgedStudy extends Study {
  readonly best: (SweepTrial & { readonly deflatedSharpe: Figure }) | null;
  /** The best trial among all that its family ever had; null where there is none. */
  readonly judgement: TrialJudgement | null;
  /** What the returns of all trials of this study say together. */
  readonly overfitting: OverfittingTests;
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
  const { trials, best } = study, days = trials[0]?.metrics.returnCount ?? 0;
  if (trials.length * days > MOST_RETURNS) {
    const reason = `${trials.length} trials over ${days} days are too many to compare day by day: narrow the grid`;
    return judged(study, best && counted && judgementOf(study, counted), { trials: trials.length, days, reason });
  }
  const returns = studyReturns(study, input), overfitting = overfittingTests(returns, settings);
  if (best === null || counted !== null) return judged(study, best && judgementOf(study, counted!), overfitting);
  return judged(study, judgeReturns(returns.map(returnMoments), trials.indexOf(best)), overfitting);
}

function judgementOf({ trials, best }: Study, { own, family }: CountedStudy): TrialJudgement {
  return judgeTrial(own[trials.indexOf(best!)]!, family);
}

function judged(study: Study, judgement: TrialJudgement | null, overfitting: OverfittingTests): JudgedStudy {
  const { best } = study;
  return {
    ...study,
    best: best && { ...best, deflatedSharpe: judgement?.deflatedSharpe ?? null },
    judgement,
    overfitting,
  };
}
