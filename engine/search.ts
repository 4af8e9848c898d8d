// What a notebook says in one line of a search.
import { feedsOf, functionsOf, given, specOf } from "./backtest_options.ts";
import type { TrialMetricName } from "./backtest/mod.ts";
import { countStudy } from "./count_run.ts";
import { showingAs, type Shown } from "./display/mod.ts";
import type { CandleColumns } from "./market/mod.ts";
import {
  constraintOf,
  type JudgedSearch,
  judgeSearch,
  objectiveOf,
  runSearch,
  type SamplerChoice,
  type SamplerName,
  searchInput,
  type SearchPlan,
  type SearchSpace,
  type SearchStudy,
  type TrialLoss,
  trialsOfSearch,
} from "./research/mod.ts";
import { shownSearch } from "./search_shown.ts";
import type { Strategy } from "./strategies/mod.ts";
import { type SweepOptions, withPool } from "./studies.ts";

type ObjectiveName = TrialMetricName | `-${TrialMetricName}`;

/** How a search differs from the defaults. */
export interface SearchOptions extends Omit<SweepOptions, "objective" | "skipRefused" | "seed"> {
  /** `tpe` unless stated; with settings of its own: `{ name: "tpe", settings: { generation: 16 } }`. */
  readonly sampler?: SamplerName | SamplerChoice;
  /** How many different points are traded; 100 unless stated, of a grid all. */
  readonly trials?: number;
  /** The same seed tries the same points, with any number of workers; 1 unless stated. */
  readonly seed?: number;
  /** The figure that says what is best, or several: then there is a front. A minus in front looks for the least. */
  readonly objective?: ObjectiveName | readonly ObjectiveName[];
  /** What a trial must keep, as in `["tradeCount>=30", "maxDrawdownFraction<=0.2"]`. */
  readonly constraints?: readonly string[];
  /** In place of objectives: a function of a trial's figures, of which the least is best. */
  readonly loss?: TrialLoss;
  /** A study of the same search with fewer trials, to go on from. */
  readonly resume?: SearchStudy;
}

/**
 * Searches the parameters of a strategy over the candles of one market. In a notebook the study shows its best trials or the
 * front of several objectives, which parameters count, and whether the best one stands on a plateau. Each trial
 * counts (see {@linkcode trialLedger}), and the best one is judged by all that were ever made of its family.
 *
 * @param space Where to search, as in `{ fast: { from: 5, to: 50 }, slow: { from: 20, to: 200, log: true } }`; parameters that
 * neither it nor `params` names are searched in all of their own range.
 * @throws {InputError} naming the parameter, range, sampler, objective or constraint that cannot be used.
 */
export async function search(
  strategy: Strategy,
  history: CandleColumns | readonly CandleColumns[],
  space: SearchSpace = {},
  options: SearchOptions = {},
): Promise<JudgedSearch & Shown> {
  const columns = "instrument" in history ? [history] : history;
  const plan = planOf(strategy, columns, space, options),
    input = searchInput(plan, [...columns, ...options.reads ?? []]);
  const study = await withPool(
    options,
    (around) => runSearch(plan, input, { ...around, ...given("done", options.resume?.trials) }),
  );
  const counted = study.trials.length > 0
    ? await countStudy(() => trialsOfSearch(study, strategy, input), options.dataDir)
    : null;
  const judged = judgeSearch(study, strategy, input, counted);
  return showingAs(judged, () => shownSearch(judged));
}

function planOf(
  strategy: Strategy,
  columns: readonly CandleColumns[],
  space: SearchSpace,
  options: SearchOptions,
): SearchPlan {
  const { sampler, objective, constraints, seed, ...run } = options, names = objective === undefined ? [] : [objective];
  return {
    spec: specOf(strategy, columns, { ...run, params: {} }),
    strategy,
    space,
    ...given("fixed", options.params),
    ...given("sampler", typeof sampler === "string" ? { name: sampler } : sampler),
    ...given("trials", options.trials),
    ...given("seed", seed),
    ...given("objectives", objective === undefined ? undefined : names.flat().map(objectiveOf)),
    ...given("constraints", constraints?.map(constraintOf)),
    ...given("loss", options.loss),
    ...given("certify", options.certify),
    ...given("money", options.money),
    ...given("perBar", options.perBar),
    functions: functionsOf(options),
    feeds: feedsOf(options),
  };
}
