import type { PriceRule } from "../orders/mod.ts";

/** What each rule says of a price, for people. */
export const PRICE_RULE_TEXTS: Readonly<Record<PriceRule, string>> = {
  "next-open": "a market order fills at the next open",
  "this-close": "the fill rules let a market order fill at the close on which it was decided",
  "previous-close": "the fill rules book a market order at the close before the candle",
  "limit": "the market traded through the limit: it fills there",
  "limit-gap": "the candle opened beyond the limit: it fills at the open, which is better",
  "limit-moved": "the whole candle lies beyond the limit: it fills at the candle's price that is nearest to it",
  "stop": "the market reached the trigger: it fills there",
  "trailing-stop": "the market reached the trigger, which had followed the best price",
  "take-profit": "the candle reached the trigger: it fills there, at the market",
  "take-profit-gap": "the candle opened beyond the trigger: it fills at the open, which is better",
  "on-path": "it reached the market inside the candle and fills at the price where the stated path was then",
  "worst-by-arrival":
    "it reached the market inside the candle, whose path is not stated: the worst price that it can have had by then",
  "stop-gap": "the candle opened beyond the trigger: it fills at the open, which is worse",
  "stop-after-entry": "the candle reached the stop, perhaps before the entry: the worse case is taken",
  "delisted": "the market has ended: it is settled at its last trade",
  "target-after-entry": "the candle reached the target and not the stop",
};
