import { sha256Hex } from "../identity/mod.ts";

/** Words of a place: four of its key, its state, and where what it names begins, in counts of eight bytes. */
const PLACE_WORDS = 8, STATE = 4, AT = 5;
const FREE = 0, TAKEN = 1, NAMED = 2, READY = 3, FAILED = 4;
const PLACES = 1_024;
/** A thread that makes something longer than this has most likely ended. */
const LONGEST_WAIT_MS = 10_000;

/** Bytes of a directory. */
export const DIRECTORY_BYTES = PLACES * PLACE_WORDS * 4;

/**
 * What lies in a memory that threads have in common, by name: what several of them need is made by the first, while the others
 * wait. Nothing is ever taken out.
 */
export class ColumnDirectory {
  readonly #words: Int32Array;

  /** @param buffer Zeros from `at` on where it begins. */
  constructor(buffer: ArrayBufferLike, at: number) {
    this.#words = new Int32Array(buffer, at, PLACES * PLACE_WORDS);
  }

  /**
   * The byte at which something begins.
   *
   * @param make Makes it where it is not there yet.
   * @returns Null where there is no place left for it, or who wanted to make it failed: then it has to be made for one's own.
   */
  find(name: string, make: () => number): number | null {
    const words = this.#words, key = keyOf(name);
    for (let tried = 0, place = key[0]! >>> 0; tried < PLACES; tried++, place++) {
      const from = place % PLACES * PLACE_WORDS;
      if (Atomics.compareExchange(words, from + STATE, FREE, TAKEN) === FREE) return this.#fill(from, key, make);
      const state = this.#reached(from, NAMED);
      if (state < NAMED) return null;
      if (key.some((part, i) => words[from + i] !== part)) continue;
      return this.#reached(from, READY) === READY ? words[from + AT]! * 8 : null;
    }
    return null;
  }

  #fill(from: number, key: Int32Array, make: () => number): number {
    const words = this.#words;
    words.set(key, from);
    Atomics.store(words, from + STATE, NAMED);
    Atomics.notify(words, from + STATE);
    let state = FAILED;
    try {
      const at = make();
      words[from + AT] = at / 8;
      state = READY;
      return at;
    } finally {
      Atomics.store(words, from + STATE, state);
      Atomics.notify(words, from + STATE);
    }
  }

  /** Waits until a place has come to a state, or for as long as is sensible; the state that it has. */
  #reached(from: number, wanted: number): number {
    const words = this.#words;
    for (;;) {
      const state = Atomics.load(words, from + STATE);
      if (state >= wanted || Atomics.wait(words, from + STATE, state, LONGEST_WAIT_MS) === "timed-out") return state;
    }
  }
}

/** Four words that no other name has. */
function keyOf(name: string): Int32Array {
  return new Int32Array(Uint8Array.fromHex(sha256Hex(name)).buffer, 0, 4);
}
