import { bestFirst, type Outcome } from "./outcome.ts";
import type { Generation, Sampler } from "./sampler.ts";
import type { Dimension } from "./search_axis.ts";
import { startPoints } from "./start_points.ts";

/** Settings of {@linkcode HalvingSampler}. */
export interface HalvingSettings {
  /** Points of the first rung. */
  readonly startPoints: number;
  /** From a rung to the next the history grows by this factor, and so many times fewer points go on. */
  readonly factor: number;
  readonly rungs: number;
}

/**
 * Successive halving: many points on a short part of the history, the better ones of them on a longer part, until the best
 * have all of it; then with other points once more. Jamieson, Talwalkar (2016), "Non-stochastic best arm identification and
 * hyperparameter optimization"; Li and others (2018), "Hyperband", of which this is one kind of bracket.
 */
export class HalvingSampler implements Sampler {
  readonly #start: () => Float64Array;
  #rung = 0;
  #units: Float64Array[] = [];

  constructor(dimensions: readonly Dimension[], seed: number, readonly settings: HalvingSettings) {
    this.#start = startPoints(dimensions.length, seed);
  }

  ask(): Generation {
    const { startPoints: count, factor, rungs } = this.settings;
    if (this.#rung === 0) this.#units = Array.from({ length: count }, () => this.#start());
    let fraction = 1;
    for (let rung = this.#rung + 1; rung < rungs; rung++) fraction /= factor;
    return { units: this.#units, fraction };
  }

  tell(outcomes: readonly Outcome[]): void {
    const { factor, rungs } = this.settings;
    const known = bestFirst(outcomes).map((i) => outcomes[i]!).filter(({ violation }) => violation < Infinity);
    const survivors = known.slice(0, Math.ceil(outcomes.length / factor)).map(({ unit }) => unit);
    const goesOn = this.#rung + 1 < rungs && survivors.length > 0;
    this.#rung = goesOn ? this.#rung + 1 : 0;
    this.#units = survivors;
  }
}
