import type { Fill } from "./fill.ts";
import type { Adjustment, FillVerdict, OrderStep } from "./journal_entry.ts";
import type { JournalState } from "./journal_state.ts";
import type { OrderIntent } from "./order_intent.ts";
import type { Recorded, RiskApproved } from "./proof.ts";

/** At once from a journal in memory, later from one that waits for a disk. */
export type Answer<T> = T | Promise<T>;

/**
 * The truth about the orders of one account: what was wanted, how it went, what was executed. Each call answers when its
 * rows are durable, may be repeated, and then changes nothing.
 */
export interface OrderJournal {
  /**
   * Writes an intent down before it is sent (I1), under the epoch of this journal's holder (I7).
   *
   * @throws {CodedError} `lease-lost` when another holder has taken over, `intent-differs` when the name is another
   * intent's.
   */
  record(order: RiskApproved<OrderIntent>): Answer<Recorded<RiskApproved<OrderIntent>>>;
  /**
   * Writes down that an order went on; false where it is there already.
   *
   * @throws {CodedError} `order-step` for a step that no order takes (I6), `order-unknown` for an order that is not here.
   */
  step(step: OrderStep): Answer<boolean>;
  /** Writes an execution down, in any order and any number of times (I5). */
  fill(fill: Fill): Answer<FillVerdict>;
  /** Writes a change of a balance down; false where it is there already. */
  adjust(adjustment: Adjustment): Answer<boolean>;
  /** What all of it comes to. */
  state(): Answer<JournalState>;
}
