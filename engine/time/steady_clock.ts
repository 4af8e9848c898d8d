import type { Clock } from "./clock.ts";
import type { TimestampMs } from "./timestamp.ts";

/** A clock that is set once and goes on by one that nobody can set: whoever sets the machine's clock moves no deadline. */
export class SteadyClock implements Clock {
  readonly #offsetMs: number;

  /** @param monotonic Milliseconds since some moment, which only grow. */
  constructor(startMs: TimestampMs, readonly monotonic: () => number) {
    this.#offsetMs = startMs - monotonic();
  }

  now(): TimestampMs {
    return Math.floor(this.monotonic() + this.#offsetMs) as TimestampMs;
  }
}
