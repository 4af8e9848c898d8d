import { SeededRandom } from "../../time/mod.ts";
import { uniformUnit } from "./sampler.ts";
import { MOST_SOBOL_DIMENSIONS, SobolSequence } from "./sobol_sequence.ts";

/** Gives the points with which a sampler begins: evenly spread, and at random in more dimensions than that can be done in. */
export function startPoints(dimensions: number, seed: number): () => Float64Array {
  if (dimensions <= MOST_SOBOL_DIMENSIONS) {
    const sequence = new SobolSequence(dimensions, seed);
    return () => sequence.next();
  }
  const random = new SeededRandom(seed);
  return () => uniformUnit(random, dimensions);
}
