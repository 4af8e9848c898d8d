import {
  type BudgetAnswer,
  type BudgetCount,
  type BudgetGrant,
  type BudgetRefusal,
  limitKey,
  ProcessBudget,
  type RateLimit,
  reportAnswer,
  type RequestBudget,
  type RequestUse,
  reserveWeight,
  UNSPENT,
} from "../market/mod.ts";
import { type Clock, DAY_MS, type TimestampMs } from "../time/mod.ts";
import type { CacheStore } from "./cache_store.ts";

/** Counts that nobody has changed for so long say nothing any more; a ban of Binance ends after three days. */
const COUNT_TTL_MS = 4 * DAY_MS;
/** Others may change a count between our reading and writing; whoever loses so often waits for a moment. */
const MOST_TRIES = 20;
const BUSY_MS = 50;
/** Data that is refused because the cache is away asks again then. */
const AWAY_MS = 1_000;

/**
 * One budget for all processes that call a venue from one address. While the cache is away nobody knows what the others
 * spend: data waits, and what trading needs goes on by the count of this process alone (I10, fault 45).
 */
export class SharedBudget implements RequestBudget {
  readonly #store: CacheStore;
  readonly #clock: Clock;
  /** What this process alone has spent: it holds when the shared count is lost, as by a restart of Redis. */
  readonly #own: ProcessBudget;
  /** The last change of each count: this process makes one after the other, and races with others only. */
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(store: CacheStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#own = new ProcessBudget(clock);
  }

  async reserve(limit: RateLimit, weight: number, use: RequestUse): Promise<BudgetGrant | BudgetRefusal> {
    const shared = await this.#changed(limit, (count) => {
      const { count: after, decision } = reserveWeight(count, limit, weight, use, this.#clock.now());
      return [after, decision];
    });
    if (typeof shared === "object" && !shared.granted) return shared;
    if (shared === "busy") return this.#later(BUSY_MS);
    if (shared === "away" && use === "data") return this.#later(AWAY_MS);
    const own = await this.#own.reserve(limit, weight, use);
    return own.granted && shared !== "away" ? shared : own;
  }

  async report(limit: RateLimit, grant: BudgetGrant, answer: BudgetAnswer): Promise<void> {
    await this.#own.report(limit, grant, answer);
    // One that the cache does not hear stays unanswered there: it counts once more in the next window, which is safe.
    await this.#changed(limit, (count) => [reportAnswer(count, limit, grant, answer, this.#clock.now()), null]);
  }

  #later(ms: number): BudgetRefusal {
    return { granted: false, retryAtMs: this.#clock.now() + ms as TimestampMs, reason: "spent" };
  }

  #changed<T>(
    limit: RateLimit,
    change: (count: BudgetCount) => readonly [BudgetCount, T],
  ): Promise<T | "away" | "busy"> {
    const key = `budget/${limitKey(limit)}`;
    const own = (this.#last.get(key) ?? Promise.resolve()).then(() => this.#change(key, change));
    this.#last.set(key, own.catch(() => {}));
    return own;
  }

  /** Changes a count in one step, as often as it takes; says why it could not. */
  async #change<T>(
    key: string,
    change: (count: BudgetCount) => readonly [BudgetCount, T],
  ): Promise<T | "away" | "busy"> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const before = await this.#store.get(key);
      if (before.kind === "unknown") return "away";
      const [count, result] = change({ ...UNSPENT, ...JSON.parse(before.value ?? "{}") });
      const after = JSON.stringify(count);
      if (after === before.value) return result;
      const swapped = await this.#store.swap(key, before.value, after, COUNT_TTL_MS);
      if (swapped.kind === "unknown") return "away";
      if (swapped.value) return result;
    }
    return "busy";
  }
}
