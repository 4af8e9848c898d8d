// The choice of parameters, cross-validated: in each split the best trial of the training days is held to the test days.
import { InputError } from "../errors/mod.ts";
import { drawdownColumn, type Figure, maxDrawdown, mean, sharpe, totalReturn } from "../metrics/mod.ts";
import { combinatorialPurged, type CombinatorialSplits, type CombinedSplit } from "./cross_validation.ts";
import { periodsOf, type ReturnsMatrix } from "./returns_matrix.ts";
import { DAY_MS } from "../time/mod.ts";

/** How days are combined; without them 10 groups of which 2 are the test: 45 splits, 9 paths. */
export interface ChoiceSettings {
  readonly groups?: number;
  readonly testGroups?: number;
  /** Days after each test that are not trained on; 1 % of all days, rounded up, unless stated. */
  readonly embargoDays?: number;
}

/** One split. */
export interface SplitChoice {
  readonly testGroups: readonly number[];
  readonly trainDays: number;
  readonly testDays: number;
  /** Days in neither. */
  readonly purgedDays: number;
  /** Number of the trial with the highest Sharpe ratio on the training days, the first of equals. */
  readonly chosen: number;
  readonly trainSharpe: Figure;
  readonly testSharpe: Figure;
}

/** One history of days that were all out of sample. */
export interface OutOfSamplePath {
  readonly sharpe: Figure;
  readonly totalReturnFraction: Figure;
  /** From day to day, at most 0. */
  readonly maxDrawdownFraction: Figure;
}

/** What comes of choosing the best trial. */
export interface CrossValidatedChoice {
  readonly groups: number;
  readonly testGroups: number;
  readonly embargoDays: number;
  readonly splits: readonly SplitChoice[];
  readonly paths: readonly OutOfSamplePath[];
  readonly meanSharpe: Figure;
  readonly lowestSharpe: Figure;
  readonly highestSharpe: Figure;
  /** Mean of the chosen trials' Sharpe ratios on their training days: what the search believed. */
  readonly meanTrainSharpe: Figure;
  /** Share of paths that lost. */
  readonly losingPathsFraction: number;
}

/**
 * Holds the choice of the best of many trials to days that it did not see.
 *
 * @param returns Daily returns by trial, all over the same days, one after the other.
 * @throws {InputError} `cross-validation` or `returns` naming what cannot be used.
 */
export function crossValidatedChoice(
  returns: ReturnsMatrix,
  { groups = 10, testGroups = 2, embargoDays }: ChoiceSettings = {},
): CrossValidatedChoice {
  const days = periodsOf(returns), embargo = embargoDays ?? Math.ceil(days / 100);
  if (returns.length < 2) {
    throw new InputError("cross-validation", "one trial leaves nothing to choose: widen the grid");
  }
  if (!(Number.isInteger(embargo) && embargo >= 0)) {
    throw new InputError("cross-validation", `an embargo of ${embargo} days is none: give a whole number from 0 up`);
  }
  const fromMs = Float64Array.from({ length: days }, (_, day) => day * DAY_MS);
  const labels = { fromMs, toMs: fromMs.map((day) => day + DAY_MS - 1) };
  const combined = combinatorialPurged(labels, { groups, testGroups, embargoMs: embargo * DAY_MS });
  const splits = combined.splits.map((split) => choiceOf(split, returns));
  const paths = combined.paths.map((path) => pathOf(path, combined, splits, returns));
  const sharpes = paths.flatMap((own) => own.sharpe ?? []);
  return {
    groups,
    testGroups,
    embargoDays: embargo,
    splits,
    paths,
    meanSharpe: mean(sharpes),
    lowestSharpe: sharpes.length === 0 ? null : Math.min(...sharpes),
    highestSharpe: sharpes.length === 0 ? null : Math.max(...sharpes),
    meanTrainSharpe: mean(splits.flatMap((own) => own.trainSharpe ?? [])),
    losingPathsFraction: paths.filter((own) => (own.totalReturnFraction ?? 0) < 0).length / paths.length,
  };
}

function choiceOf({ train, test, testGroups, purged }: CombinedSplit, returns: ReturnsMatrix): SplitChoice {
  if (train.length < 2) {
    throw new InputError(
      "cross-validation",
      `${train.length} days are left to train on: use fewer groups, fewer of them as the test, or a shorter embargo`,
    );
  }
  const days = new Float64Array(train.length);
  let chosen = 0, best: Figure = null;
  returns.forEach((column, trial) => {
    for (let i = 0; i < train.length; i++) days[i] = column[train[i]!]!;
    const own = sharpe(days);
    if (own !== null && (best === null || own > best)) [chosen, best] = [trial, own];
  });
  return {
    testGroups,
    trainDays: train.length,
    testDays: test.length,
    purgedDays: purged,
    chosen,
    trainSharpe: best,
    testSharpe: sharpe(Float64Array.from(test, (day) => returns[chosen]![day]!)),
  };
}

function pathOf(
  path: readonly number[],
  { bounds }: CombinatorialSplits,
  splits: readonly SplitChoice[],
  returns: ReturnsMatrix,
): OutOfSamplePath {
  const days = new Float64Array(bounds.at(-1)!);
  path.forEach((split, group) => {
    const column = returns[splits[split]!.chosen]!;
    for (let day = bounds[group]!; day < bounds[group + 1]!; day++) days[day] = column[day]!;
  });
  const equity = new Float64Array(days.length);
  for (let day = 0, value = 1; day < days.length; day++) equity[day] = value *= 1 + days[day]!;
  return {
    sharpe: sharpe(days),
    totalReturnFraction: totalReturn(days),
    maxDrawdownFraction: maxDrawdown(drawdownColumn(equity, 1)),
  };
}
