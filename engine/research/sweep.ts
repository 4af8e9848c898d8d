// Every point of a grid over one history: which trials there are, in which order they are traded, and what is kept of them.
import { type BoundStrategies, candleRange, type RunSpec, type TrialCandles, usedCandles } from "../backtest/mod.ts";
import type { CandleColumns } from "../market/mod.ts";
import { countPoints, type GridOptions, type GridPoint, gridPoints, type ParameterAxes } from "./parameter_grid.ts";
import { type Objective, objectiveOf, ranked, type Study, type SweepTrial } from "./study.ts";
import type { StudyPlan, StudySurroundings } from "./study_plan.ts";
import { TrialDesk } from "./trial_desk.ts";

/** What a sweep is about. */
export interface SweepPlan extends StudyPlan, GridOptions {
  readonly axes: ParameterAxes;
  /** `sharpe` unless stated. */
  readonly objective?: Objective;
}

/** What goes on around a sweep. */
export type SweepSurroundings = StudySurroundings<SweepTrial>;

/** What a sweep goes through: the points of its grid, and the candles that all of them are traded on. */
export interface SweepInput {
  readonly points: readonly GridPoint[];
  readonly candles: TrialCandles;
}

/**
 * The points and candles of a sweep.
 *
 * @throws {InputError} as `gridPoints` does, and `candles` when the market has none in the range.
 */
export function sweepInput(plan: SweepPlan, history: readonly CandleColumns[]): SweepInput {
  const points = gridPoints(plan.strategy, plan.axes, plan);
  return { points, candles: sweepCandles(plan, points, history) };
}

/**
 * Trades every point of a grid. Trials that the column path can trade are traded over columns, in blocks of rows for many of
 * them at once; the others candle by candle, and say why.
 *
 * All trials decide on the same candles: the history begins where the longest look-back among them wants it to.
 */
export async function runSweep(
  plan: SweepPlan,
  { points, candles }: SweepInput,
  { done = [], onTrials, progress, queue }: SweepSurroundings = {},
): Promise<Study> {
  const { spec, strategy, axes, objective = objectiveOf("sharpe"), money = "exact", perBar = false } = plan;
  const trials = new Map(done.map((trial) => [trial.index, trial]));
  const desk = new TrialDesk(spec, candles, { money, perBar }, queue ?? null);
  const rest = points.filter(({ index }) => !trials.has(index));
  for await (const made of desk.batches(rest, () => progress?.(trials.size, points.length) !== false)) {
    for (const trial of made) trials.set(trial.index, trial);
    await onTrials?.(made);
  }
  progress?.(trials.size, points.length);
  const all = points.flatMap(({ index }) => trials.get(index) ?? []);
  const best = ranked(all, objective);
  const top = best.slice(0, plan.certify ?? 0).map((trial) =>
    desk.certify(trial, points.find(({ index }) => index === trial.index)!)
  );
  desk.release();
  return {
    strategy: strategy.id,
    spec,
    axes,
    money,
    objective,
    trials: all,
    points: points.length,
    refused: countPoints(axes) - points.length,
    best: best.find(({ metrics }) => metrics[objective.metric] !== null) ?? null,
    certificates: top,
  };
}

/** The candles that all trials of a study decide on, with the look-back of the one that wants the most. */
export function sweepCandles(
  { spec, functions = {}, feeds = [] }: SweepPlan,
  points: readonly GridPoint[],
  history: readonly CandleColumns[],
): TrialCandles {
  return { ...usedCandles(spec, widest(spec, points), history), functions, feeds };
}

/** The strategy whose candles begin first. */
export function widest(spec: RunSpec, points: readonly GridPoint[]): BoundStrategies {
  const first = points[0]!.strategy;
  if (spec.from === null) return first;
  let found = first, earliest = Infinity;
  for (const { strategy } of points) {
    const from = candleRange(spec, strategy).from ?? -Infinity;
    if (from < earliest) [found, earliest] = [strategy, from];
  }
  return found;
}
