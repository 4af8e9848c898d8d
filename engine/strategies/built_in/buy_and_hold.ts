import { constant } from "../../series/mod.ts";
import { defineStrategy } from "../strategy.ts";

/**
 * Buys on the first candle and never sells: the benchmark that every other strategy has to beat after costs.
 *
 * Believes only that the market rises over the whole period. Loses whatever the market loses, with its full drawdown.
 */
export const buyAndHold = defineStrategy({
  id: "buy-and-hold",
  summary: "The benchmark: buys at the start and holds to the end",
  params: {},
  rules: () => ({ enter: constant(1) }),
});
