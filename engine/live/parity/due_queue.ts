/** What is to happen at a moment. */
interface Due {
  readonly atMs: number;
  readonly work: () => void;
}

/** Things that happen at moments of their own, the earlier first, and those of one moment in the order of asking. */
export class DueQueue {
  readonly #due: Due[] = [];

  add(atMs: number, work: () => void): void {
    let place = this.#due.length;
    while (place > 0 && this.#due[place - 1]!.atMs > atMs) place--;
    this.#due.splice(place, 0, { atMs, work });
  }

  /** Moment of the next; Infinity without any. */
  get nextMs(): number {
    return this.#due[0]?.atMs ?? Infinity;
  }

  /** Takes the next one away. */
  take(): () => void {
    return this.#due.shift()!.work;
  }
}
