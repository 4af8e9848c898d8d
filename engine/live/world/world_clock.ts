import type { Scheduler, TimestampMs } from "../../time/mod.ts";

interface Task {
  readonly atMs: number;
  readonly number: number;
  readonly work: () => void;
  isOff: boolean;
}

/** Promises that answer each other within one moment are given so many turns before time goes on, where there are any. */
const TURNS = 16;

/** The time of a simulated world: what is planned happens in the order of its moments, one thing after the other. */
export class WorldClock implements Scheduler {
  readonly #heap: Task[] = [];
  #nowMs: number;
  #number = 0;
  #isStirred = false;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): TimestampMs {
    return Math.floor(this.#nowMs) as TimestampMs;
  }

  after(delayMs: number, work: () => void): () => void {
    const task = { atMs: this.#nowMs + Math.max(0, delayMs), number: this.#number++, work, isOff: false };
    this.#push(task);
    return () => {
      task.isOff = true;
    };
  }

  /** Somebody who may wait for promises was called: they are given their turns. */
  stir(): void {
    this.#isStirred = true;
  }

  /** Lets everything happen up to a moment. */
  async runTo(untilMs: number): Promise<void> {
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= untilMs; next = this.#heap[0]) {
      this.#pop();
      if (next.isOff) continue;
      this.#nowMs = next.atMs;
      next.work();
      if (!this.#isStirred) continue;
      this.#isStirred = false;
      for (let turn = 0; turn < TURNS; turn++) await null;
    }
    this.#nowMs = untilMs;
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let at = heap.push(task) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(task, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = task;
  }

  #pop(): void {
    const heap = this.#heap, last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number);
}
