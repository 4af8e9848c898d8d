import type { Notional } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { ClientOrderId } from "./client_order_id.ts";
import type { OrderState } from "./order_state.ts";

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
