import { bollinger } from "../../indicators/mod.ts";
import { close, crossesAbove, crossesBelow } from "../../series/mod.ts";
import { integer, number } from "../parameter.ts";
import { defineStrategy } from "../strategy.ts";

/**
 * Buys a close above the upper Bollinger band, sells when the close falls back through the middle.
 *
 * Believes that a move far outside the usual range is news that is not priced in yet, and that volatility comes in
 * waves. Loses when the band is left only for a candle or two: in a calm market the band is narrow, so small moves look
 * large, and the way back to the middle is the loss.
 */
export const bollingerBreakout = defineStrategy({
  id: "bollinger-breakout",
  summary: "Unusual moves go on: long above the upper band, out at the middle",
  params: {
    length: integer({ default: 20, min: 2, max: 500 }),
    deviations: number({ default: 2, min: 0.1, max: 10 }),
  },
  rules: ({ length, deviations }) => {
    const bands = bollinger(close, { length, deviationsUp: deviations, deviationsDown: deviations });
    return { enter: crossesAbove(close, bands.upper), exit: crossesBelow(close, bands.middle) };
  },
});
