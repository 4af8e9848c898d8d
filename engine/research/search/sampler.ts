// The port of what decides where a search looks next. A sampler is a pure function of its seed and of what it was told.
import type { Random } from "../../time/mod.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Points that are tried together. How many is the sampler's own affair, never that of the number of threads: so the same
 * seed tries the same points with any number of them.
 */
export interface Generation {
  /** Places in the unit cube. */
  readonly units: readonly Float64Array[];
  /** On which share of the history they are tried, from its start: 1 is all of it. */
  readonly fraction: number;
}

/** Decides which points are tried next. */
export interface Sampler {
  /** The next points; none when there are no more. */
  ask(): Generation;
  /** What came of the points that were asked for last, in their order. */
  tell(outcomes: readonly Outcome[]): void;
}

/** A place in the cube, uniformly. */
export function uniformUnit(random: Random, dimensions: number): Float64Array {
  return Float64Array.from({ length: dimensions }, () => random.next());
}
