import type { ColumnMoney, RunSpec } from "../../backtest/mod.ts";
import type { ParameterValue } from "../../strategies/mod.ts";
import type { Objective, SweepTrial, TrialCertificate } from "../study.ts";
import { bestFirst, type Outcome, paretoFronts } from "./outcome.ts";
import type { SamplerName } from "./samplers.ts";
import {
  constraintText,
  lossesOf,
  objectiveText,
  type SearchGoal,
  type TrialConstraint,
  type TrialWorth,
} from "./search_goal.ts";
import type { SearchAxes } from "./search_space.ts";

/** A point that a search has tried, and what came of it. */
export interface SearchTrial extends SweepTrial, TrialWorth {
  /** The share of the history, from its start, on which it was traded; 1 is all of it. */
  readonly fraction: number;
}

/** What a study keeps of a trial: enough to go on from. */
export type KeptTrial = SweepTrial & { readonly fraction?: number };

/** Why a search has ended. */
export type SearchEnd =
  /** It has as many trials as were wanted. */
  | "trials"
  /** All points of the space were tried. */
  | "exhausted"
  /** The sampler no longer asked for points that had not been tried. */
  | "converged"
  | "interrupted";

/**
 * The trials of a search. They are all that it needs to go on: the sampler is asked and told again from its seed, and what was
 * traded before is not traded again.
 */
export interface SearchStudy {
  readonly strategy: string;
  /** Without the parameters that are searched. */
  readonly spec: RunSpec;
  readonly axes: SearchAxes;
  readonly fixed: Readonly<Record<string, ParameterValue>>;
  readonly sampler: { readonly name: SamplerName; readonly settings: Readonly<Record<string, number>> };
  readonly seed: number;
  readonly money: ColumnMoney;
  /** Empty where a loss of the user's own says what is best. */
  readonly objectives: readonly Objective[];
  readonly constraints: readonly TrialConstraint[];
  /** In the order in which they were asked for. */
  readonly trials: readonly SearchTrial[];
  /** How many trials were wanted. */
  readonly wanted: number;
  readonly ended: SearchEnd;
  /** Points that the strategy refuses: they were told to the sampler as the worst, and are no trials. */
  readonly refused: number;
  /** Points that were asked for again and answered from memory. */
  readonly repeated: number;
  /** Trials without the figures that say how good they are, and trials that break a constraint: neither can be best. */
  readonly withoutFigure: number;
  readonly infeasible: number;
  /**
   * The best of those that keep the constraints and had the whole history; of several objectives the best of the front by the
   * first. Null where there is none.
   */
  readonly best: SearchTrial | null;
  /** Trials that none is better than in all objectives, by the first one; of one objective the best alone. */
  readonly front: readonly SearchTrial[];
  readonly certificates: readonly TrialCertificate[];
}

/** Trials that can be the best: those that keep the constraints and had the whole history. */
export function eligible(trials: readonly SearchTrial[]): SearchTrial[] {
  return trials.filter(({ violation, fraction }) => violation === 0 && fraction === 1);
}

/** The front of some outcomes, the best by the first objective first. */
export function frontOf(outcomes: readonly Outcome[]): number[] {
  const several = (outcomes[0]?.losses.length ?? 0) > 1;
  const front = several ? paretoFronts(outcomes)[0] ?? [] : bestFirst(outcomes).slice(0, 1);
  const first = (i: number) => outcomes[i]!.losses[0]!;
  return front.toSorted((a, b) => first(a) - first(b) || a - b);
}

/** What a study looked for. It does not have a loss itself: that there was one is enough to know that less is better. */
export function goalOf({ objectives }: Pick<SearchStudy, "objectives">): SearchGoal {
  return objectives.length === 0 ? { loss: () => NaN } : { objectives };
}

/** The best trials, of several objectives those of the front before the others; none that cannot be the best. */
export function topTrials(study: SearchStudy, count: number): SearchTrial[] {
  const all = eligible(study.trials), goal = goalOf(study), unit = new Float64Array();
  const outcomes = all.map(({ values }) => ({ unit, losses: lossesOf(goal, values), violation: 0 }));
  return bestFirst(outcomes).slice(0, count).map((i) => all[i]!);
}

/** What says how good a trial is, as text. */
export function goalText({ objectives, constraints }: Pick<SearchStudy, "objectives" | "constraints">): string {
  const aim = objectives.length === 0 ? "the least loss" : objectives.map(objectiveText).join(" and ");
  return constraints.length === 0 ? aim : `${aim} where ${constraints.map(constraintText).join(" and ")}`;
}

/** What has to be known of a search beside its best trials, in words; empty where there is nothing. */
export function searchNotices(study: SearchStudy): string[] {
  const { trials, refused, repeated, withoutFigure, infeasible, ended, wanted, best, sampler } = study;
  const byEvents = trials.filter(({ path }) => path === "events"),
    onParts = trials.filter(({ fraction }) => fraction < 1);
  const what = study.objectives.length === 0 ? "the loss" : study.objectives.map(({ metric }) => metric).join(", ");
  const why = {
    trials: [],
    exhausted: [`the space is exhausted after ${trials.length} of ${wanted} trials: every point of it was tried`],
    converged: [`${sampler.name} asked for nothing new after ${trials.length} of ${wanted} trials`],
    interrupted: [`interrupted after ${trials.length} of ${wanted} trials`],
  }[ended];
  const nothing = best !== null || trials.length === 0 ? [] : [
    withoutFigure === trials.length
      ? `no trial has a best: ${what} is not defined for any of them; look for another figure, or widen the space`
      : infeasible + withoutFigure === trials.length
      ? `no trial is the best: none keeps the constraints; loosen them, or widen the space`
      : `no trial is the best yet: none that keeps the constraints has had the whole history`,
  ];
  const counts: [number, string][] = [
    [refused, "points were refused by the strategy"],
    [repeated, "points were asked for again and answered from memory"],
    [onParts.length, "trials were on a part of the history"],
    [withoutFigure, `trials count and are last: ${what} or a constraint's figure is not defined for them`],
    [infeasible, "trials break a constraint"],
    [byEvents.length, `trials were traded candle by candle: ${byEvents[0]?.why}`],
  ];
  return [...why, ...nothing, ...counts.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`)];
}
