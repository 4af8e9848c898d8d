// The samplers by name, with their settings: put together here.
import { didYouMean, InputError } from "../../errors/mod.ts";
import { CmaEsSampler } from "./cma_es_sampler.ts";
import { HalvingSampler } from "./halving_sampler.ts";
import { NsgaIiSampler } from "./nsga_ii_sampler.ts";
import { GridSampler, RandomSampler, SobolSampler } from "./plain_samplers.ts";
import type { Sampler } from "./sampler.ts";
import type { Dimension } from "./search_axis.ts";
import { TpeSampler } from "./tpe_sampler.ts";

/** A setting of a sampler: its default, and between what it may lie. */
interface Setting {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

interface SamplerEntry<S> {
  readonly settings: S;
  /** True where it looks for the best of one figure only. */
  readonly oneObjective?: boolean;
  readonly make: (
    dimensions: readonly Dimension[],
    seed: number,
    settings: { readonly [K in keyof S]: number },
  ) => Sampler;
}

type Settings = Readonly<Record<string, Setting>>;

/** The table does not say which settings are whose; each entry is checked by its own. */
const entry = <const S extends Settings>(own: SamplerEntry<S>) => own as unknown as SamplerEntry<Settings>;
const count = (usual: number, min: number, max = 10_000): Setting => ({ default: usual, min, max, whole: true });

const SAMPLERS = {
  grid: entry({ settings: {}, make: (dimensions) => new GridSampler(dimensions) }),
  random: entry({ settings: {}, make: (dimensions, seed) => new RandomSampler(dimensions, seed) }),
  sobol: entry({ settings: {}, make: (dimensions, seed) => new SobolSampler(dimensions, seed) }),
  tpe: entry({
    settings: {
      startTrials: count(16, 2),
      generation: count(8, 1),
      goodFactor: { default: 0.5, min: 0.1, max: 1 },
      mostPoor: count(500, 10),
      candidates: count(24, 1),
      priorWeight: { default: 1, min: 0.01, max: 100 },
      leastDeviation: { default: 0.05, min: 0.001, max: 1 },
    },
    make: (dimensions, seed, settings) => new TpeSampler(dimensions, seed, settings),
  }),
  "cma-es": entry({
    settings: { generation: count(0, 0), startStep: { default: 0.25, min: 0.01, max: 1 } },
    oneObjective: true,
    make: (dimensions, seed, settings) => new CmaEsSampler(dimensions, seed, settings),
  }),
  "nsga-ii": entry({
    settings: {
      population: count(32, 4),
      crossoverProbability: { default: 0.9, min: 0, max: 1 },
      crossoverIndex: { default: 15, min: 0, max: 1000 },
      mutationIndex: { default: 20, min: 0, max: 1000 },
    },
    make: (dimensions, seed, settings) => new NsgaIiSampler(dimensions, seed, settings),
  }),
  halving: entry({
    settings: { startPoints: count(27, 2), factor: count(3, 2, 10), rungs: count(3, 1, 6) },
    make: (dimensions, seed, settings) => new HalvingSampler(dimensions, seed, settings),
  }),
};

/** How a search decides where to look next. */
export type SamplerName = keyof typeof SAMPLERS;

/** The names of all samplers. */
export const SAMPLER_NAMES: readonly SamplerName[] = Object.keys(SAMPLERS) as SamplerName[];

/** A sampler by name, and what of its settings is not as usual: `{ name: "tpe", settings: { generation: 16 } }`. */
export interface SamplerChoice {
  readonly name: SamplerName;
  readonly settings?: Readonly<Record<string, number>>;
}

/**
 * All settings of a sampler.
 *
 * @throws {InputError} `sampler` for a name that there is not, or a setting that it does not have or take.
 */
export function samplerSettings({ name, settings = {} }: SamplerChoice): Readonly<Record<string, number>> {
  const own = SAMPLERS[checkedName(name)].settings, names = Object.keys(own);
  for (const [key, value] of Object.entries(settings)) {
    if (!Object.hasOwn(own, key)) {
      throw fault(`${name} has no setting "${key}", but ${names.join(", ") || "none"}${didYouMean(key, names)}`);
    }
    const { min, max, whole = false } = own[key]!;
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) continue;
    throw fault(
      `${key} of ${name} cannot be ${value}: use a ${whole ? "whole number" : "number"} from ${min} to ${max}`,
    );
  }
  return Object.fromEntries(names.map((key) => [key, settings[key] ?? own[key]!.default]));
}

/**
 * A new sampler.
 *
 * @throws {InputError} `sampler` as {@linkcode samplerSettings}, for a seed that is none or objectives that it cannot take;
 * `search-space` for a space that it cannot search.
 */
export function samplerOf(
  choice: SamplerChoice,
  dimensions: readonly Dimension[],
  seed: number,
  objectives: number,
): Sampler {
  const settings = samplerSettings(choice), own = SAMPLERS[choice.name];
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw fault(`a search cannot have the seed ${seed}: use a whole number from 0 to ${2 ** 32 - 1}`);
  }
  if (own.oneObjective && objectives > 1) {
    throw fault(`${choice.name} looks for the best of one figure, not of ${objectives}: use nsga-ii or tpe`);
  }
  return own.make(dimensions, seed, settings);
}

function checkedName(name: string): SamplerName {
  if (Object.hasOwn(SAMPLERS, name)) return name as SamplerName;
  throw fault(`there is no sampler "${name}", but ${SAMPLER_NAMES.join(", ")}${didYouMean(name, SAMPLER_NAMES)}`);
}

function fault(message: string): InputError {
  return new InputError("sampler", message);
}
