import type { Clock } from "../../time/mod.ts";

/** How many requests an address may make, as Binance counts them. */
export interface RequestLimitOptions {
  /** Weight in a window; 6,000 unless stated. */
  readonly weightPerWindow?: number;
  /** A minute unless stated; windows begin at its multiples since 1970. */
  readonly windowMs?: number;
  /** Requests above the limit in one window after which the address is shut out for a while. */
  readonly banAfter?: number;
  readonly banMs?: number;
}

/** What the limit says to a request. */
export type Admission =
  | { readonly kind: "admitted"; readonly used: number }
  | { readonly kind: "limited" | "banned"; readonly used: number; readonly retryAfterMs: number };

/** What was admitted in one window. */
export interface LimitWindow {
  readonly startMs: number;
  readonly weight: number;
}

/** So many windows with requests are remembered. */
const WINDOWS_KEPT = 1_440;

/**
 * Weight by windows of the clock, each counted anew. A request above the limit is answered 429; who goes on asking is
 * banned (418). Each of them is a violation: a client that keeps to the limits makes none.
 */
export class RequestLimit {
  violations = 0;
  /** Weight of all requests that were admitted. */
  admittedWeight = 0;
  #window = -1;
  #used = 0;
  #above = 0;
  readonly #past: LimitWindow[] = [];
  #bannedUntilMs = 0;
  readonly #options: Required<RequestLimitOptions>;

  constructor(readonly clock: Clock, options: RequestLimitOptions = {}) {
    this.#options = { weightPerWindow: 6_000, windowMs: 60_000, banAfter: 20, banMs: 120_000, ...options };
  }

  get weightPerWindow(): number {
    return this.#options.weightPerWindow;
  }

  get windowMs(): number {
    return this.#options.windowMs;
  }

  /** Weight by windows in which something was asked for, the present one last. */
  get windows(): readonly LimitWindow[] {
    return this.#window < 0 ? [] : [...this.#past, this.#present()];
  }

  /** Counts a request. */
  admit(weight: number): Admission {
    const { weightPerWindow, windowMs, banAfter, banMs } = this.#options,
      nowMs = this.clock.now(),
      window = Math.floor(nowMs / windowMs);
    if (window !== this.#window) this.#begin(window);
    const used = this.#used;
    if (nowMs < this.#bannedUntilMs) {
      this.violations++;
      return { kind: "banned", used, retryAfterMs: this.#bannedUntilMs - nowMs };
    }
    if (used + weight > weightPerWindow) {
      this.violations++;
      if (++this.#above >= banAfter) this.#bannedUntilMs = nowMs + banMs;
      return { kind: "limited", used, retryAfterMs: (window + 1) * windowMs - nowMs };
    }
    this.#used += weight;
    this.admittedWeight += weight;
    return { kind: "admitted", used: this.#used };
  }

  #begin(window: number): void {
    if (this.#window >= 0) this.#past.push(this.#present());
    if (this.#past.length > WINDOWS_KEPT) this.#past.shift();
    this.#window = window;
    this.#used = this.#above = 0;
  }

  #present(): LimitWindow {
    return { startMs: this.#window * this.#options.windowMs, weight: this.#used };
  }
}
