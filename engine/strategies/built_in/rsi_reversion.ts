import { rsi } from "../../indicators/mod.ts";
import { close, crossesAbove } from "../../series/mod.ts";
import { integer, number } from "../parameter.ts";
import { percent } from "../protection.ts";
import { defineStrategy } from "../strategy.ts";

/**
 * Buys when the relative strength index comes back up through an oversold level, sells when it is high again.
 *
 * Believes that falls overshoot: that sellers in a hurry push the price below where it settles. Waiting for the index to
 * turn keeps it out of the middle of a fall. Wins often and little; loses rarely and much, when a fall is the beginning
 * of a new level. The stop bounds a single loss, not a series of them in a bear market.
 */
export const rsiReversion = defineStrategy({
  id: "rsi-reversion",
  summary: "Falls overshoot: long when the RSI leaves oversold ground, out when it is high",
  params: {
    length: integer({ default: 14, min: 2, max: 200 }),
    oversold: number({ default: 30, min: 1, max: 50 }),
    overbought: number({ default: 65, min: 50, max: 99 }),
    stopPercent: number({ default: 8, min: 0.1, max: 90 }),
  },
  rules: ({ length, oversold, overbought, stopPercent }) => ({
    enter: crossesAbove(rsi(close, length), oversold),
    exit: rsi(close, length).gt(overbought),
    stop: percent(stopPercent),
  }),
});
