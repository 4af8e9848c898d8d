import { elementary } from "../../metrics/mod.ts";
import { SeededRandom } from "../../time/mod.ts";
import { bestFirst, type Outcome } from "./outcome.ts";
import type { Generation, Sampler } from "./sampler.ts";
import type { Dimension } from "./search_axis.ts";
import { startPoints } from "./start_points.ts";

/** Settings of {@linkcode NsgaIiSampler}. */
export interface NsgaIiSettings {
  /** Points that live, and children a generation; an even number. */
  readonly population: number;
  readonly crossoverProbability: number;
  /** How near children stay to their parents: the larger, the nearer. */
  readonly crossoverIndex: number;
  readonly mutationIndex: number;
}

/**
 * NSGA-II: Deb, Pratap, Agarwal, Meyarivan (2002), "A fast and elitist multiobjective genetic algorithm": of parents and
 * children those live on that fewer dominate, and of a front those that stand alone; constraints by Deb's rule. Children by
 * simulated binary crossover and polynomial mutation within the cube; words are taken from either parent, or drawn.
 *
 * Equal points live once, else small spaces would fill with copies; a mutation that stays in its cell goes to the next one.
 */
export class NsgaIiSampler implements Sampler {
  readonly #random: SeededRandom;
  readonly #start: () => Float64Array;
  /** Best first. */
  #living: Outcome[] = [];

  constructor(readonly dimensions: readonly Dimension[], seed: number, readonly settings: NsgaIiSettings) {
    this.#random = new SeededRandom(seed);
    this.#start = startPoints(dimensions.length, seed);
  }

  ask(): Generation {
    const { population } = this.settings;
    if (this.#living.length < 2) return { units: Array.from({ length: population }, () => this.#start()), fraction: 1 };
    const units: Float64Array[] = [];
    while (units.length < population) units.push(...this.#children());
    return { units: units.slice(0, population), fraction: 1 };
  }

  tell(outcomes: readonly Outcome[]): void {
    const all = new Map([...this.#living, ...outcomes].map((own) => [own.unit.join(), own]));
    const unique = [...all.values()];
    this.#living = bestFirst(unique).slice(0, this.settings.population).map((i) => unique[i]!);
  }

  #children(): [Float64Array, Float64Array] {
    const a = this.#parent().slice(), b = this.#parent().slice();
    const { crossoverProbability } = this.settings, crosses = this.#random.next() < crossoverProbability;
    this.dimensions.forEach((own, i) => {
      if (crosses && this.#random.next() < 0.5) {
        const [x, y] = own.isOrdered ? this.#crossed(a[i]!, b[i]!) : [a[i]!, b[i]!];
        [a[i], b[i]] = this.#random.next() < 0.5 ? [x, y] : [y, x];
      }
    });
    for (const child of [a, b]) this.#mutate(child);
    return [a, b];
  }

  /** The better of two: they stand in that order. */
  #parent(): Float64Array {
    const draw = () => Math.floor(this.#random.next() * this.#living.length);
    return this.#living[Math.min(draw(), draw())]!.unit;
  }

  /** Simulated binary crossover within 0 and 1. */
  #crossed(a: number, b: number): [number, number] {
    const low = Math.min(a, b), high = Math.max(a, b), width = high - low;
    if (width < 1e-14) return [a, b];
    const power = 1 / (this.settings.crossoverIndex + 1), u = this.#random.next();
    const spread = (room: number) => {
      const alpha = 2 - elementary.pow(1 + 2 * room / width, -1 / power);
      return elementary.pow(u <= 1 / alpha ? u * alpha : 1 / (2 - u * alpha), power);
    };
    return [
      Math.max(0, (low + high - spread(low) * width) / 2),
      Math.min(1, (low + high + spread(1 - high) * width) / 2),
    ];
  }

  #mutate(child: Float64Array): void {
    this.dimensions.forEach((own, i) => {
      if (this.#random.next() * this.dimensions.length >= 1) return;
      if (!own.isOrdered) {
        child[i] = this.#random.next();
        return;
      }
      const before = child[i]!, after = this.#mutated(before), width = own.widthAt(before);
      const stays = width > 0 && own.valueAt(after) === own.valueAt(before);
      child[i] = stays ? inCube(before + (after < before ? -width : width)) : after;
    });
  }

  /** Polynomial mutation within 0 and 1. */
  #mutated(x: number): number {
    const index = this.settings.mutationIndex + 1, u = this.#random.next();
    if (u < 0.5) return inCube(x + elementary.pow(2 * u + (1 - 2 * u) * elementary.pow(1 - x, index), 1 / index) - 1);
    return inCube(x + 1 - elementary.pow(2 * (1 - u) + 2 * (u - 0.5) * elementary.pow(x, index), 1 / index));
  }
}

function inCube(x: number): number {
  return Math.min(1, Math.max(0, x));
}
