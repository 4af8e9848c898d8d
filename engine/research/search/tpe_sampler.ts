import { SeededRandom } from "../../time/mod.ts";
import { NormalDraws } from "./normal_draws.ts";
import { bestFirst, type Outcome } from "./outcome.ts";
import { Parzen } from "./parzen.ts";
import { type Generation, type Sampler, uniformUnit } from "./sampler.ts";
import type { Dimension } from "./search_axis.ts";
import { startPoints } from "./start_points.ts";
import { thinned } from "./thinned.ts";

/** Settings of {@linkcode TpeSampler}. */
export interface TpeSettings {
  /** Trials with figures before it begins to look at them: evenly spread ones. */
  readonly startTrials: number;
  /** Points that are asked for at once; fewer learn sooner, more keep more threads busy. */
  readonly generation: number;
  /** Of n trials so many times √n are good ones. */
  readonly goodFactor: number;
  /** More of the others than this are thinned evenly from the best to the worst, so that a long search stays quick. */
  readonly mostPoor: number;
  /** Points that are drawn for each that is asked for. */
  readonly candidates: number;
  /** Weight of not knowing, in trials. */
  readonly priorWeight: number;
  /** No kernel is narrower than this share of a side, else all good trials soon lie where the first ones did. */
  readonly leastDeviation: number;
}

/**
 * Tree-structured Parzen estimator: of points drawn around the good trials the one that is most denser there than around the
 * others. Bergstra, Bardenet, Bengio, Kégl (2011), "Algorithms for hyper-parameter optimization".
 *
 * Choices that the paper leaves open: kernels over all parameters together, as of Falkner, Klein, Hutter (2018, "BOHB"),
 * because lengths of averages depend on each other; as many good trials as a multiple of √n, as hyperopt has it; trials that break a constraint come after all that keep them, by how far
 * they do; of several objectives good is what comes first by fronts and crowding. Points that were asked for and not yet told
 * count as poor ones, so that those of one generation keep apart. A point that was tried is never asked for again.
 */
export class TpeSampler implements Sampler {
  readonly #random: SeededRandom;
  readonly #normal: NormalDraws;
  readonly #start: () => Float64Array;
  readonly #outcomes: Outcome[] = [];
  readonly #tried = new Set<string>();
  /** Trials that have figures. */
  #useful = 0;

  constructor(readonly dimensions: readonly Dimension[], seed: number, readonly settings: TpeSettings) {
    this.#random = new SeededRandom(seed);
    this.#normal = new NormalDraws(this.#random);
    this.#start = startPoints(dimensions.length, seed);
  }

  ask(): Generation {
    const { generation, startTrials } = this.settings, length = generation;
    if (this.#useful < startTrials) return { units: Array.from({ length }, () => this.#start()), fraction: 1 };
    const [good, poor] = this.#models(), asked = new Set<string>();
    const units = Array.from({ length }, () => {
      const unit = this.#promising(good, poor, asked);
      asked.add(unit.join());
      poor.add(unit);
      return unit;
    });
    return { units, fraction: 1 };
  }

  tell(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      const key = outcome.unit.join();
      if (this.#tried.has(key)) continue;
      this.#tried.add(key);
      this.#outcomes.push(outcome);
      if (outcome.violation < Infinity) this.#useful++;
    }
  }

  #models(): [good: Parzen, poor: Parzen] {
    const { dimensions, settings } = this;
    const order = bestFirst(this.#outcomes).map((i) => this.#outcomes[i]!.unit);
    const count = Math.ceil(settings.goodFactor * Math.sqrt(this.#useful));
    return [
      new Parzen(dimensions, order.slice(0, count), settings),
      new Parzen(dimensions, thinned(order.slice(count), settings.mostPoor), settings, settings.generation),
    ];
  }

  /** The untried candidate with the largest ratio of densities; any point where all were tried. */
  #promising(good: Parzen, poor: Parzen, asked: ReadonlySet<string>): Float64Array {
    let best: Float64Array | null = null, most = -Infinity;
    for (let i = 0; i < this.settings.candidates; i++) {
      const unit = this.#inCell(good.draw(this.#random, this.#normal));
      const ratio = good.density(unit) / poor.density(unit);
      if (ratio <= most) continue;
      const key = unit.join();
      if (!this.#tried.has(key) && !asked.has(key)) [best, most] = [unit, ratio];
    }
    return best ?? this.#inCell(uniformUnit(this.#random, this.dimensions.length));
  }

  /** The middle of a place's cell, where its outcome will be told. */
  #inCell(unit: Float64Array): Float64Array {
    return unit.map((place, i) => {
      const own = this.dimensions[i]!;
      return own.unitOf(own.valueAt(place));
    });
  }
}
