import { type Clock, type Scheduler, systemClock, type TimestampMs } from "../time/mod.ts";

/** Timers count 32 bits: what is longer is waited for in parts (fault 48). */
const LONGEST_MS = 2 ** 31 - 1;

/** Timers of the machine, for a clock that may run faster than it, as that of a loopback exchange. */
export class SystemScheduler implements Scheduler {
  /** @param speed Seconds of the clock in one of ours. */
  constructor(readonly clock: Clock = systemClock, readonly speed = 1) {}

  now(): TimestampMs {
    return this.clock.now();
  }

  after(delayMs: number, work: () => void): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = (leftMs: number) => {
      const part = Math.min(leftMs, LONGEST_MS);
      timer = setTimeout(() => leftMs > part ? wait(leftMs - part) : work(), part);
    };
    wait(Math.max(0, delayMs) / this.speed);
    return () => clearTimeout(timer);
  }
}
