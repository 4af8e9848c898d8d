// Test support only: random choices that belong to a thing and a moment, so that whoever asks first, they are the same.
import { hashText, keyedRandom } from "../time/mod.ts";

/** A short stream of choices for one thing at one moment. */
export class Drawn {
  #count = 0;
  readonly #thing: number;

  constructor(readonly seed: number, thing: string, readonly value = 0) {
    this.#thing = hashText(thing);
  }

  /** Uniform in [0, 1). */
  next(): number {
    return keyedRandom(this.seed ^ Math.imul(++this.#count, 0x9e3779b1), this.#thing, this.value);
  }

  /** True in this share of all cases. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  of<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)]!;
  }
}
