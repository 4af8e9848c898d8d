import type { OrderIntent } from "./order_intent.ts";
import type { Recorded, RiskApproved } from "./proof.ts";

/** Where intents are written down before they are sent. An implementation answers when the row is durable. */
export interface Journal {
  record(order: RiskApproved<OrderIntent>): Recorded<RiskApproved<OrderIntent>>;
}

/** A journal for runs that end with the process: backtests and tests. Keeps the number of intents, not the intents. */
export class MemoryJournal implements Journal {
  recordedCount = 0;

  record(order: RiskApproved<OrderIntent>): Recorded<RiskApproved<OrderIntent>> {
    this.recordedCount++;
    return order as Recorded<RiskApproved<OrderIntent>>;
  }
}
