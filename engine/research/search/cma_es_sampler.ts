import { InputError } from "../../errors/mod.ts";
import { normalQuantile } from "../../metrics/mod.ts";
import { SeededRandom } from "../../time/mod.ts";
import { CmaEs, usualGeneration } from "./cma_es.ts";
import { NormalDraws } from "./normal_draws.ts";
import { bestFirst, type Outcome } from "./outcome.ts";
import { type Generation, type Sampler, uniformUnit } from "./sampler.ts";
import type { Dimension } from "./search_axis.ts";

/** Settings of {@linkcode CmaEsSampler}. */
export interface CmaEsSettings {
  /** Points a generation; 0: as many as the tutorial says, 4 + ⌊3 ln n⌋. */
  readonly generation: number;
  /** Standard deviation at the start, in sides of the cube. */
  readonly startStep: number;
}

/** Draws of a point until one lies in the cube; then it is moved to its border. */
const MOST_DRAWS = 100;
/** A number without steps is found when the strategy is narrower than this share of its range. */
const FOUND = 1e-6;
/** Generations without a new point or a better one, after which nothing more is to be expected. */
const MOST_STALE = 3;
const MOST_CONDITION = 1e14;
/** Each restart doubles the generation until it is so many times as large. */
const MOST_GROWTH = 16;

/**
 * CMA-ES in the unit cube, for one objective and parameters with an order. A strategy that found its place, or that no
 * longer gets anywhere, begins again at a random place with twice the points (IPOP: Auger, Hansen 2005).
 *
 * Numbers with few values: the strategy learns from the points as they were drawn, and along such a parameter stays so wide
 * that at least one point in n × generation leaves the cell of the mean, else it would stay there for ever; after Hamano,
 * Saito, Nomura, Shirakawa (2022), "CMA-ES with margin".
 */
export class CmaEsSampler implements Sampler {
  readonly #random: SeededRandom;
  readonly #normal: NormalDraws;
  readonly #firstSize: number;
  #strategy: CmaEs;
  #asked: Float64Array[] = [];
  readonly #tried = new Set<string>();
  #bestLoss = Infinity;
  #staleGenerations = 0;
  #unimproved = 0;

  /** @throws {InputError} `sampler` for parameters without an order. */
  constructor(readonly dimensions: readonly Dimension[], seed: number, readonly settings: CmaEsSettings) {
    const word = dimensions.find(({ isOrdered }) => !isOrdered);
    if (word !== undefined) {
      throw new InputError(
        "sampler",
        `cma-es searches numbers, and ${word.name} has values without an order: fix it, or use tpe`,
      );
    }
    this.#random = new SeededRandom(seed);
    this.#normal = new NormalDraws(this.#random);
    this.#firstSize = settings.generation || usualGeneration(dimensions.length);
    this.#strategy = this.#begun(new Float64Array(dimensions.length).fill(0.5), this.#firstSize);
  }

  ask(): Generation {
    this.#asked = Array.from({ length: this.#strategy.size }, () => this.#inside());
    return { units: this.#asked, fraction: 1 };
  }

  tell(outcomes: readonly Outcome[]): void {
    const order = bestFirst(outcomes), best = outcomes[order[0]!]!;
    const keys = outcomes.map(({ unit }) => unit.join()), isNew = keys.some((key) => !this.#tried.has(key));
    for (const key of keys) this.#tried.add(key);
    this.#staleGenerations = isNew ? 0 : this.#staleGenerations + 1;
    const loss = best.violation > 0 ? Infinity : best.losses[0]!;
    this.#unimproved = loss < this.#bestLoss ? 0 : this.#unimproved + 1;
    this.#bestLoss = Math.min(loss, this.#bestLoss);
    // Where nothing has figures there is nothing to learn from.
    if (best.violation < Infinity) this.#strategy.learn(order.map((i) => this.#asked[i]!));
    if (this.#isDone()) this.#restart();
    else this.#keepMargins();
  }

  #begun(mean: Float64Array, size: number): CmaEs {
    return new CmaEs(mean, this.settings.startStep, size, this.#normal);
  }

  #restart(): void {
    const size = Math.min(2 * this.#strategy.size, MOST_GROWTH * this.#firstSize);
    this.#strategy = this.#begun(uniformUnit(this.#random, this.dimensions.length), size);
    this.#bestLoss = Infinity;
    this.#staleGenerations = this.#unimproved = 0;
  }

  #isDone(): boolean {
    const { condition, size, n } = this.#strategy;
    const isNarrow = this.dimensions.every((_, i) => this.#strategy.deviation(i) <= this.#leastDeviation(i));
    return isNarrow || condition > MOST_CONDITION || this.#staleGenerations >= MOST_STALE ||
      this.#unimproved >= 10 + Math.ceil(30 * n / size);
  }

  #inside(): Float64Array {
    for (let draw = 0; draw < MOST_DRAWS; draw++) {
      const point = this.#strategy.sample();
      if (point.every((x) => x >= 0 && x <= 1)) return point;
    }
    return this.#strategy.sample().map((x) => Math.min(1, Math.max(0, x)));
  }

  #keepMargins(): void {
    this.dimensions.forEach(({ levels }, i) => {
      if (levels < Infinity) this.#strategy.widen(i, this.#leastDeviation(i));
    });
  }

  #leastDeviation(i: number): number {
    const { mean, size, n } = this.#strategy, place = Math.min(1, Math.max(0, mean[i]!));
    const width = this.dimensions[i]!.widthAt(place);
    return width === 0 ? FOUND : width / 2 / normalQuantile(1 - 1 / (2 * n * size));
  }
}
