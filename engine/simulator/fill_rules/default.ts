import type { FillRules } from "./fill_rules.ts";

/**
 * Our own rules: an order acts from the candle after its decision on, a limit must be traded through, the size is fixed
 * at the decision, and where a candle leaves two outcomes open the worse one is taken.
 */
export const defaultRules = Object.freeze<FillRules>({
  id: "default",
  marketPrice: "next-open",
  limitFill: "through",
  openGoesFirst: true,
  stopEntryGap: "open",
  afterEntryInside: { limit: "stop", stop: "stop" },
  slips: "takers",
  sizeAt: "decision",
  fundsMark: "fill-price",
  fundsFee: "fill-price",
  beyondFunds: "cut",
  atEnd: "leave-open",
});

/** The default rules with market orders filled at the close on which they were decided. */
export const thisCloseRules = Object.freeze<FillRules>({
  ...defaultRules,
  id: "this-close",
  marketPrice: "this-close",
});
