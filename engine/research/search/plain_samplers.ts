// Samplers that do not look at what came of their points: every point of a grid, points at random, and evenly spread ones.
import { InputError } from "../../errors/mod.ts";
import { SeededRandom } from "../../time/mod.ts";
import type { Generation, Sampler } from "./sampler.ts";
import { uniformUnit } from "./sampler.ts";
import type { Dimension } from "./search_axis.ts";
import { sizeOfSpace } from "./search_space.ts";
import { SobolSequence } from "./sobol_sequence.ts";

/** Points that are asked for at once: enough for any number of threads, few enough to be interrupted soon. */
const GENERATION = 64;

/** Every point of the space; the last parameter varies fastest. */
export class GridSampler implements Sampler {
  readonly #size: number;
  #asked = 0;

  /** @throws {InputError} `search-space` where a parameter is any number. */
  constructor(readonly dimensions: readonly Dimension[]) {
    const endless = dimensions.find(({ levels }) => levels === Infinity);
    if (endless !== undefined) {
      throw new InputError(
        "search-space",
        `a grid cannot have every number of ${endless.name}: give it steps, as in ${endless.name}=0:1:0.1`,
      );
    }
    this.#size = sizeOfSpace(dimensions);
  }

  ask(): Generation {
    const count = Math.min(GENERATION, this.#size - this.#asked);
    const units = Array.from({ length: count }, (_, i) => this.#point(this.#asked + i));
    this.#asked += count;
    return { units, fraction: 1 };
  }

  tell(): void {}

  #point(index: number): Float64Array {
    const { dimensions } = this, unit = new Float64Array(dimensions.length);
    for (let i = dimensions.length - 1, rest = index; i >= 0; i--) {
      const own = dimensions[i]!;
      unit[i] = own.unitOf(own.valueOf(rest % own.levels));
      rest = Math.floor(rest / own.levels);
    }
    return unit;
  }
}

/** Points that are independent of each other. */
export class RandomSampler implements Sampler {
  readonly #random: SeededRandom;

  constructor(readonly dimensions: readonly Dimension[], seed: number) {
    this.#random = new SeededRandom(seed);
  }

  ask(): Generation {
    const units = Array.from({ length: GENERATION }, () => uniformUnit(this.#random, this.dimensions.length));
    return { units, fraction: 1 };
  }

  tell(): void {}
}

/** Points that are spread more evenly than at random. */
export class SobolSampler implements Sampler {
  readonly #sequence: SobolSequence;

  constructor(dimensions: readonly Dimension[], seed: number) {
    this.#sequence = new SobolSequence(dimensions.length, seed);
  }

  ask(): Generation {
    return { units: Array.from({ length: GENERATION }, () => this.#sequence.next()), fraction: 1 };
  }

  tell(): void {}
}
