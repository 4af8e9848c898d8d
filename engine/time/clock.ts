import type { TimestampMs } from "./timestamp.ts";

/** Where the present moment comes from: the system in live trading and commands, the replayed data in a backtest. */
export interface Clock {
  now(): TimestampMs;
}

/** A clock that shows what it was last told; time never runs on its own in simulations and tests. */
export class SimulatedClock implements Clock {
  #nowMs: TimestampMs;
  constructor(startMs: TimestampMs) {
    this.#nowMs = startMs;
  }
  now(): TimestampMs {
    return this.#nowMs;
  }
  advanceTo(timeMs: TimestampMs): void {
    if (timeMs > this.#nowMs) this.#nowMs = timeMs;
  }
}
