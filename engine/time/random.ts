/** A source of random numbers that can be repeated from its seed and saved in the middle. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
}

/**
 * The generator sfc32 of Chris Doty-Humphrey's PractRand, seeded from a 32-bit number. Only integer operations, so
 * every machine draws the same numbers.
 */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = 0x9e3779b9;
    this.#c = 0x243f6a88;
    for (let i = 0; i < 12; i++) this.#word();
  }

  next(): number {
    const high = this.#word() >>> 5, low = this.#word() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  #word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
