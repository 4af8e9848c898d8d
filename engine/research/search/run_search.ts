// The search: a sampler asks for points, they are traded, and it is told what came of them.
import type { TrialCandles } from "../../backtest/mod.ts";
import { InputError } from "../../errors/mod.ts";
import type { CandleColumns } from "../../market/mod.ts";
import type { BoundStrategy, ParameterValue } from "../../strategies/mod.ts";
import type { ChunkQueue } from "../chunk_queue.ts";
import { MOST_POINTS } from "../parameter_grid.ts";
import type { StudyPlan, StudySurroundings } from "../study_plan.ts";
import { TrialDesk } from "../trial_desk.ts";
import { bestFirst } from "./outcome.ts";
import type { Sampler } from "./sampler.ts";
import { type SamplerChoice, samplerOf, samplerSettings } from "./samplers.ts";
import type { Dimension } from "./search_axis.ts";
import { objectivesOf, pointText, type SearchGoal } from "./search_goal.ts";
import { earliest, firstPart, outermost, searchCandles } from "./search_history.ts";
import { SearchMemory } from "./search_memory.ts";
import { axesOf, paramsAt, searchDimensions, type SearchSpace, sizeOfSpace } from "./search_space.ts";
import {
  eligible,
  frontOf,
  type KeptTrial,
  type SearchEnd,
  type SearchStudy,
  type SearchTrial,
} from "./search_study.ts";

/** Generations without a new trial after which a sampler has nothing more to ask. */
const MOST_STALE = 100;
const USUAL_TRIALS = 100, USUAL_SEED = 1;

/** What a search is about. */
export interface SearchPlan extends StudyPlan, SearchGoal {
  /** Where to search; all of the strategy's own ranges unless stated. */
  readonly space?: SearchSpace;
  /** Parameters that are the same in all trials. */
  readonly fixed?: Readonly<Record<string, ParameterValue>>;
  /** `tpe` unless stated. */
  readonly sampler?: SamplerChoice;
  /** How many different points are traded; 100 unless stated, and of a grid all. */
  readonly trials?: number;
  /** 1 unless stated; the same seed tries the same points. */
  readonly seed?: number;
}

/** What goes on around a search; with more trials wanted than are done it goes on from there. */
export type SearchSurroundings = StudySurroundings<SearchTrial, KeptTrial>;

/** What a search goes through: its space, and the candles that all trials are traded on. */
export interface SearchInput {
  readonly dimensions: readonly Dimension[];
  readonly candles: TrialCandles;
}

/** The sides of the space of a search, and the strategy that wants the longest look-back: what its candles are loaded for. */
export interface PreparedSearch {
  readonly dimensions: readonly Dimension[];
  readonly longest: BoundStrategy;
}

/**
 * What can be said of a search before there are candles.
 *
 * @throws {InputError} `search-space` for a space that is empty, cannot be searched or is refused by the strategy; `sampler`,
 * `objective` and `trials` for those that cannot be used.
 */
export function preparedSearch(plan: SearchPlan): PreparedSearch {
  const { spec, strategy, space, fixed = {} } = plan, dimensions = searchDimensions(strategy, space, fixed);
  newSampler(plan, dimensions);
  trialsWanted(plan, dimensions);
  const bound = outermost(strategy, dimensions, fixed);
  if (bound.length === 0) throw allRefused(plan, dimensions, "every point that was tried");
  return { dimensions, longest: earliest(spec, bound) };
}

/**
 * The space and candles of a search.
 *
 * @throws {InputError} as `preparedSearch` does, and `candles` when the market has none in the range.
 */
export function searchInput(plan: SearchPlan, history: readonly CandleColumns[]): SearchInput {
  const { dimensions, longest } = preparedSearch(plan);
  return { dimensions, candles: searchCandles(plan.spec, longest, history, plan) };
}

/**
 * Searches for good parameters. All trials decide on candles with one beginning, and are traded as those of a sweep. The
 * number of workers leaves no trace: a sampler asks for whole generations and is told of them in their order.
 *
 * @throws {InputError} as `preparedSearch` does; `loss` when the loss function fails.
 */
export async function runSearch(
  plan: SearchPlan,
  { dimensions, candles }: SearchInput,
  { done = [], onTrials, progress, queue }: SearchSurroundings = {},
): Promise<SearchStudy> {
  const sampler = newSampler(plan, dimensions), wanted = trialsWanted(plan, dimensions);
  const memory = new SearchMemory(plan, dimensions, done), desks = new PartDesks(plan, candles, queue ?? null);
  const mayGoOn = () => progress?.(memory.count, wanted) !== false;
  let ended: SearchEnd | null = null;
  try {
    for (let stale = 0; ended === null;) {
      const generation = sampler.ask(), points = memory.points(generation), before = memory.count;
      const fresh = memory.fresh(points, wanted - before);
      for await (const made of desks.of(generation.fraction).batches(fresh, mayGoOn)) {
        const trials = made.map((trial) => memory.add(trial, generation.fraction));
        await onTrials?.(trials);
      }
      const outcomes = memory.outcomes(points);
      if (outcomes !== null) sampler.tell(outcomes);
      stale = memory.count > before ? 0 : stale + 1;
      if (memory.count >= wanted) ended = "trials";
      else if (outcomes === null) ended = "interrupted";
      else if (memory.isExhausted) ended = "exhausted";
      else if (points.length === 0 || stale >= MOST_STALE) ended = "converged";
      else if (!mayGoOn()) ended = "interrupted";
    }
    progress?.(memory.count, wanted);
    if (memory.count === 0 && ended === "converged") throw allRefused(plan, dimensions, `all ${memory.refused} points`);
    return studyOf(plan, memory, desks, ended);
  } finally {
    desks.release();
  }
}

function studyOf(plan: SearchPlan, memory: SearchMemory, desks: PartDesks, ended: SearchEnd): SearchStudy {
  const { spec, strategy, fixed = {}, seed = USUAL_SEED, money = "exact" } = plan, { trials, dimensions } = memory;
  const choice = samplerOfPlan(plan), candidates = eligible(trials);
  const outcomes = candidates.map((trial) => memory.outcomeOf(trial));
  const front = frontOf(outcomes).map((i) => candidates[i]!);
  const top = bestFirst(outcomes).slice(0, plan.certify ?? 0).map((i) => candidates[i]!);
  return {
    strategy: strategy.id,
    spec,
    axes: axesOf(dimensions),
    fixed,
    sampler: { name: choice.name, settings: samplerSettings(choice) },
    seed,
    money,
    objectives: objectivesOf(plan),
    constraints: plan.constraints ?? [],
    trials,
    wanted: trialsWanted(plan, dimensions),
    ended,
    refused: memory.refused,
    repeated: memory.repeated,
    withoutFigure: trials.filter(({ violation }) => violation === null).length,
    infeasible: trials.filter(({ violation }) => violation !== null && violation > 0).length,
    best: front[0] ?? null,
    front,
    certificates: top.map((trial) => desks.of(1).certify(trial, { ...trial, strategy: strategy.bind(trial.params) })),
  };
}

/** A desk for each part of the history. */
class PartDesks {
  readonly #desks = new Map<number, TrialDesk>();

  constructor(readonly plan: SearchPlan, readonly candles: TrialCandles, readonly queue: ChunkQueue | null) {}

  of(fraction: number): TrialDesk {
    let desk = this.#desks.get(fraction);
    if (desk === undefined) {
      const { money = "exact", perBar = false } = this.plan, part = firstPart(this.plan.spec, this.candles, fraction);
      desk = new TrialDesk(part.spec, part.candles, { money, perBar }, this.queue);
      this.#desks.set(fraction, desk);
    }
    return desk;
  }

  release(): void {
    for (const desk of this.#desks.values()) desk.release();
  }
}

function samplerOfPlan({ sampler = { name: "tpe" } }: SearchPlan): SamplerChoice {
  return sampler;
}

function newSampler(plan: SearchPlan, dimensions: readonly Dimension[]): Sampler {
  return samplerOf(samplerOfPlan(plan), dimensions, plan.seed ?? USUAL_SEED, objectivesOf(plan).length || 1);
}

function trialsWanted(plan: SearchPlan, dimensions: readonly Dimension[]): number {
  const isGrid = samplerOfPlan(plan).name === "grid";
  const wanted = plan.trials ?? (isGrid ? sizeOfSpace(dimensions) : USUAL_TRIALS);
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_POINTS) return wanted;
  throw new InputError(
    "trials",
    plan.trials === undefined
      ? `the space has ${wanted} points, and a study can hold ${MOST_POINTS}: state how many trials, or take wider steps`
      : `a search cannot have ${wanted} trials: use a whole number from 1 to ${MOST_POINTS}`,
  );
}

function allRefused({ strategy, fixed }: SearchPlan, dimensions: readonly Dimension[], what: string): InputError {
  const params = { ...fixed, ...paramsAt(dimensions, new Float64Array(dimensions.length).fill(0.5)) };
  let reason = "";
  try {
    strategy.bind(params);
  } catch (error) {
    reason = `, as ${pointText(params)}: ${(error as Error).message}`;
  }
  return new InputError("search-space", `${strategy.id} refuses ${what} of the space${reason}. State another space`);
}
