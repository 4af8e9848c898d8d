// The options of `search`, and the plan that they make.
import type { Command } from "commander";
import { ENGINE_VERSION, loadCandles, loadFeeds, runDataOf } from "../engine/backtest/mod.ts";
import { UsageError } from "../engine/errors/mod.ts";
import { identityOf } from "../engine/identity/mod.ts";
import { Lake, StudyFile, studyPath } from "../engine/lake/mod.ts";
import {
  axesOf,
  type Objective,
  preparedSearch,
  SAMPLER_NAMES,
  type SamplerChoice,
  type SamplerName,
  samplerSettings,
  type SearchInput,
  searchInput,
  type SearchPlan,
  type SearchSpace,
  type TrialConstraint,
} from "../engine/research/mod.ts";
import { lakePlace } from "./lake_place.ts";
import { number, whole } from "./parameters.ts";
import { findStrategy } from "./registry.ts";
import { constraintFlag, flagged, lossOfFile, objectiveFlag, spaceFlag } from "./space_flag.ts";
import { moneyOf, type StudyFlags, sweptSpec, withStudyOptions, withTrialOptions } from "./study_flags.ts";

/** What is said of a search. */
export interface SearchFlags extends StudyFlags {
  space?: SearchSpace;
  sampler: string;
  setting?: Readonly<Record<string, number>>;
  trials?: number;
  objective?: readonly Objective[];
  constraint?: readonly TrialConstraint[];
  loss?: string;
}

/** Adds the options that say what is searched, how, and for what. */
export function withSearchOptions(command: Command): Command {
  withStudyOptions(command, "the space", (own) =>
    own.option(
      "--space <name=range...>",
      "where to search: fast=5:50, slow=20:200:log, width=0:1:0.1, kind=sma,ema; elsewhere all that the strategy allows",
      spaceFlag,
    ))
    .option("--sampler <name>", SAMPLER_NAMES.join(", "), "tpe")
    .option("--setting <name=number...>", "setting of the sampler, as in generation=16", setting)
    .option("--trials <count>", "different points to trade; 100 unless stated, of a grid all", whole)
    .option("--seed <number>", "the same seed tries the same points; 1 unless stated", number)
    .option(
      "--objective <figure>",
      "what is best; again for another one, a minus in front for the least",
      objectiveFlag,
    )
    .option("--constraint <text>", "what must be kept, as in 'tradeCount>=30'; again for another one", constraintFlag)
    .option(
      "--loss <file>",
      "in place of objectives: a file that exports a function of a trial's figures; the least is best",
    );
  return withTrialOptions(command)
    .option("--resume", "go on where the same search was interrupted, or ended with fewer trials");
}

function setting(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === undefined) throw new UsageError(`"${text}" is not NAME=NUMBER, as in generation=16`);
  return { ...before, [name]: number(value!) };
}

/** A search with its candles and the file in which its trials are kept. */
export interface LoadedSearch {
  readonly plan: SearchPlan;
  readonly input: SearchInput;
  /** Name of the study. */
  readonly id: string;
  readonly file: StudyFile;
}

/** What the options say, with the candles for it. @throws {InputError | UsageError} saying what is missing. */
export async function loadSearch(flags: SearchFlags, dataDir: string): Promise<LoadedSearch> {
  const lake = new Lake(lakePlace(dataDir)), { seed, ...run } = flags, chosen = planOf(flags);
  try {
    const spec = await sweptSpec(run, lake, "search");
    const loss = flags.loss === undefined ? null : await lossOfFile(flags.loss);
    const stated: SearchPlan = {
      ...chosen,
      spec: { ...spec, params: {} },
      strategy: findStrategy(spec.strategy!),
      fixed: { ...spec.params, ...flags.param },
      ...(seed === undefined ? {} : { seed }),
      ...(loss ? { loss: loss.loss } : {}),
    };
    const { longest } = flagged(() => preparedSearch(stated)), feeds = await loadFeeds(stated.spec, longest, lake);
    const plan = { ...stated, feeds }, input = searchInput(plan, await loadCandles(stated.spec, longest, lake));
    // How many trials are wanted is no part of it: a search can be given more.
    const { sampler } = chosen, { fixed, money, seed: own = 1, objectives = [], constraints = [] } = plan;
    const id = identityOf({
      stated: plan.spec,
      axes: axesOf(input.dimensions),
      fixed,
      money,
      sampler: { name: sampler.name, settings: samplerSettings(sampler) },
      seed: own,
      objectives,
      constraints,
      loss: loss?.source ?? null,
      codeHash: longest.hash,
      data: await runDataOf(plan.spec, input.candles),
      version: ENGINE_VERSION,
    });
    return { plan, input, id, file: new StudyFile(studyPath(dataDir, id)) };
  } finally {
    await lake.close();
  }
}

function planOf(flags: SearchFlags): Omit<SearchPlan, "spec" | "strategy"> & { readonly sampler: SamplerChoice } {
  const { space, sampler, setting, trials, objective, constraint, certify } = flags;
  return {
    money: moneyOf(flags),
    sampler: { name: sampler as SamplerName, ...(setting ? { settings: setting } : {}) },
    ...(space ? { space } : {}),
    ...(trials === undefined ? {} : { trials }),
    ...(objective ? { objectives: objective } : {}),
    ...(constraint ? { constraints: constraint } : {}),
    ...(certify === undefined ? {} : { certify }),
  };
}
