import type { FillRules } from "./fill_rules.ts";

/**
 * The rules of vectorbt 1.2.0's `from_signals`: market orders fill at the close on which they are decided, for all the
 * cash that is there; stops and targets are tested from the next candle on, stops first, and do not slip.
 */
export const vectorbtRules = Object.freeze<FillRules>({
  id: "vectorbt",
  marketPrice: "this-close",
  limitFill: "touch",
  openGoesFirst: false,
  stopEntryGap: "open",
  afterEntryInside: { limit: "none", stop: "none" },
  slips: "market-orders",
  sizeAt: "fill",
  fundsMark: "fill-price",
  fundsFee: "fill-price",
  beyondFunds: "cut",
  atEnd: "leave-open",
});

/** The same with signals moved one candle later and filled at its open. */
export const vectorbtNextOpenRules = Object.freeze<FillRules>({
  ...vectorbtRules,
  id: "vectorbt-next-open",
  marketPrice: "next-open",
});
