// Readers of the options that say what a search looks for and where, for commander's `option(flags, description, reader)`.
import { InvalidArgumentError } from "commander";
import { InputError, UsageError } from "../engine/errors/mod.ts";
import {
  constraintOf,
  type Objective,
  objectiveOf,
  type SearchSpace,
  type TrialConstraint,
  type TrialLoss,
} from "../engine/research/mod.ts";
import { number, parameterValue } from "./parameters.ts";
import { userFile } from "./user_file.ts";

/** Collects `--space fast=5:50 --space slow=20:200:log --space kind=sma,ema`: FROM:TO, with a step or `log` or both. */
export function spaceFlag(text: string, before: SearchSpace = {}): SearchSpace {
  const [, name, values] = /^([\w.-]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`"${text}" is not NAME=FROM:TO, as in fast=5:50.`);
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} has a range twice: state it once.`);
  return { ...before, [name]: rangeOf(values!) };
}

function rangeOf(text: string): SearchSpace[string] {
  const parts = text.split(":");
  if (parts.length === 1) return text.split(",").map(parameterValue);
  const log = parts.at(-1) === "log", [from, to, step, ...more] = (log ? parts.slice(0, -1) : parts).map(number);
  if (from === undefined || to === undefined || more.length > 0) {
    throw new InvalidArgumentError(`"${text}" is no range: write FROM:TO, FROM:TO:STEP or FROM:TO:log, as in 5:50.`);
  }
  return { from, to, ...(step === undefined ? {} : { step }), ...(log ? { log } : {}) };
}

/** Collects `--objective sharpe --objective -feesQuote`. */
export function objectiveFlag(text: string, before: readonly Objective[] = []): readonly Objective[] {
  return [...before, flagged(() => objectiveOf(text))];
}

/** Collects `--constraint 'tradeCount>=30'`. */
export function constraintFlag(text: string, before: readonly TrialConstraint[] = []): readonly TrialConstraint[] {
  return [...before, flagged(() => constraintOf(text))];
}

/** What is wrong with these is wrong with the command line, whatever the data. */
const OF_FLAGS: readonly string[] = ["objective", "constraint", "sampler", "trials"];

/** What some work makes of flags. @throws {UsageError} in place of an error about an objective, constraint, sampler or count. */
export function flagged<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError && OF_FLAGS.includes(error.code)) {
      throw new UsageError(error.message, { cause: error });
    }
    throw error;
  }
}

/** A loss function with its source, which is part of what a study is. */
export interface LossFile {
  readonly loss: TrialLoss;
  readonly source: string;
}

/** The default export of a TypeScript file. @throws {UsageError} for a file without one. */
export async function lossOfFile(path: string): Promise<LossFile> {
  let loaded: { readonly default?: unknown };
  try {
    loaded = await userFile(path);
  } catch (cause) {
    throw new UsageError(`${path} cannot be loaded: ${(cause as Error).message}`, { cause });
  }
  if (typeof loaded.default !== "function") {
    throw new UsageError(`${path} exports no loss: write "export default (metrics) => -metrics.sharpe"`);
  }
  return { loss: loaded.default as TrialLoss, source: await Deno.readTextFile(path) };
}
