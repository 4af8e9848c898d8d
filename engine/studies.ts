// What a notebook says in one line of many trials: a sweep, a walk through history, a choice that is cross-validated.
import { type BacktestOptions, feedsOf, functionsOf, given, specOf } from "./backtest_options.ts";
import type { ColumnMoney, TrialMetricName } from "./backtest/mod.ts";
import { countStudy } from "./count_run.ts";
import { showingAs, type Shown, table } from "./display/mod.ts";
import type { CandleColumns } from "./market/mod.ts";
import {
  type ChoiceSettings,
  type CountedStudy,
  type CrossValidatedChoice,
  crossValidatedChoice,
  type JudgedStudy,
  judgeStudy,
  objectiveOf,
  type ParameterAxes,
  runSweep,
  runWalkForward,
  type Study,
  studyReturns,
  type SweepInput,
  sweepInput,
  type SweepPlan,
  TrialPool,
  trialsOfStudy,
  type WalkForward,
  type WalkForwardLayout,
} from "./research/mod.ts";
import type { Strategy } from "./strategies/mod.ts";
import { shownStudy } from "./study_shown.ts";
import { shownWalk } from "./walk_shown.ts";

/** How a sweep differs from the defaults. */
export interface SweepOptions extends Omit<BacktestOptions, "overlappingBudgets"> {
  /** The figure that says what is best, as in `sharpe` or `calmar`; with a minus in front, the least is. */
  readonly objective?: TrialMetricName | `-${TrialMetricName}`;
  /** True: points that the strategy refuses, such as a fast average that is not the faster one, are left out. */
  readonly skipRefused?: boolean;
  /** How many of the best trials are run again candle by candle. */
  readonly certify?: number;
  /** True: each trial has `barSharpe`, too, of the returns from close to close. */
  readonly perBar?: boolean;
  /** Threads that trade the trials, all over one copy of the candles; one without it. */
  readonly workers?: number;
  /** `unrounded` keeps money in float64 without ticks, lots and digits of fees; its trades are not those of `backtest`. */
  readonly money?: ColumnMoney;
}

/**
 * Backtests every combination of some values of a strategy's parameters over the candles of one market. In a notebook the
 * study shows its best trials and, of two parameters, a heat map. Each trial counts (see
 * {@linkcode trialLedger}), and the best one is judged by all that were ever made of its family.
 *
 * @param axes Values by parameter, as in `{ fast: range(5, 50, 5), slow: range(60, 200, 10) }`; others keep their defaults, or
 * what `params` says.
 * @throws {InputError} naming the parameter, grid, setting or range that cannot be used.
 */
export async function sweep(
  strategy: Strategy,
  history: CandleColumns | readonly CandleColumns[],
  axes: ParameterAxes,
  options: SweepOptions = {},
): Promise<JudgedStudy & Shown> {
  const { plan, candles } = planned(strategy, history, axes, options), input = sweepInput(plan, candles);
  const study = await withPool(options, (around) => runSweep(plan, input, around));
  const judged = judgeStudy(study, input, await countedOf(study, input, options));
  return showingAs(judged, () => shownStudy(judged));
}

/** How a walk differs from the defaults, and its windows. */
export interface WalkForwardOptions extends Omit<SweepOptions, "certify" | "perBar" | "money">, WalkForwardLayout {}

/**
 * Chooses the best of a grid on a window of the past, trades it on the time after, and goes on through the candles of one
 * market: what comes of the choosing itself. In a notebook it shows the account over all tests and each window. Every trial
 * and every test counts; see {@linkcode trialLedger}.
 *
 * @param axes As those of {@linkcode sweep}.
 * @param options Those of a sweep, and the windows: `{ trainDays: 365, testDays: 90, gapDays: 1, anchored: true }`.
 * @throws {InputError} as `sweep` does, and `walk-forward` for windows that do not fit the candles.
 */
export async function walkForward(
  strategy: Strategy,
  history: CandleColumns | readonly CandleColumns[],
  axes: ParameterAxes,
  options: WalkForwardOptions,
): Promise<WalkForward & Shown> {
  const { trainDays, testDays, gapDays, anchored } = options;
  const layout = { trainDays, testDays, ...given("gapDays", gapDays), ...given("anchored", anchored) };
  const { plan, candles } = planned(strategy, history, axes, options);
  const walk = await withPool(options, (around) => runWalkForward({ sweep: plan, layout }, candles, around));
  await countStudy(() => Promise.resolve(walk.evaluated), options.dataDir);
  return showingAs(walk, () => shownWalk(walk));
}

/** How a cross-validation differs from the defaults. */
export interface CrossValidationOptions extends Omit<SweepOptions, "certify" | "perBar" | "money">, ChoiceSettings {}

/**
 * Holds the choice of the best of a grid to days that it did not see: some groups of days are the test, the others the
 * training, in every combination, purged and with an embargo. In a notebook it shows its paths.
 *
 * @param options Those of a sweep, and the groups: `{ groups: 10, testGroups: 2, embargoDays: 5 }`.
 * @throws {InputError} as `sweep` does, and `cross-validation` for groups that cannot be.
 */
export async function crossValidate(
  strategy: Strategy,
  history: CandleColumns | readonly CandleColumns[],
  axes: ParameterAxes,
  options: CrossValidationOptions = {},
): Promise<CrossValidatedChoice & Shown> {
  const { groups, testGroups, embargoDays } = options;
  const { plan, candles } = planned(strategy, history, axes, options), input = sweepInput(plan, candles);
  const study = await withPool(options, (around) => runSweep(plan, input, around));
  await countedOf(study, input, options);
  const choice = crossValidatedChoice(studyReturns(study, input), {
    ...given("groups", groups),
    ...given("testGroups", testGroups),
    ...given("embargoDays", embargoDays),
  });
  return showingAs(choice, () => table(choice.paths.map((path, i) => ({ path: i + 1, ...path }))));
}

function planned(
  strategy: Strategy,
  history: CandleColumns | readonly CandleColumns[],
  axes: ParameterAxes,
  options: SweepOptions,
): { plan: SweepPlan; candles: readonly CandleColumns[] } {
  const columns = "instrument" in history ? [history] : history;
  const { params, objective, skipRefused, certify, money, perBar } = options;
  const plan: SweepPlan = {
    spec: specOf(strategy, columns, { ...options, params: {} }),
    strategy,
    axes,
    ...given("fixed", params),
    ...given("objective", objective === undefined ? undefined : objectiveOf(objective)),
    ...given("skipRefused", skipRefused),
    ...given("certify", certify),
    ...given("money", money),
    ...given("perBar", perBar),
    functions: functionsOf(options),
    feeds: feedsOf(options),
  };
  return { plan, candles: [...columns, ...options.reads ?? []] };
}

/** Does some work with as many threads as are wanted. */
export async function withPool<T>(
  { workers = 1 }: Pick<SweepOptions, "workers">,
  work: (around: { queue?: TrialPool }) => Promise<T>,
): Promise<T> {
  const pool = workers > 1 ? new TrialPool(workers) : undefined;
  try {
    return await work(given("queue", pool));
  } finally {
    pool?.close();
  }
}

async function countedOf(study: Study, input: SweepInput, { dataDir }: SweepOptions): Promise<CountedStudy | null> {
  return await countStudy(() => trialsOfStudy(study, input), dataDir);
}
