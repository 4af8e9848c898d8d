import type { FillRules } from "./fill_rules.ts";

/**
 * The rules of freqtrade's backtesting (2024.10, commit c9ae5e1e): limits and stops fill at their own price wherever the
 * candle opened, the stop before the target, the target before a trailing stop that has moved; a candle reaches its best
 * price before its worst; what is open at the end is closed at the last open.
 */
export const freqtradeRules = Object.freeze<FillRules>({
  id: "freqtrade",
  marketPrice: "next-open",
  limitFill: "touch",
  targetFill: "through",
  limitGap: "own-price",
  stopGap: "own-price",
  trailing: "best-price-first",
  openGoesFirst: false,
  stopEntryGap: "open",
  afterEntryInside: { limit: "whole-candle", stop: "whole-candle" },
  entryTime: "order",
  slips: "takers",
  sizeAt: "fill",
  fundsMark: "fill-price",
  fundsFee: "fill-price",
  beyondFunds: "cut",
  atEnd: "close-at-last-open",
});
