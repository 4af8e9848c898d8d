import { sma } from "../../engine/indicators/mod.ts";
import { close, crossesAbove, crossesBelow } from "../../engine/series/mod.ts";
import { defineStrategy, percent, trailingPercent } from "../../engine/strategies/mod.ts";
import { measureOneCoin } from "./one_coin.ts";
import type { Workload } from "./workload.ts";

/** Long from one crossing of two averages to the other, between a trailing stop and a target. */
export const protectedCross = defineStrategy({
  id: "protected-cross",
  summary: "Trends persist: long while the fast average is above the slow one, between a trailing stop and a target",
  params: {},
  rules: () => ({
    enter: crossesAbove(sma(close, 10), sma(close, 50)),
    exit: crossesBelow(sma(close, 10), sma(close, 50)),
    stop: trailingPercent(1),
    target: percent(2),
  }),
});

/**
 * The workload `single` with a stop 1 % below the highest high since the entry and a target 2 % above the entry, both
 * orders at the venue; the stop moves at each close with a new high. By the rules of backtesting.py, so that its script
 * beside this has the same trades.
 */
export const protectedWorkload: Workload = {
  name: "protected",
  run: (walk) => measureOneCoin("protected", protectedCross.bind({}), walk, { fillRules: "backtesting-py" }),
};
