import type { TimestampMs } from "../time/mod.ts";

/** What one request to a provider came to. */
export interface Observation {
  readonly isSuccess: boolean;
  readonly latencyMs: number;
  /** How long ago what it gave should have been replaced by something newer; 0 where it is up to date. */
  readonly staleMs?: number;
}

/** Weight of the newest observation. */
const NEWEST = 0.2;
/** Latency and age that halve a score. */
const SLOW_MS = 3_000;
const STALE_MS = 60_000;
/** Below it a provider is left. */
const SCORE_MIN = 0.5;
/** So many failures in a row are enough, whatever the score was. */
const FAILURES_MAX = 3;
const REST_MS = 15_000;
const REST_MAX_MS = 600_000;

/**
 * How well a provider does, from 0 to 1: its share of successes, halved by 3 s of latency or a minute of staleness, the
 * last few requests counting most. One that falls below a half, or fails three times in a row, rests; after that its next
 * request decides, and each failure doubles the rest, up to ten minutes.
 */
export class ProviderHealth {
  #successes = 1;
  #latencyMs = 0;
  #staleMs = 0;
  #failuresInRow = 0;
  #restMs = REST_MS;
  #restsUntilMs = 0;
  #isOnTrial = false;

  get score(): number {
    return this.#successes * SLOW_MS / (SLOW_MS + this.#latencyMs) * STALE_MS / (STALE_MS + this.#staleMs);
  }

  /** True while it may be asked; after a rest that means one request, which decides. */
  isUsable(nowMs: TimestampMs): boolean {
    return nowMs >= this.#restsUntilMs;
  }

  note({ isSuccess, latencyMs, staleMs = 0 }: Observation, nowMs: TimestampMs): void {
    const blend = (before: number, now: number) => before + NEWEST * (now - before);
    this.#successes = blend(this.#successes, isSuccess ? 1 : 0);
    this.#latencyMs = blend(this.#latencyMs, latencyMs);
    this.#staleMs = blend(this.#staleMs, staleMs);
    this.#failuresInRow = isSuccess ? 0 : this.#failuresInRow + 1;
    if (isSuccess && this.#isOnTrial) return this.#beginAnew();
    const hasFailed = this.#failuresInRow >= FAILURES_MAX || this.score < SCORE_MIN || (this.#isOnTrial && !isSuccess);
    if (!hasFailed || nowMs < this.#restsUntilMs) return;
    this.#restsUntilMs = nowMs + this.#restMs;
    this.#restMs = Math.min(REST_MAX_MS, this.#restMs * 2);
    this.#isOnTrial = true;
  }

  /** A provider that is back is not held to what was before. */
  #beginAnew(): void {
    this.#successes = 1;
    this.#latencyMs = 0;
    this.#staleMs = 0;
    this.#restMs = REST_MS;
    this.#isOnTrial = false;
  }
}
