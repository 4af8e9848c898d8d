import { parseRunSpec, replayOf } from "../../engine/backtest/mod.ts";
import { sma } from "../../engine/indicators/mod.ts";
import { addNotional, notionalToNumber, ZERO_NOTIONAL } from "../../engine/money/mod.ts";
import { close, crossesAbove, crossesBelow } from "../../engine/series/mod.ts";
import { defineStrategy, percent, trailingPercent } from "../../engine/strategies/mod.ts";
import type { TimestampMs } from "../../engine/time/mod.ts";
import { note } from "../output.ts";
import { FINEST } from "./single.ts";
import { fastestMs, type Workload } from "./workload.ts";

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
  async run(walk) {
    const { exchange, symbol } = walk.instrument;
    const spec = parseRunSpec({
      strategy: protectedCross.id,
      params: {},
      markets: [{ exchange, symbol, ...FINEST }],
      timeframe: walk.timeframe,
      account: { cashQuote: 10_000_000 },
      costs: { makerBps: 10, takerBps: 10 },
      sizing: { kind: "units", units: 1 },
      fillRules: "backtesting-py",
    });
    const strategy = protectedCross.bind({});
    const run = () => replayOf(spec, strategy, [walk], walk.openTimeMs[0] as TimestampMs);
    const ms = await fastestMs(50, run);
    const { equity, closed } = run();
    const fees = notionalToNumber(closed.reduce((sum, { lot }) => addNotional(sum, lot.feesQuote), ZERO_NOTIONAL));
    const by = (reason: string) => closed.filter(({ lot }) => lot.exitReason === reason).length;
    note(
      `  final equity ${equity.equity.at(-1)!.toFixed(6)}, ${closed.length} trades closed (${by("stop")} by the stop, ${
        by("target")
      } by the target), fees ${fees.toFixed(6)}`,
    );
    const ours = walk.length / ms * 1000;
    return [{ workload: "protected", figure: "bars_per_second", ours, unit: "candles a second", moreIsBetter: true }];
  },
};
