import type { Clock } from "./clock.ts";

/** Where waiting comes from: timers of the machine, or the steps of a simulated world. */
export interface Scheduler extends Clock {
  /** Does work once, after so many milliseconds; the answer takes it back. */
  after(delayMs: number, work: () => void): () => void;
}

/** Resolves after so many milliseconds. */
export function pause(scheduler: Scheduler, delayMs: number): Promise<void> {
  return new Promise((resolve) => scheduler.after(delayMs, resolve));
}
