import { close, high, highest, low, lowest, shift } from "../../series/mod.ts";
import { integer } from "../parameter.ts";
import { defineStrategy } from "../strategy.ts";

/**
 * Buys a close above the highest high of the candles before it, sells a close below their lowest low: the rule of
 * Richard Donchian and of the turtle traders.
 *
 * Believes that a new extreme is reached by buyers who know or believe something, and that large trends begin with one.
 * Most breakouts fail: it lives on a few long trades, has long losing streaks between them, and loses in ranges that are
 * wide enough to be broken and narrow enough to hold.
 */
export const donchianBreakout = defineStrategy({
  id: "donchian-breakout",
  summary: "Large trends begin at new extremes: long above the channel, out below the shorter one",
  params: {
    entry: integer({ default: 48, min: 2, max: 2000 }),
    exit: integer({ default: 24, min: 2, max: 2000 }),
  },
  rules: ({ entry, exit }) => ({
    enter: close.gt(shift(highest(high, entry), 1)),
    exit: close.lt(shift(lowest(low, exit), 1)),
  }),
});
