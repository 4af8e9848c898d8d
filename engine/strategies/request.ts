import type { Protection } from "./protection.ts";
import type { Sizing } from "../orders/mod.ts";

/** What a strategy wants, before sizing and risk make an order of it. Also the content of a recorded decision. */
export type Request =
  /** Open, or add to, a position at the market. */
  | {
    readonly kind: "enter";
    readonly side: "buy" | "sell";
    /** Null: the run's sizing. */
    readonly sizing: Sizing | null;
    readonly stop: Protection | null;
    readonly target: Protection | null;
    readonly reason: string;
  }
  /** Close the whole position at the market, and drop entries that have not filled. */
  | { readonly kind: "close"; readonly reason: string };
