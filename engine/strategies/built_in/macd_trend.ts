import { macd } from "../../indicators/mod.ts";
import { close, crossesAbove, crossesBelow } from "../../series/mod.ts";
import { integer } from "../parameter.ts";
import { defineStrategy } from "../strategy.ts";

/**
 * Long while the MACD line is above its signal line.
 *
 * Believes that momentum changes before the price does: the distance of two exponential averages turns earlier than
 * their crossing. Quicker than a plain crossing of averages, and so wrong more often: it trades a lot, and in quiet
 * markets it mostly pays fees.
 */
export const macdTrend = defineStrategy({
  id: "macd-trend",
  summary: "Momentum turns first: long while the MACD is above its signal line",
  params: {
    fast: integer({ default: 12, min: 2, max: 200 }),
    slow: integer({ default: 26, min: 3, max: 500 }),
    signal: integer({ default: 9, min: 2, max: 200 }),
  },
  rules: ({ fast, slow, signal }) => {
    const lines = macd(close, { fast, slow, signal });
    return { enter: crossesAbove(lines.macd, lines.signal), exit: crossesBelow(lines.macd, lines.signal) };
  },
});
