import type { Clock, TimestampMs } from "../../time/mod.ts";

/** A clock that began at a moment of one's choice and runs at a speed of one's choice. */
export class VenueClock implements Clock {
  readonly #beganMs: number;

  /**
   * @param speed Seconds of the venue in one of `real`.
   * @param beganMs When it showed `startMs`, by the real clock; now unless stated.
   */
  constructor(
    readonly startMs: TimestampMs,
    readonly speed: number,
    readonly real: Clock,
    beganMs: number = real.now(),
  ) {
    this.#beganMs = beganMs;
  }

  /** When it began, by the real clock: another process with the same numbers has the same time. */
  get beganMs(): number {
    return this.#beganMs;
  }

  now(): TimestampMs {
    return Math.floor(this.startMs + (this.real.now() - this.#beganMs) * this.speed) as TimestampMs;
  }
}
