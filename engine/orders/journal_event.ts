import type { TimestampMs } from "../time/mod.ts";
import type { Fill } from "./fill.ts";
import type { Adjustment, OrderStep } from "./journal_entry.ts";
import type { OrderIntent } from "./order_intent.ts";

/** What a journal holds, one after the other. Nothing in it is changed later. */
export type JournalEvent =
  | { readonly kind: "intent"; readonly order: OrderIntent; readonly epoch: number; readonly timeMs: TimestampMs }
  | ({ readonly kind: "step" } & OrderStep)
  | { readonly kind: "fill"; readonly fill: Fill; readonly timeMs: TimestampMs }
  | ({ readonly kind: "adjustment" } & Adjustment);
