// More entries than strategies can mean are a bug of one: trading stops by itself, and a person looks (fault 15).
import type { Command } from "../trader/mod.ts";

/** Entries of each book within one candle: one that is decided, and some that are priced anew or have two legs. */
const MOST_PER_BOOK = 4;
const LEAST = 10;

/** Counts entries over the length of a candle. */
export class EntryRate {
  readonly #most: number;
  #sentMs: number[] = [];

  constructor(books: number, readonly lengthMs: number) {
    this.#most = Math.max(LEAST, MOST_PER_BOOK * books);
  }

  /** Takes a turn's commands in; why trading has to stop, or null. */
  take(commands: readonly Command[], nowMs: number): string | null {
    const sent = commands.filter((own) => own.kind === "submit" && !own.order.reduceOnly).length;
    if (sent === 0) return null;
    this.#sentMs = this.#sentMs.filter((atMs) => nowMs - atMs < this.lengthMs);
    // No more than decide are kept (I12).
    for (let i = 0; i < sent && this.#sentMs.length <= this.#most; i++) this.#sentMs.push(nowMs);
    if (this.#sentMs.length <= this.#most) return null;
    return `more than ${this.#most} entries within one candle: a strategy does what it cannot mean`;
  }
}
