// Points that fill a cube more evenly than chance does. Sobol (1967), in the Gray-code order of Antonov and Saleev, with the
// direction numbers of Joe and Kuo (2008), "Constructing Sobol sequences with better two-dimensional projections"
// (new-joe-kuo-6.21201). Scrambled after Owen (1995) by the hash of Laine and Karras in the form of Burley (2020).
import { InputError } from "../../errors/mod.ts";

/** Of each dimension from the second on: degree and coefficients of its polynomial, and the first direction numbers. */
const DIRECTIONS: readonly (readonly [degree: number, coefficients: number, first: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
  [6, 19, [1, 1, 1, 15, 7, 5]],
  [6, 22, [1, 3, 1, 15, 13, 25]],
  [6, 25, [1, 1, 5, 5, 19, 61]],
  [7, 1, [1, 3, 7, 11, 23, 15, 103]],
  [7, 4, [1, 3, 7, 13, 13, 15, 69]],
];
/** Most dimensions that a sequence has. */
export const MOST_SOBOL_DIMENSIONS = DIRECTIONS.length + 1;
const BITS = 32;

/** The points of a Sobol sequence, one after the other. */
export class SobolSequence {
  readonly #directions: readonly Uint32Array[];
  readonly #state: Uint32Array;
  #index = 0;

  /**
   * @param seed Scrambles the points, so that another seed has others, as even; null leaves them as published, from 0 on.
   * @throws {InputError} `search-space` for more dimensions than there are direction numbers.
   */
  constructor(readonly dimensions: number, readonly seed: number | null) {
    if (dimensions > MOST_SOBOL_DIMENSIONS) {
      throw new InputError(
        "search-space",
        `a Sobol sequence has at most ${MOST_SOBOL_DIMENSIONS} parameters, not ${dimensions}: fix some, or search at random`,
      );
    }
    this.#directions = Array.from({ length: dimensions }, (_, i) => directionsOf(i));
    this.#state = new Uint32Array(dimensions);
  }

  /** The next point; scrambled ones stand in the middle of their cell of 2⁻³². */
  next(): Float64Array {
    if (this.#index > 0) {
      const zero = BITS - 1 - Math.clz32(this.#index & -this.#index);
      for (let i = 0; i < this.dimensions; i++) this.#state[i] = this.#state[i]! ^ this.#directions[i]![zero]!;
    }
    this.#index++;
    const { seed } = this;
    return Float64Array.from(
      this.#state,
      (bits, i) => seed === null ? bits / 2 ** 32 : (scrambled(bits, mixed(seed ^ mixed(i + 1))) + 0.5) / 2 ** 32,
    );
  }
}

/** Direction numbers of a dimension: in the first all are 1, in the others the recurrence of its polynomial. */
function directionsOf(dimension: number): Uint32Array {
  const directions = new Uint32Array(BITS);
  if (dimension === 0) return directions.map((_, i) => 2 ** (BITS - 1 - i));
  const [degree, coefficients, first] = DIRECTIONS[dimension - 1]!;
  for (let i = 0; i < BITS; i++) {
    if (i < degree) {
      directions[i] = first[i]! << (BITS - 1 - i);
      continue;
    }
    let value = directions[i - degree]! ^ (directions[i - degree]! >>> degree);
    for (let k = 1; k < degree; k++) if ((coefficients >>> (degree - 1 - k)) & 1) value ^= directions[i - k]!;
    directions[i] = value;
  }
  return directions;
}

/** Each bit is turned by a hash of the bits above it: intervals stay together, and what is even stays even. */
function scrambled(bits: number, seed: number): number {
  let word = reversed(bits);
  word = (word + seed) | 0;
  word ^= Math.imul(word, 0x6c50b47c);
  word ^= Math.imul(word, 0xb82f1e52);
  word ^= Math.imul(word, 0xc7afe638);
  word ^= Math.imul(word, 0x8d22f6e6);
  return reversed(word) >>> 0;
}

function reversed(word: number): number {
  word = ((word >>> 1) & 0x55555555) | ((word & 0x55555555) << 1);
  word = ((word >>> 2) & 0x33333333) | ((word & 0x33333333) << 2);
  word = ((word >>> 4) & 0x0f0f0f0f) | ((word & 0x0f0f0f0f) << 4);
  word = ((word >>> 8) & 0x00ff00ff) | ((word & 0x00ff00ff) << 8);
  return (word >>> 16) | (word << 16);
}

/** The finaliser "lowbias32" of Chris Wellons. */
function mixed(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
  return word ^ (word >>> 16);
}
