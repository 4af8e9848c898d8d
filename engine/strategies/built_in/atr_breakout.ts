import { atr } from "../../indicators/mod.ts";
import { close, high, highest, shift } from "../../series/mod.ts";
import { integer, number } from "../parameter.ts";
import { defineStrategy } from "../strategy.ts";

/**
 * Buys a close above the highest high of the candles before it, with a stop and a target in multiples of the average
 * true range: the trade says beforehand where it was wrong and where it takes its profit.
 *
 * Believes that a breakout runs for some ranges or fails at once. It loses where breakouts creep on, as the target cuts
 * the few long trades on which breakouts live.
 */
export const atrBreakout = defineStrategy({
  id: "atr-breakout",
  summary: "Breakouts run for some ranges or fail at once: long above the channel, in a bracket of stop and target",
  params: {
    entry: integer({ default: 48, min: 2, max: 2000 }),
    atrLength: integer({ default: 14, min: 2, max: 200 }),
    stopAtr: number({ default: 2, min: 0.1, max: 50 }),
    targetAtr: number({ default: 3, min: 0.1, max: 100 }),
  },
  rules: ({ entry, atrLength, stopAtr, targetAtr }) => ({
    enter: close.gt(shift(highest(high, entry), 1)),
    stop: atr(atrLength).mul(stopAtr),
    target: atr(atrLength).mul(targetAtr),
  }),
});
