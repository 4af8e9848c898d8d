import type { Figure } from "../../metrics/mod.ts";
import type { Strategy } from "../../strategies/mod.ts";
import { type CountedStudy, tooManyReturns } from "../judged_study.ts";
import { type OverfittingTests, overfittingTests } from "../overfitting_tests.ts";
import { studyReturns } from "../study_returns.ts";
import { judgeTrial, type TrialJudgement } from "../trial_family.ts";
import { type ParameterImportance, parameterImportance } from "./parameter_importance.ts";
import { type PlateauMap, plateauMap } from "./plateau_map.ts";
import type { SearchInput } from "./run_search.ts";
import type { SearchStudy, SearchTrial } from "./search_study.ts";
import { surfaceOf } from "./trial_surface.ts";

/** A search that knows what its best trial is worth: by the number of trials, and by its neighbours. */
export interface JudgedSearch extends SearchStudy {
  readonly best: (SearchTrial & { readonly deflatedSharpe: Figure }) | null;
  /** The best trial among all that its family ever had; null where there is none, or trials are not counted. */
  readonly judgement: TrialJudgement | null;
  /** What the returns of all trials over the whole history say together. */
  readonly overfitting: OverfittingTests;
  /** Which parameters the first objective depends on; null where that cannot be told. */
  readonly importance: ParameterImportance | null;
  /** Whether the best trial is one of many good ones. */
  readonly plateau: PlateauMap;
}

/** Judges a search by all trials of its family, and its best trial by the trials around it. */
export function judgeSearch(
  study: SearchStudy,
  strategy: Strategy,
  { candles }: Pick<SearchInput, "candles">,
  counted: CountedStudy | null,
): JudgedSearch {
  const { best, trials } = study, surface = surfaceOf(study);
  const judgement = best && counted && judgeTrial(counted.own[trials.indexOf(best)]!, counted.family);
  const whole = trials.filter(({ fraction }) => fraction === 1);
  return {
    ...study,
    best: best && { ...best, deflatedSharpe: judgement?.deflatedSharpe ?? null },
    judgement,
    overfitting: tooManyReturns(whole) ?? overfittingTests(studyReturns({ ...study, trials: whole }, {
      points: whole.map((trial) => ({ ...trial, strategy: strategy.bind(trial.params) })),
      candles,
    })),
    importance: parameterImportance(surface),
    plateau: plateauMap(surface, best?.index),
  };
}
