// Every combination of some values of some parameters, in a fixed order.
import { didYouMean, InputError, isCodedError } from "../errors/mod.ts";
import type { BoundStrategy, ParameterValue, Strategy } from "../strategies/mod.ts";

/** Values by parameter; the last one varies fastest. */
export type ParameterAxes = Readonly<Record<string, readonly ParameterValue[]>>;

/** Points that a grid may have: what a study keeps in memory of each is about a kilobyte. */
export const MOST_POINTS = 1_000_000;

/** A strategy with the parameters of one point. */
export interface GridPoint {
  /** Number of the point in the whole grid, from 0. */
  readonly index: number;
  readonly params: Readonly<Record<string, ParameterValue>>;
  readonly strategy: BoundStrategy;
}

/** How a grid treats points that the strategy itself refuses. */
export interface GridOptions {
  /** Parameters that are the same in all points. */
  readonly fixed?: Readonly<Record<string, ParameterValue>>;
  /** True: points that the strategy refuses, such as a fast average that is not the faster one, are left out. */
  readonly skipRefused?: boolean;
}

/**
 * `range(5, 50, 5)` is 5, 10 … 50: numbers from one to another, both included, in steps.
 *
 * @throws {InputError} `grid` when the steps never get there, or are more than a grid can have.
 */
export function range(from: number, to: number, step = 1): number[] {
  if (![from, to, step].every(Number.isFinite) || step === 0 || (to - from) / step < 0) {
    throw new InputError(
      "grid",
      `a range from ${from} to ${to} in steps of ${step} has no end: write FROM:TO:STEP as in 5:50:5`,
    );
  }
  // A step such as 0.1 has no exact double: what is nearly the end is the end, and values read as they were written.
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > MOST_POINTS) throw tooMany(count);
  return Array.from({ length: count }, (_, i) => Number((from + i * step).toPrecision(12)));
}

/** How many points some axes make. @throws {InputError} `grid` where they are none or too many. */
export function countPoints(axes: ParameterAxes): number {
  const names = Object.keys(axes);
  if (names.length === 0) {
    throw new InputError("grid", "the grid is empty: give at least one parameter its values, as in fast=5:50:5");
  }
  const empty = names.find((name) => axes[name]!.length === 0);
  if (empty !== undefined) {
    throw new InputError("grid", `the grid has no value for ${empty}: give it some, as in ${empty}=5:50:5`);
  }
  const count = names.reduce((product, name) => product * axes[name]!.length, 1);
  if (count > MOST_POINTS) throw tooMany(count);
  return count;
}

function tooMany(count: number): InputError {
  return new InputError(
    "grid",
    `a grid of ${grouped(count)} points is beyond the ${
      grouped(MOST_POINTS)
    } that a study can hold: take wider steps, or search instead`,
  );
}

/**
 * All points of a grid with their strategies.
 *
 * @throws {InputError} `grid` for an empty grid, one that is too large or a value twice; `parameter` for a name or value that the
 * strategy does not take, or a combination of them unless those are to be left out.
 */
export function gridPoints(strategy: Strategy, axes: ParameterAxes, options: GridOptions = {}): GridPoint[] {
  const names = Object.keys(axes), { fixed = {}, skipRefused = false } = options;
  for (const name of [...names, ...Object.keys(fixed)]) checkName(strategy, name);
  const count = countPoints(axes), points: GridPoint[] = [];
  for (const name of names) checkAxis(name, axes[name]!, fixed);
  for (let index = 0; index < count; index++) {
    const params = { ...fixed, ...pointOf(axes, names, index) };
    const bound = boundOrNull(strategy, params, skipRefused);
    if (bound !== null) points.push({ index, params, strategy: bound });
  }
  if (points.length > 0) return points;
  throw new InputError("grid", `${strategy.id} refuses all ${count} points of the grid: widen it`);
}

function checkName({ id, params }: Strategy, name: string): void {
  if (Object.hasOwn(params, name)) return;
  const known = Object.keys(params);
  throw new InputError(
    "parameter",
    `${id} has no parameter "${name}", but ${known.join(", ") || "none"}${didYouMean(name, known)}`,
  );
}

function checkAxis(name: string, values: readonly ParameterValue[], fixed: GridOptions["fixed"]): void {
  if (fixed !== undefined && Object.hasOwn(fixed, name)) {
    throw new InputError("grid", `${name} has one value and values of the grid: state it once`);
  }
  const seen = new Set<ParameterValue>();
  const twice = values.find((value) => seen.size === seen.add(value).size);
  if (twice === undefined) return;
  throw new InputError("grid", `the grid has ${twice} twice for ${name}: leave one out, or its trials count double`);
}

function pointOf(axes: ParameterAxes, names: readonly string[], index: number): Record<string, ParameterValue> {
  const values: ParameterValue[] = [];
  for (let i = names.length - 1, rest = index; i >= 0; i--) {
    const axis = axes[names[i]!]!;
    values[i] = axis[rest % axis.length]!;
    rest = Math.floor(rest / axis.length);
  }
  return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
}

function boundOrNull(
  strategy: Strategy,
  params: Readonly<Record<string, ParameterValue>>,
  skipRefused: boolean,
): BoundStrategy | null {
  try {
    return strategy.bind(params);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    if (skipRefused) return null;
    const point = Object.entries(params).map(([name, value]) => `${name}=${value}`).join(" ");
    throw new InputError(
      "parameter",
      `the grid's point ${point} cannot be traded: ${error.message}. Narrow the grid, or leave such points out`,
      { cause: error },
    );
  }
}

/** 1000000 as `1,000,000`. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
