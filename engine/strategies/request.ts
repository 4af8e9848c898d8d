import type { PlainSizing } from "../orders/mod.ts";
import type { EntryPlace, EntryPrice } from "./entry_price.ts";
import type { PartSize, TargetPart } from "./exit_part.ts";
import type { Protection } from "./protection.ts";
import type { RequestTerms } from "./request_terms.ts";

/** What a strategy wants, before sizing and risk make an order of it. Also the content of a recorded decision. */
export type Request =
  /** Open, or add to, a position. */
  | {
    readonly kind: "enter";
    readonly side: "buy" | "sell";
    /** Null: at the market. */
    readonly at: EntryPlace | null;
    readonly terms?: RequestTerms;
    /** Null: the run's sizing. */
    readonly sizing: PlainSizing | null;
    /** Share of what the sizing says; all of it without. */
    readonly fraction?: number;
    /** Null: none; of an entry that adds to a position: as it is. */
    readonly stop: Protection | null;
    readonly target: Protection | null;
    /** Targets of parts of what is entered, beside or in place of the target of the whole. */
    readonly targets?: readonly TargetPart[];
    /** Tells several entries of one decision apart; a second one of the same number is refused. 0 without it. */
    readonly leg?: number;
    /**
     * One cancels the other: the first of the entries of one number and decision that trades withdraws the others. None
     * of them stays where one is refused.
     */
    readonly oco?: number;
    readonly reason: string;
  }
  /** Move entries that wait to another price, or size, with all else as it was. */
  | {
    readonly kind: "amend";
    readonly at: EntryPlace;
    /** Null: what has not filled of the size that they have. */
    readonly sizing: PlainSizing | null;
    /** Only the entries of this number; all without it. */
    readonly leg?: number;
  }
  /** Take back entries that have not filled; the position stays. */
  /** All entries that wait, or those of one leg. */
  | { readonly kind: "withdraw"; readonly leg?: number }
  /** Move the stop or the target of the position; undefined leaves it where it is, null takes it away. */
  | { readonly kind: "protect"; readonly stop?: Protection | null; readonly target?: Protection | null }
  /** Close a part of the position: at the market, or waiting at a price beside stop and target. */
  | {
    readonly kind: "reduce";
    readonly size: PartSize;
    readonly at: EntryPrice | null;
    readonly terms?: RequestTerms;
    readonly reason: string;
  }
  /** Bring the position to a size, by an entry, a reduction, a closing, or a closing and an entry of the other side. */
  | {
    readonly kind: "rebalance";
    /** Signed: below zero for a short position. A share of the equity, or base units. */
    readonly to: PartSize;
    /** Changes of less than this share of the equity are not worth an order. */
    readonly bandFraction: number;
    /** Of the entry, if there is one. */
    readonly stop: Protection | null;
    readonly target: Protection | null;
    readonly reason: string;
  }
  /**
   * Close the whole position and drop entries that have not filled. At the market; or with `at`, which waits for that
   * price while stop and target stay.
   */
  | { readonly kind: "close"; readonly at?: EntryPrice; readonly terms?: RequestTerms; readonly reason: string };
