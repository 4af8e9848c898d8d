import type { CandleColumns } from "../../market/mod.ts";
import { dailyReturns, type Figure, runMetrics } from "../../metrics/mod.ts";
import type { EquityCurve, OpenTrade, Trade } from "../../portfolio/mod.ts";
import { timeframe, type TimestampMs } from "../../time/mod.ts";
import { replayOf } from "../backtest.ts";
import { replayedTrades } from "../replayed_trades.ts";
import type { RunFunctions } from "../run_functions.ts";
import type { RunSpec } from "../run_spec.ts";
import type { BoundStrategies } from "../strategy_plan.ts";
import { usedFeeds, type VenueFeed } from "../venue_feed.ts";
import { barSharpe, TRIAL_METRICS, type TrialMetrics } from "./trial_metrics.ts";

/** A trial through the event path. */
export interface EventTrial {
  readonly trades: readonly Trade[];
  readonly openTrades: readonly OpenTrade[];
  readonly metrics: TrialMetrics;
  /** Of whole days, UTC; they end where the equity is gone. */
  readonly returns: Float64Array;
}

/** What all trials of a study trade on: candles of the run in their order, of which the first are traded. */
export interface TrialCandles {
  readonly used: readonly CandleColumns[];
  /** Open time of the first candle on which a strategy may decide. */
  readonly tradeFromMs: TimestampMs;
  /** Functions that the spec names, and funding and mark prices of its contracts: for the event path alone. */
  readonly functions?: RunFunctions;
  readonly feeds?: readonly VenueFeed[];
}

/** Runs a trial candle by candle: what every published figure comes from. */
export function eventTrial(
  spec: RunSpec,
  strategy: BoundStrategies,
  { used, tradeFromMs, functions = {}, feeds = [] }: TrialCandles,
  perBar = false,
): EventTrial {
  const replayed = replayOf(
    spec,
    strategy,
    used,
    tradeFromMs,
    undefined,
    undefined,
    functions,
    usedFeeds(spec, used, feeds),
  );
  const { trades, openTrades } = replayedTrades(replayed, used), { equity } = replayed;
  const all = runMetrics({ trades, openTrades, equity, startingCash: spec.account.cashQuote });
  const own = Object.fromEntries(TRIAL_METRICS.map((name) => [name, all[name]])) as unknown as TrialMetrics;
  const metrics = perBar ? { ...own, barSharpe: barSharpeOf(equity, spec) } : own;
  return { trades, openTrades, metrics, returns: dailyReturns(equity, spec.account.cashQuote).returns };
}

function barSharpeOf({ equity }: EquityCurve, { account, timeframe: length }: RunSpec): Figure {
  let sum = 0, squares = 0;
  for (let row = 0, before = account.cashQuote; row < equity.length; before = equity[row++]!) {
    const change = equity[row]! / before - 1;
    sum += change;
    squares += change * change;
  }
  return barSharpe(sum, squares, equity.length, timeframe(length));
}
