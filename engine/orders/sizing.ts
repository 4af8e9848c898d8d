/**
 * How much an entry buys or sells, from the account and the order alone.
 *
 * - `equity-fraction`: this share of the equity (1 is all of it; more needs leverage).
 * - `fixed-notional`: this amount in quote units.
 * - `risk-per-trade`: so much that the stop, where it fills at its price, loses this share of the equity.
 * - `units`: this many base units.
 */
export type PlainSizing =
  | { readonly kind: "equity-fraction"; readonly fraction: number }
  | { readonly kind: "fixed-notional"; readonly notionalQuote: number }
  | { readonly kind: "risk-per-trade"; readonly fraction: number }
  | { readonly kind: "units"; readonly units: number };

/**
 * How much an entry buys or sells, from what the market or the strategy has done so far.
 *
 * - `volatility-target`: target ÷ realised volatility of the market, both annual, as a share of the equity.
 * - `atr-risk`: so much that a move of `atrMultiple` average true ranges costs this share of the equity.
 * - `kelly`: `multiplier` (0.5 is "half Kelly") times W − (1 − W) ÷ payoff of the strategy's own last trades, as a share
 *   of the equity; `fallbackFraction` of it before it has `minTrades`.
 */
export type AdaptiveSizing =
  | {
    readonly kind: "volatility-target";
    readonly annualVolatilityFraction: number;
    readonly lookbackCandles: number;
    /** Largest share of the equity, however calm the market is. */
    readonly maxFraction: number;
  }
  | {
    readonly kind: "atr-risk";
    readonly fraction: number;
    readonly atrMultiple: number;
    readonly atrLength: number;
  }
  | {
    readonly kind: "kelly";
    readonly multiplier: number;
    /** Largest share of the equity, however good the trades were. */
    readonly maxFraction: number;
    readonly minTrades: number;
    /** Its last trades, at most so many of them. */
    readonly lookbackTrades: number;
    readonly fallbackFraction: number;
  };

/** How much an entry buys or sells. */
export type Sizing = PlainSizing | AdaptiveSizing;
