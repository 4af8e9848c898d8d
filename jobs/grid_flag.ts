// Reader of `--grid name=…`, for commander's `option(flags, description, reader)`.
import { InvalidArgumentError } from "commander";
import { range } from "../engine/research/mod.ts";
import type { ParameterValue } from "../engine/strategies/mod.ts";
import { InputError } from "../engine/errors/mod.ts";
import { parameterValue } from "./parameters.ts";

/** Values by parameter. */
export type GridFlag = Readonly<Record<string, readonly ParameterValue[]>>;

/** Collects `--grid fast=5:50:5 --grid kind=sma,ema`: FROM:TO, FROM:TO:STEP, or values with commas between them. */
export function gridFlag(text: string, before: GridFlag = {}): GridFlag {
  const [, name, values] = /^([\w.-]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`"${text}" is not NAME=FROM:TO:STEP, as in fast=5:50:5.`);
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} has values twice: state them once.`);
  return { ...before, [name]: valuesOf(name, values!) };
}

function valuesOf(name: string, text: string): ParameterValue[] {
  if (text === "") {
    throw new InputError("grid", `the grid has no value for ${name}: give it some, as in ${name}=5:50:5`);
  }
  const parts = text.split(":");
  if (parts.length === 1) return text.split(",").map(parameterValue);
  const numbers = parts.map((part) => part.trim() === "" ? NaN : Number(part));
  if (numbers.length > 3 || numbers.some(Number.isNaN)) {
    throw new InvalidArgumentError(`"${text}" is no range: write FROM:TO or FROM:TO:STEP, as in 5:50:5.`);
  }
  return range(numbers[0]!, numbers[1]!, numbers[2]);
}
