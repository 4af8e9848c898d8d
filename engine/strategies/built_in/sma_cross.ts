import { InputError } from "../../errors/mod.ts";
import { sma } from "../../indicators/mod.ts";
import { close, crossesAbove, crossesBelow } from "../../series/mod.ts";
import { integer } from "../parameter.ts";
import { defineStrategy } from "../strategy.ts";

/**
 * Long while a fast average of closes is above a slow one.
 *
 * Believes that prices trend: that a move strong enough to turn a short average over a long one goes on for longer than
 * it took to be seen. It enters late and leaves late on purpose. Loses in sideways markets, where every crossing is
 * taken back by the next and each pair costs two fees, and gives back the last part of every trend.
 */
export const smaCross = defineStrategy({
  id: "sma-cross",
  summary: "Trends persist: long while the fast average of closes is above the slow one",
  params: {
    fast: integer({ default: 10, min: 2, max: 500 }),
    slow: integer({ default: 50, min: 3, max: 2000 }),
  },
  rules: ({ fast, slow }) => {
    if (fast >= slow) {
      throw new InputError("parameter", `fast (${fast}) of sma-cross must be below slow (${slow}): exchange them`);
    }
    return {
      enter: crossesAbove(sma(close, fast), sma(close, slow)),
      exit: crossesBelow(sma(close, fast), sma(close, slow)),
    };
  },
});
