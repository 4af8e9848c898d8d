import type { Clock } from "../time/mod.ts";
import { type BudgetCount, reportAnswer, reserveWeight, UNSPENT } from "./budget_count.ts";
import {
  type BudgetAnswer,
  type BudgetGrant,
  type BudgetRefusal,
  limitKey,
  type RateLimit,
  type RequestBudget,
  type RequestUse,
} from "./request_budget.ts";

/** A request budget for all that happens in this process: where no other calls the venue from the same address. */
export class ProcessBudget implements RequestBudget {
  readonly #clock: Clock;
  readonly #counts = new Map<string, BudgetCount>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  reserve(limit: RateLimit, weight: number, use: RequestUse): Promise<BudgetGrant | BudgetRefusal> {
    const { count, decision } = reserveWeight(this.#countOf(limit), limit, weight, use, this.#clock.now());
    this.#counts.set(limitKey(limit), count);
    return Promise.resolve(decision);
  }

  report(limit: RateLimit, grant: BudgetGrant, answer: BudgetAnswer): Promise<void> {
    const count = reportAnswer(this.#countOf(limit), limit, grant, answer, this.#clock.now());
    this.#counts.set(limitKey(limit), count);
    return Promise.resolve();
  }

  #countOf(limit: RateLimit): BudgetCount {
    return this.#counts.get(limitKey(limit)) ?? UNSPENT;
  }
}
