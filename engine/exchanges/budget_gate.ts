import type { BudgetAnswer, BudgetGrant, RateLimit, RequestBudget, RequestUse } from "../market/mod.ts";
import { CodedError } from "../errors/mod.ts";
import { type Clock, systemTimer } from "../time/mod.ts";
import { noteTurnWait } from "./turn_wait.ts";

/** The venue's budget has nothing left for this request in the time that it can wait. Nothing was sent. */
export class OverBudget extends CodedError {
  override readonly name = "OverBudget";
}

/** How long a request may wait for its turn: data as long as it takes, an order is decided anew instead. */
const WAIT_MS: Readonly<Record<RequestUse, number>> = { data: Infinity, query: 5_000, cancel: 5_000, order: 500 };
/** A single sleep: timers do not hold more than 2³¹ ms, and a shared budget may free up earlier. */
const SLEEP_MAX_MS = 60_000;

/** Holds back the requests of one venue until its budget lets them through. */
export class BudgetGate {
  constructor(readonly limit: RateLimit, readonly budget: RequestBudget, readonly clock: Clock) {}

  /** @throws {OverBudget} when it would take longer than this use may wait; the signal's reason when it is aborted. */
  async enter(weight: number, use: RequestUse, signal?: AbortSignal): Promise<BudgetGrant> {
    const untilMs = this.clock.now() + WAIT_MS[use];
    for (;;) {
      signal?.throwIfAborted();
      const decision = await this.budget.reserve(this.limit, weight, use);
      if (decision.granted) return decision;
      if (decision.retryAtMs > untilMs) {
        const seconds = Math.ceil((decision.retryAtMs - this.clock.now()) / 1000);
        throw new OverBudget(
          `budget-${decision.reason}`,
          `${this.limit.venue} takes no ${use} request for ${seconds} s (${decision.reason}): wait, or ask for less`,
        );
      }
      const startMs = performance.now();
      await systemTimer.wait(Math.max(1, Math.min(SLEEP_MAX_MS, decision.retryAtMs - this.clock.now())), signal);
      noteTurnWait(performance.now() - startMs);
    }
  }

  async leave(grant: BudgetGrant, answer: BudgetAnswer): Promise<void> {
    await this.budget.report(this.limit, grant, answer);
  }
}
