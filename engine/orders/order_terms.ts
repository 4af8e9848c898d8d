import type { Quantity } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/**
 * `GTC`: works until it is filled or taken back. `IOC`: what does not trade at once is dropped. `FOK`: trades whole and
 * at once, or not at all.
 */
export type TimeInForce = typeof TIMES_IN_FORCE[number];

/** All of them. */
export const TIMES_IN_FORCE = ["GTC", "IOC", "FOK"] as const;

/** How long an order works, and how it may trade. */
export interface OrderTerms {
  readonly timeInForce: TimeInForce;
  /** The venue drops what is left at this moment (good till date, or the end of the day, UTC); null: never. */
  readonly expiresAtMs: TimestampMs | null;
  /** Only ever adds liquidity: refused when it would trade at once, and never filled beyond its limit. */
  readonly postOnly: boolean;
  /** Of an iceberg: how much of it the book shows at a time; null shows all. */
  readonly displayQuantity: Quantity | null;
}

/** Terms of an order that says nothing about them. */
export const PLAIN_TERMS: OrderTerms = Object.freeze({
  timeInForce: "GTC",
  expiresAtMs: null,
  postOnly: false,
  displayQuantity: null,
});

/** What a trailing stop does before and after its position has earned so much. */
export interface TrailActivation {
  /** Average entry price, quote units: the profit counts from it. */
  readonly entryPrice: number;
  /** Profit as a share of the entry price, at the best price. */
  readonly profitFraction: number;
  /** Share of the best price at which it follows once the profit is above that; null: as before. */
  readonly thenFraction: number | null;
  /** True: it stays where it is while the profit is below. */
  readonly waits: boolean;
}

/** How far behind the best price a trailing stop follows: a share of that price, or a distance in quote units. */
export type Trail =
  & (
    | { readonly kind: "fraction"; readonly fraction: number }
    | { readonly kind: "distance"; readonly distanceQuote: number }
  )
  & {
    readonly activation?: TrailActivation;
    /** Trigger before the stop first moved, quote units, where the order takes the place of one that has moved. */
    readonly unmovedPrice?: number;
  };
