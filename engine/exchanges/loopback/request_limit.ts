import type { Clock } from "../../time/mod.ts";

/** How many requests an address may make, as Binance counts them. */
export interface RequestLimitOptions {
  /** Weight a minute; 6,000 unless stated. */
  readonly weightPerMinute?: number;
  /** Requests above the limit in one minute after which the address is shut out for a while. */
  readonly banAfter?: number;
  readonly banMs?: number;
}

/** What the limit says to a request. */
export type Admission =
  | { readonly kind: "admitted"; readonly used: number }
  | { readonly kind: "limited" | "banned"; readonly used: number; readonly retryAfterMs: number };

/**
 * Weight by minutes of the clock. A request above the limit is answered 429; who goes on asking is banned (418). Each of
 * them is a violation: a client that keeps to the limits makes none.
 */
export class RequestLimit {
  violations = 0;
  /** Weight of all requests that were admitted. */
  admittedWeight = 0;
  #minute = -1;
  #used = 0;
  #above = 0;
  #bannedUntilMs = 0;
  readonly #options: Required<RequestLimitOptions>;

  constructor(readonly clock: Clock, options: RequestLimitOptions = {}) {
    this.#options = { weightPerMinute: 6_000, banAfter: 20, banMs: 120_000, ...options };
  }

  get weightPerMinute(): number {
    return this.#options.weightPerMinute;
  }

  /** Counts a request. */
  admit(weight: number): Admission {
    const { weightPerMinute, banAfter, banMs } = this.#options,
      nowMs = this.clock.now(),
      minute = Math.floor(nowMs / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#used = this.#above = 0;
    }
    const used = this.#used;
    if (nowMs < this.#bannedUntilMs) {
      this.violations++;
      return { kind: "banned", used, retryAfterMs: this.#bannedUntilMs - nowMs };
    }
    if (used + weight > weightPerMinute) {
      this.violations++;
      if (++this.#above >= banAfter) this.#bannedUntilMs = nowMs + banMs;
      return { kind: "limited", used, retryAfterMs: (minute + 1) * 60_000 - nowMs };
    }
    this.#used += weight;
    this.admittedWeight += weight;
    return { kind: "admitted", used: this.#used };
  }
}
