// Ways to cut samples with labels into training and test: for the parameters of rules as for models.
import { InputError } from "../errors/mod.ts";
import { checkLabels, type LabelIntervals } from "./label_intervals.ts";
import { purgedSplit, sampleGroups, type Split } from "./purged_split.ts";
import { type TimeSpan, type WalkForwardLayout, walkForwardWindows } from "./walk_forward_windows.ts";
import { DAY_MS, type TimestampMs } from "../time/mod.ts";
import { firstRow } from "../market/mod.ts";

/** Splits that are made at most. */
const MOST_SPLITS = 20_000;

/** How samples are cut into folds. */
export interface FoldSettings {
  /** Number of folds, each of which is the test once. */
  readonly folds: number;
  /** Time after each test in which no label of the training may begin or end; 0 unless stated. */
  readonly embargoMs?: number;
}

/** How groups are combined. */
export interface CombinationSettings {
  /** Groups of samples that follow one another. */
  readonly groups: number;
  /** How many of them are the test in each split. */
  readonly testGroups: number;
  readonly embargoMs?: number;
}

/** A split of some groups against the others. */
export interface CombinedSplit extends Split {
  /** Numbers of the groups that are the test, ascending. */
  readonly testGroups: readonly number[];
}

/** All combinations, and the histories that their tests make up. */
export interface CombinatorialSplits {
  /** In lexicographic order of their test groups. */
  readonly splits: readonly CombinedSplit[];
  /** By path, then by group: the number of the split in which the path's samples of this group were the test. */
  readonly paths: readonly (readonly number[])[];
  /** First sample of each group, and of the one after the last. */
  readonly bounds: readonly number[];
}

/**
 * K folds in order of time, each the test once, purged and with an embargo.
 *
 * @throws {InputError} `labels` or `cross-validation` naming what cannot be used.
 */
export function purgedKFold(labels: LabelIntervals, { folds, embargoMs = 0 }: FoldSettings): Split[] {
  checkLabels(labels);
  return sampleGroups(labels.fromMs.length, folds).map((own) => purgedSplit(labels, [own], embargoMs));
}

/**
 * Every choice of k among n groups as the test, purged and with an embargo. Each group is the test in C(n−1, k−1) splits,
 * so that the tests make up as many whole histories out of sample: its paths (López de Prado 2018, chapter 12).
 *
 * @throws {InputError} `labels` or `cross-validation` naming what cannot be used.
 */
export function combinatorialPurged(
  labels: LabelIntervals,
  { groups, testGroups, embargoMs = 0 }: CombinationSettings,
): CombinatorialSplits {
  checkLabels(labels);
  const ranges = sampleGroups(labels.fromMs.length, groups);
  if (!(Number.isInteger(testGroups) && testGroups >= 1 && testGroups < groups)) {
    throw new InputError(
      "cross-validation",
      `${testGroups} of ${groups} groups cannot be the test: use 1 to ${groups - 1}`,
    );
  }
  const splits = combinations(groups, testGroups).map((chosen): CombinedSplit => ({
    ...purgedSplit(labels, chosen.map((group) => ranges[group]!), embargoMs),
    testGroups: chosen,
  }));
  const ofGroup = ranges.map((_, group) => splits.flatMap((own, i) => own.testGroups.includes(group) ? [i] : []));
  return {
    splits,
    paths: ofGroup[0]!.map((_, path) => ofGroup.map((own) => own[path]!)),
    bounds: [...ranges.map(({ from }) => from), labels.fromMs.length],
  };
}

/**
 * Walk-forward over samples: the training ends a gap before each test, and no label of it touches the test.
 *
 * @throws {InputError} `labels` or `walk-forward` naming what cannot be used.
 */
export function purgedWalkForward(labels: LabelIntervals, layout: WalkForwardLayout): Split[] {
  checkLabels(labels);
  const { fromMs } = labels, count = fromMs.length, gapMs = (layout.gapDays ?? 0) * DAY_MS;
  const whole = { fromMs: fromMs[0] ?? 0, toMs: (fromMs[count - 1] ?? 0) + 1 } as TimeSpan;
  const rowOf = (timeMs: TimestampMs) => firstRow(count, (row) => fromMs[row]! >= timeMs);
  return walkForwardWindows(whole, layout).flatMap(({ train, test }) => {
    const range = { from: rowOf(test.fromMs), to: rowOf(test.toMs) };
    if (range.from === range.to) return [];
    return [purgedSplit(labels, [range], gapMs, { from: rowOf(train.fromMs), to: rowOf(train.toMs) })];
  });
}

/** All ways to choose k of n numbers from 0, in lexicographic order. */
function combinations(n: number, k: number): number[][] {
  const all: number[][] = [], chosen: number[] = [];
  const choose = (from: number) => {
    if (chosen.length === k) {
      if (all.push([...chosen]) > MOST_SPLITS) {
        throw new InputError(
          "cross-validation",
          `choosing ${k} of ${n} groups makes more than ${MOST_SPLITS} splits: use fewer groups`,
        );
      }
      return;
    }
    for (let i = from; i <= n - (k - chosen.length); i++) {
      chosen.push(i);
      choose(i + 1);
      chosen.pop();
    }
  };
  choose(0);
  return all;
}
