import type { BoundStrategy, ParameterValue } from "../../strategies/mod.ts";
import type { GridPoint } from "../parameter_grid.ts";
import type { SweepTrial } from "../study.ts";
import type { Outcome } from "./outcome.ts";
import type { Generation } from "./sampler.ts";
import type { Dimension } from "./search_axis.ts";
import { lossesOf, objectivesOf, type SearchGoal, worthOf } from "./search_goal.ts";
import { boundOrNull } from "./search_history.ts";
import { paramsAt, sizeOfSpace, unitAt } from "./search_space.ts";
import type { KeptTrial, SearchTrial } from "./search_study.ts";
import type { Strategy } from "../../strategies/mod.ts";

/** A point that a sampler asked for, as it is traded: its numbers are rounded to what the parameters take. */
export interface AskedPoint {
  readonly key: string;
  readonly unit: Float64Array;
  readonly params: Readonly<Record<string, ParameterValue>>;
  readonly fraction: number;
}

/** What a search has tried. A point is traded once on each part of the history, and refused once. */
export class SearchMemory {
  readonly #done: ReadonlyMap<string, KeptTrial>;
  readonly #trials = new Map<string, SearchTrial>();
  readonly #outcomes = new Map<string, Outcome>();
  readonly #strategies = new Map<string, BoundStrategy | null>();
  readonly #size: number;
  #repeated = 0;
  /** Points of the space that were tried or refused. */
  readonly #seen = new Set<string>();

  /** @param done Trials of an earlier run of the same search. */
  constructor(
    readonly plan: SearchGoal & {
      readonly strategy: Strategy;
      readonly fixed?: Readonly<Record<string, ParameterValue>>;
    },
    readonly dimensions: readonly Dimension[],
    done: readonly KeptTrial[],
  ) {
    this.#done = new Map(done.map((trial) => [this.#key(trial.params, trial.fraction ?? 1), trial]));
    this.#size = sizeOfSpace(dimensions);
  }

  get count(): number {
    return this.#trials.size;
  }

  /** In the order in which they were asked for. */
  get trials(): SearchTrial[] {
    return [...this.#trials.values()].sort((a, b) => a.index - b.index);
  }

  /** Points that the strategy refuses, each counted once. */
  get refused(): number {
    return this.#strategies.values().filter((own) => own === null).reduce((sum) => sum + 1, 0);
  }

  get repeated(): number {
    return this.#repeated;
  }

  /** True once every point of the space was tried on all of the history, or refused. */
  get isExhausted(): boolean {
    return this.#seen.size >= this.#size;
  }

  /** The points of a generation. */
  points({ units, fraction }: Generation): AskedPoint[] {
    return units.map((asked) => {
      const params = { ...this.plan.fixed, ...paramsAt(this.dimensions, asked) };
      return { key: this.#key(params, fraction), unit: unitAt(this.dimensions, params), params, fraction };
    });
  }

  /**
   * Those of a generation that have to be traded, at most so many, with their numbers as trials. What an earlier run has done
   * is taken over without being traded.
   */
  fresh(points: readonly AskedPoint[], most: number): GridPoint[] {
    const fresh: GridPoint[] = [], asked = new Set<string>();
    let index = this.count;
    const end = index + most;
    for (const { key, params, fraction } of points) {
      if (asked.has(key) || this.#outcomes.has(key)) {
        this.#repeated++;
        continue;
      }
      const strategy = this.#bound(params);
      asked.add(key);
      if (strategy === null || index === end) continue;
      const kept = this.#done.get(key), point = { index: index++, params, strategy };
      if (kept === undefined) fresh.push(point);
      else this.add({ ...kept, index: point.index, params }, fraction);
    }
    return fresh;
  }

  /** Keeps a trial that was traded. */
  add({ index, params, path, why, metrics }: SweepTrial, fraction: number): SearchTrial {
    const worth = worthOf(this.plan, metrics, params);
    const trial = { index, params, path, ...(why === undefined ? {} : { why }), metrics, fraction, ...worth };
    this.#trials.set(this.#key(params, fraction), trial);
    if (fraction === 1) this.#seen.add(this.#key(params, 1));
    return trial;
  }

  /** What came of the points of a generation; null while some of them have not been tried. */
  outcomes(points: readonly AskedPoint[]): Outcome[] | null {
    const found: Outcome[] = [];
    for (const { key, unit, params } of points) {
      let outcome = this.#outcomes.get(key);
      if (outcome === undefined) {
        const trial = this.#trials.get(key);
        if (trial === undefined && this.#bound(params) !== null) return null;
        outcome = trial === undefined ? this.#refusedOutcome(unit) : this.outcomeOf(trial);
        this.#outcomes.set(key, outcome);
      }
      found.push(outcome);
    }
    return found;
  }

  /** A trial as samplers know it. */
  outcomeOf({ params, values, violation }: SearchTrial): Outcome {
    return {
      unit: unitAt(this.dimensions, params),
      losses: lossesOf(this.plan, values),
      violation: violation ?? Infinity,
    };
  }

  #refusedOutcome(unit: Float64Array): Outcome {
    const losses = Array.from({ length: objectivesOf(this.plan).length || 1 }, () => Infinity);
    return { unit, losses, violation: Infinity };
  }

  /** The strategy at a point, asked once. */
  #bound(params: Readonly<Record<string, ParameterValue>>): BoundStrategy | null {
    const key = this.#key(params, 1);
    let strategy = this.#strategies.get(key);
    if (strategy === undefined) {
      this.#strategies.set(key, strategy = boundOrNull(this.plan.strategy, params));
      if (strategy === null) this.#seen.add(key);
    }
    return strategy;
  }

  #key(params: Readonly<Record<string, ParameterValue>>, fraction: number): string {
    return JSON.stringify([fraction, ...this.dimensions.map(({ name }) => params[name])]);
  }
}
