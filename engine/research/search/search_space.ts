// Which points a search may choose: what is stated of the parameters, and of the others what the strategy allows.
import { didYouMean, InputError } from "../../errors/mod.ts";
import type { Parameter, ParameterValue, Strategy } from "../../strategies/mod.ts";
import { Dimension, type SearchAxis } from "./search_axis.ts";

/** A part of a parameter's range. */
export interface SearchRange {
  readonly from: number;
  readonly to: number;
  /** All numbers between the two unless stated; of whole numbers 1. */
  readonly step?: number;
  /** True: equal ratios are equally far. */
  readonly log?: boolean;
}

/**
 * Where to search, by parameter: a range, or some values, as in `{ fast: { from: 5, to: 50 }, kind: ["sma", "ema"] }`.
 * Parameters that are not named are searched in all of their own range.
 */
export type SearchSpace = Readonly<Record<string, SearchRange | readonly ParameterValue[]>>;

/** The axes of a search by parameter, in plain data. */
export type SearchAxes = Readonly<Record<string, SearchAxis>>;

/**
 * The sides of the cube that is searched, in the order of the strategy's parameters.
 *
 * @param fixed Parameters that are not searched.
 * @throws {InputError} `search-space` for a space that is empty, does not lie in the strategy's or cannot be searched;
 * `parameter` for a name that the strategy does not have.
 */
export function searchDimensions(
  strategy: Strategy,
  space: SearchSpace = {},
  fixed: Readonly<Record<string, ParameterValue>> = {},
): Dimension[] {
  const known = Object.keys(strategy.params);
  for (const name of [...Object.keys(space), ...Object.keys(fixed)]) {
    if (Object.hasOwn(strategy.params, name)) continue;
    throw new InputError(
      "parameter",
      `${strategy.id} has no parameter "${name}", but ${known.join(", ") || "none"}${didYouMean(name, known)}`,
    );
  }
  const both = Object.keys(space).find((name) => Object.hasOwn(fixed, name));
  if (both !== undefined) throw fault(`${both} has one value and a range to search: state it once`);
  const searched = known.filter((name) => !Object.hasOwn(fixed, name));
  if (searched.length === 0) {
    throw fault(
      known.length === 0
        ? `${strategy.id} has no parameters: there is nothing to search`
        : `all parameters of ${strategy.id} are fixed: leave at least one to search`,
    );
  }
  return searched.map((name) => new Dimension(name, axisOf(name, strategy.params[name]!, space[name])));
}

/** What the sides of a cube are, by name. */
export function axesOf(dimensions: readonly Dimension[]): SearchAxes {
  return Object.fromEntries(dimensions.map(({ name, axis }) => [name, axis]));
}

/** How many points there are; ∞ where some parameter is any number. */
export function sizeOfSpace(dimensions: readonly Dimension[]): number {
  return dimensions.reduce((product, { levels }) => product * levels, 1);
}

/** The parameters at a place of the cube. */
export function paramsAt(dimensions: readonly Dimension[], unit: Float64Array): Record<string, ParameterValue> {
  return Object.fromEntries(dimensions.map((own, i) => [own.name, own.valueAt(unit[i]!)]));
}

/** The place of some parameters: the middle of their cell. */
export function unitAt(
  dimensions: readonly Dimension[],
  params: Readonly<Record<string, ParameterValue>>,
): Float64Array {
  return Float64Array.from(dimensions, (own) => own.unitOf(params[own.name]!));
}

function axisOf(name: string, parameter: Parameter, stated: SearchSpace[string] | undefined): SearchAxis {
  if (stated === undefined) return ownAxis(name, parameter);
  if (!isRange(stated)) return listAxis(name, parameter, stated);
  if (parameter.type === "boolean" || parameter.type === "choice") {
    throw fault(
      `${name} is no number: give the values that it may have, as in ${name}=${wordsOf(parameter).join(",")}`,
    );
  }
  const { from, to, log = false } = stated, step = stated.step ?? (parameter.type === "integer" ? 1 : null);
  if (![from, to].every(Number.isFinite) || from > to) {
    throw fault(`${name} from ${from} to ${to} is empty: write the smaller number first, as in ${name}=5:50`);
  }
  if (step !== null && !(step > 0 && Number.isFinite(step))) {
    throw fault(`${name} cannot be searched in steps of ${step}: use a step above 0`);
  }
  for (const end of [from, to]) checkValue(name, parameter, end);
  if (parameter.type === "integer" && ![from, step].every(Number.isInteger)) {
    throw fault(`${name} is a whole number, and from ${from} in steps of ${step} are not: use whole numbers`);
  }
  return { kind: "range", type: parameter.type, from, to, step, log };
}

function ownAxis(name: string, parameter: Parameter): SearchAxis {
  if (parameter.type === "boolean" || parameter.type === "choice") {
    return { kind: "choice", values: wordsOf(parameter) };
  }
  const { type, min, max } = parameter;
  if (![min, max].every(Number.isFinite)) {
    throw fault(`${name} may be any number from ${min} to ${max}: state a part of it, as in ${name}=5:50`);
  }
  return { kind: "range", type, from: min, to: max, step: type === "integer" ? 1 : null, log: false };
}

function listAxis(name: string, parameter: Parameter, values: readonly ParameterValue[]): SearchAxis {
  if (values.length === 0) throw fault(`there is no value for ${name}: give it some, as in ${name}=5:50`);
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) throw fault(`${name} has ${twice} twice: leave one out`);
  for (const value of values) checkValue(name, parameter, value);
  if (!values.every((value) => typeof value === "number")) return { kind: "choice", values };
  return { kind: "list", values: values.toSorted((a, b) => a - b) };
}

function checkValue(name: string, parameter: Parameter, value: ParameterValue): void {
  if (parameter.type === "boolean" || parameter.type === "choice") {
    if (wordsOf(parameter).includes(value)) return;
    throw fault(`${name} cannot be ${value}: it is one of ${wordsOf(parameter).join(", ")}`);
  }
  const { type, min, max } = parameter;
  const fits = typeof value === "number" && value >= min && value <= max;
  if (fits && (type === "number" || Number.isInteger(value))) return;
  throw fault(
    `${name} cannot be ${value}: it is a ${type === "integer" ? "whole number" : "number"} from ${min} to ${max}`,
  );
}

function wordsOf(parameter: Parameter): readonly ParameterValue[] {
  return parameter.type === "choice" ? parameter.choices : [false, true];
}

function isRange(stated: SearchSpace[string]): stated is SearchRange {
  return !Array.isArray(stated);
}

function fault(message: string): InputError {
  return new InputError("search-space", message);
}
