import type { BitKernels, ColumnMemory, ColumnStretch } from "./column_memory.ts";
import { fillBoth, fillCrossings, fillEither, fillNeither, fillWithout } from "./relation.ts";

/** What relation.as does in a step. */
const enum Step {
  either,
  both,
  without,
  neither,
  crossings,
}

/** Added for the first column, and for the second, where its bits begin with row 0 and not with the window. */
const LISTED = [8, 16] as const, STEP_WORDS = 6;

type PlainStep = (first: number, words: number) => void;

/** Two columns, by the rows in which each is finite. */
export interface KnownRows {
  readonly a: ColumnStretch;
  readonly b: ColumnStretch;
}

/**
 * Bits that are made of others, in steps that are taken again for each window of rows: all of them in one call where there are
 * kernels.
 */
export class BitSteps {
  /** Steps of the kernel as its records, and others between them. */
  readonly #parts: (number[] | PlainStep)[] = [];
  readonly #lists = new Map<number[], Int32Array>();
  readonly #kernels: BitKernels | null;

  constructor(readonly memory: ColumnMemory) {
    this.#kernels = memory.bitKernels;
  }

  /** The rows that are in one of two. */
  either(bits: Int32Array, a: Int32Array, b: Int32Array): void {
    this.#add(Step.either, bits, a, b, null, (_, words) => fillEither(bits, a, b, words));
  }

  /** The rows that are in both. */
  both(bits: Int32Array, a: Int32Array, b: Int32Array): void {
    this.#add(Step.both, bits, a, b, null, (_, words) => fillBoth(bits, a, b, words));
  }

  /** The rows that are in the first and not in the second. */
  without(bits: Int32Array, a: Int32Array, b: Int32Array): void {
    this.#add(Step.without, bits, a, b, null, (_, words) => fillWithout(bits, a, b, words));
  }

  /** The rows that are known and in neither of two others. */
  neither(bits: Int32Array, known: KnownRows, a: Int32Array, b: Int32Array): void {
    this.#add(
      Step.neither,
      bits,
      a,
      b,
      known,
      (first, words) => fillNeither(bits, known.a.known.subarray(first), known.b.known.subarray(first), a, b, words),
    );
  }

  /** The rows that are larger, whose row before is known and was not; of the first row of a window unknown. */
  crossings(bits: Int32Array, known: KnownRows, larger: Int32Array): void {
    this.#add(
      Step.crossings,
      bits,
      larger,
      larger,
      known,
      (first, words) =>
        fillCrossings(bits, known.a.known.subarray(first), known.b.known.subarray(first), larger, words),
    );
  }

  /** What no kernel does. */
  other(step: PlainStep): void {
    this.#parts.push(step);
  }

  #add(step: Step, bits: Int32Array, a: Int32Array, b: Int32Array, known: KnownRows | null, plain: PlainStep): void {
    if (this.#kernels === null) return this.other(plain);
    let list = this.#parts.at(-1);
    if (!Array.isArray(list)) this.#parts.push(list = []);
    let kind: number = step;
    const places = [known?.a, known?.b].map((own, i) => {
      if (own?.moving === null) kind += LISTED[i]!;
      return own?.known.byteOffset ?? 0;
    });
    list.push(kind, bits.byteOffset, a.byteOffset, b.byteOffset, ...places);
  }

  /** Fills so many words, from the word `first` of the rows on. */
  run(first: number, words: number): void {
    for (const part of this.#parts) {
      if (!Array.isArray(part)) part(first, words);
      else this.#kernels!.runSteps(this.#listOf(part).byteOffset, part.length / STEP_WORDS, first, words);
    }
  }

  /** Lets go of what it holds. */
  release(): void {
    for (const list of this.#lists.values()) this.memory.freeBits(list);
    this.#lists.clear();
  }

  /** A list of steps to which nothing is added any more. */
  #listOf(steps: number[]): Int32Array {
    let list = this.#lists.get(steps);
    if (list === undefined) {
      this.#lists.set(steps, list = this.memory.bits(steps.length));
      list.set(steps);
    }
    return list;
  }
}
