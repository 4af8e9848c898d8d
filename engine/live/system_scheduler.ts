import { type Clock, type Scheduler, systemClock, systemTimer, type TimestampMs } from "../time/mod.ts";

/** Timers of the machine, for a clock that may run faster than it, as that of a loopback exchange. */
export class SystemScheduler implements Scheduler {
  /** @param speed Seconds of the clock in one of ours. */
  constructor(readonly clock: Clock = systemClock, readonly speed = 1) {}

  now(): TimestampMs {
    return this.clock.now();
  }

  after(delayMs: number, work: () => void): () => void {
    const stop = new AbortController();
    systemTimer.wait(Math.max(0, delayMs) / this.speed, stop.signal).then(work, () => {}); // taken back
    return () => stop.abort();
  }
}
