import type { Notional } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { ClientOrderId } from "./client_order_id.ts";
import type { Fill } from "./fill.ts";
import type { JournalState } from "./journal_state.ts";
import type { OrderIntent } from "./order_intent.ts";
import type { OrderState } from "./order_state.ts";
import type { Recorded, RiskApproved } from "./proof.ts";

/** At once from a journal in memory, later from one that waits for a disk. */
export type Answer<T> = T | Promise<T>;

/** An order has gone on. */
export interface OrderStep {
  readonly clientOrderId: ClientOrderId;
  readonly to: OrderState;
  readonly timeMs: TimestampMs;
  /** In the venue's words or ours; empty where there is nothing to say. */
  readonly reason: string;
}

/** A balance that moved without a trade of ours, or that the venue states otherwise than we do: an entry of its own (I4). */
export interface Adjustment {
  /** Unique on the account: the same one twice is one. */
  readonly id: string;
  readonly asset: string;
  /** What is added to the balance, in units of the asset. */
  readonly amount: Notional;
  readonly reason: string;
  readonly timeMs: TimestampMs;
}

/**
 * What a fill was to the journal: `known` was there before (I5); `late` came after the order's end, `over` is more than
 * was ordered, `foreign` belongs to no order of ours. These three are kept too, and a person has to look (fault 22).
 */
export type FillVerdict = "new" | "known" | "late" | "over" | "foreign";

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
