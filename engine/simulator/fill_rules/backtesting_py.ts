import type { FillRules } from "./fill_rules.ts";

/**
 * The rules of backtesting.py 0.6.6: sizes from the free margin when the order fills, marked at that candle's close; the
 * stop before the target; limits filled on touch; positions closed at the end on the last candle's open.
 */
export const backtestingPyRules = Object.freeze<FillRules>({
  id: "backtesting-py",
  marketPrice: "next-open",
  limitFill: "touch",
  openGoesFirst: false,
  stopEntryGap: "open",
  afterEntryInside: { limit: "none", stop: "target-unless-stop" },
  slips: "entries",
  sizeAt: "fill",
  fundsMark: "candle-close",
  fundsFee: "unslipped-price",
  fundsFeeOf: "share-of-lot",
  beyondFunds: "cancel",
  atEnd: "close-on-last-candle",
});

/** The same with `trade_on_close`. */
export const backtestingPyOnCloseRules = Object.freeze<FillRules>({
  ...backtestingPyRules,
  id: "backtesting-py-on-close",
  marketPrice: "previous-close",
  stopEntryGap: "previous-close",
});
