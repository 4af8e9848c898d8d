// Test support only: a clock and its timers, which go on when a test says so.
import { setImmediate } from "node:timers";
import type { Clock, Timer, TimestampMs } from "../time/mod.ts";

interface Waiting {
  readonly atMs: number;
  readonly resolve: () => void;
}

/** Time that stands still until it is advanced; what waits is woken in the order of its moments. */
export class SimulatedTime implements Clock, Timer {
  readonly #waiting = new Set<Waiting>();
  /** What timers go by, whatever the clock shows. */
  #passedMs = 0;

  constructor(private startMs: TimestampMs) {}

  now(): TimestampMs {
    return this.startMs + this.#passedMs as TimestampMs;
  }

  /** Moves the clock alone, as somebody who sets it. */
  set(nowMs: number): void {
    this.startMs = nowMs - this.#passedMs as TimestampMs;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const own = { atMs: this.#passedMs + ms, resolve };
      this.#waiting.add(own);
      signal?.addEventListener("abort", () => {
        this.#waiting.delete(own);
        reject(signal.reason);
      }, { once: true });
    });
  }

  /** Lets so much time go by, with all that happens in it. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#passedMs + ms;
    for (;;) {
      await turn();
      const next = [...this.#waiting].reduce<Waiting | null>(
        (least, own) => own.atMs <= endMs && (least === null || own.atMs < least.atMs) ? own : least,
        null,
      );
      if (next === null) break;
      this.#waiting.delete(next);
      this.#passedMs = Math.max(this.#passedMs, next.atMs);
      next.resolve();
    }
    this.#passedMs = endMs;
    await turn();
  }
}

/** Everything that can go on without time goes on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
