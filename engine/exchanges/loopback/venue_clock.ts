import type { Clock, TimestampMs } from "../../time/mod.ts";

/** A clock that began at a moment of one's choice and runs at a speed of one's choice. */
export class VenueClock implements Clock {
  readonly #beganMs: number;

  /** @param speed Seconds of the venue in one of `real`. */
  constructor(readonly startMs: TimestampMs, readonly speed: number, readonly real: Clock) {
    this.#beganMs = real.now();
  }

  now(): TimestampMs {
    return Math.floor(this.startMs + (this.real.now() - this.#beganMs) * this.speed) as TimestampMs;
  }
}
