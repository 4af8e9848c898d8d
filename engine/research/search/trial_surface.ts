import type { ParameterValue } from "../../strategies/mod.ts";
import type { Study } from "../study.ts";
import { Dimension, type SearchAxis } from "./search_axis.ts";
import { lossesOf } from "./search_goal.ts";
import { unitAt } from "./search_space.ts";
import { goalOf, type SearchStudy } from "./search_study.ts";

/** What a figure is at the points of a study: those trials that have it and had the whole history, in their order. */
export interface TrialSurface {
  readonly dimensions: readonly Dimension[];
  readonly points: readonly SurfacePoint[];
}

/** A trial on a surface. */
export interface SurfacePoint {
  readonly index: number;
  readonly params: Readonly<Record<string, ParameterValue>>;
  /** Its place in the unit cube of all parameters that vary. */
  readonly unit: Float64Array;
  /** The figure as the trial has it. */
  readonly value: number;
  /** The same, the less the better. */
  readonly loss: number;
}

/**
 * The surface of a sweep or a search.
 *
 * @param objective Which one of several, by its number.
 */
export function surfaceOf(study: Study | SearchStudy, objective = 0): TrialSurface {
  const goal = "objective" in study ? { objectives: [study.objective] } : goalOf(study);
  const all = Object.entries(study.axes).map(([name, axis]) =>
    new Dimension(name, "kind" in axis ? axis : axisOf(axis))
  );
  const dimensions = all.filter(({ levels }) => levels > 1);
  const points = study.trials.flatMap((trial): SurfacePoint | [] => {
    const values = "values" in trial ? trial.values : [trial.metrics[(study as Study).objective.metric]];
    const value = values[objective] ?? null;
    if (value === null || ("fraction" in trial && trial.fraction !== 1)) return [];
    const loss = lossesOf(goal, values)[objective]!;
    return { index: trial.index, params: trial.params, unit: unitAt(dimensions, trial.params), value, loss };
  });
  return { dimensions, points };
}

/** Values of a grid: numbers have their order, whatever it was. */
function axisOf(values: readonly ParameterValue[]): SearchAxis {
  const numbers = values.filter((value) => typeof value === "number");
  if (numbers.length < values.length) return { kind: "choice", values };
  return { kind: "list", values: numbers.toSorted((a, b) => a - b) };
}
