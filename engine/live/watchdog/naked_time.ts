// For how long positions have been without what protects them, by a clock that nobody can set.

/** A position without its stop. */
export interface NakedBook {
  readonly book: number;
  /** On the monotonic clock, milliseconds. */
  readonly sinceMs: number;
}

/**
 * Measures naked time from looks at the venue. It counts from the first look that finds a position naked to the first one
 * that does not, so it is right to within one look. A look that the venue does not answer changes nothing.
 */
export class NakedTime {
  readonly #since = new Map<number, number>();
  #longestMs: number;

  /** @param longestMs The longest that a process before this one has measured. */
  constructor(longestMs = 0) {
    this.#longestMs = longestMs;
  }

  /** Takes in which books are naked of those that were looked at. */
  take(nowMs: number, looked: Iterable<number>, naked: ReadonlySet<number>): void {
    for (const book of looked) {
      const sinceMs = this.#since.get(book);
      if (sinceMs !== undefined) this.#longestMs = Math.max(this.#longestMs, nowMs - sinceMs);
      if (!naked.has(book)) this.#since.delete(book);
      else if (sinceMs === undefined) this.#since.set(book, nowMs);
    }
  }

  /** Forgets books that hold nothing any more. */
  keep(books: ReadonlySet<number>, nowMs: number): void {
    const gone = [...this.#since.keys()].filter((book) => !books.has(book));
    this.take(nowMs, gone, new Set());
  }

  /** Those that are naked now. */
  get naked(): readonly NakedBook[] {
    return [...this.#since].map(([book, sinceMs]) => ({ book, sinceMs }));
  }

  /** The longest that any position has been naked, up to the last look. */
  get longestMs(): number {
    return this.#longestMs;
  }
}
