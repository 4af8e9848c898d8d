import type { PlainSizing } from "../orders/mod.ts";
import type { EntryPrice } from "./entry_price.ts";
import type { Protection } from "./protection.ts";

/** What a strategy wants, before sizing and risk make an order of it. Also the content of a recorded decision. */
export type Request =
  /** Open, or add to, a position. */
  | {
    readonly kind: "enter";
    readonly side: "buy" | "sell";
    /** Null: at the market. */
    readonly at: EntryPrice | null;
    /** Null: the run's sizing. */
    readonly sizing: PlainSizing | null;
    readonly stop: Protection | null;
    readonly target: Protection | null;
    readonly reason: string;
  }
  /** Take back entries that have not filled; the position stays. */
  | { readonly kind: "withdraw" }
  /** Move the stop or the target of the position; undefined leaves it where it is, null takes it away. */
  | { readonly kind: "protect"; readonly stop?: Protection | null; readonly target?: Protection | null }
  /**
   * Close the whole position and drop entries that have not filled. At the market; or with `at`, which waits for that
   * price while stop and target stay.
   */
  | { readonly kind: "close"; readonly at?: EntryPrice; readonly reason: string };
