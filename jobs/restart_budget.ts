import type { Clock } from "../engine/time/mod.ts";

/** How often what has died is started again, and within which time: more often means that starting it does not help. */
export const MOST_RESTARTS = 3;
export const RESTART_WINDOW_MS = 600_000;

/** Restarts of one process. */
export class RestartBudget {
  #atMs: number[] = [];

  constructor(readonly clock: Clock) {}

  /** Counts a restart and gives how many there were in the last ten minutes with it; null where it was one too many. */
  spend(): number | null {
    const nowMs = this.clock.now();
    this.#atMs = this.#atMs.filter((atMs) => nowMs - atMs < RESTART_WINDOW_MS);
    return this.#atMs.length === MOST_RESTARTS ? null : this.#atMs.push(nowMs);
  }
}
