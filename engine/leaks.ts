// The leak finder as a notebook says it.
import { type BacktestOptions, functionsOf, specOf } from "./backtest_options.ts";
import { showing, type Shown } from "./display/mod.ts";
import type { CandleColumns, FundingColumns } from "./market/mod.ts";
import {
  type Feed,
  isPipeline,
  leakData,
  type LeakOptions,
  type LeakReport,
  leakText,
  type Pipeline,
  pipelineLeaks,
  strategyLeaks,
} from "./research/mod.ts";
import type { Strategy } from "./strategies/mod.ts";

/** A strategy or a pipeline; or a function that makes one of the candles, where it is made of them. */
export type LeakSubject = Strategy | Pipeline | ((...history: CandleColumns[]) => Strategy | Pipeline);

/** How hard to look for leaks, and in which backtest of a strategy. */
export interface LeakSearchOptions extends LeakOptions, Omit<BacktestOptions, "overlappingBudgets" | "seed"> {
  /** What else a pipeline reads that becomes known in time: `{ timeMs, … }` by name. */
  readonly feeds?: Readonly<Record<string, Feed>>;
}

/**
 * Looks for what a strategy or a pipeline knows and cannot know yet: after each of many decisions the future is replaced,
 * and whatever changes by then is named, with the line, how far it looks ahead and the values. In a notebook the report
 * shows itself as text. The arrays of the candles are changed while it looks, and put back.
 *
 * @param history Candles of the market, and of others that are read or chosen from; a pipeline's functions get the first.
 * @throws {InputError} `candles` when there are too few, `pipeline` naming a function that fails, else as `backtest` does.
 * @example
 * ```ts
 * import { candleColumns, definePipeline, instrument, leaks, type TimestampMs, timeframe } from "./mod.ts";
 *
 * const btc = candleColumns(instrument({ exchange: "my-venue", symbol: "BTC/USD" }), timeframe("1h"),
 *   Array.from({ length: 200 }, (_, i) => ({
 *     openTimeMs: i * 3_600_000 as TimestampMs, open: 100, high: 102 + i % 7, low: 98, close: 100 + i % 5, volume: 1 + i % 3,
 *   })));
 * const report = leaks(definePipeline({
 *   id: "peek",
 *   features: {
 *     change: ({ close }) => close.map((price, i) => price / close[i - 1]! - 1),
 *     peek: ({ close }) => close.map((price, i) => close[i + 1]! / price - 1),
 *   },
 * }), btc);
 * report.findings.map(({ kind, name, lookAheadCandles }) => `${kind} ${name} ${lookAheadCandles}`); // ["feature peek 1"]
 * ```
 */
export function leaks(
  subject: LeakSubject,
  history: CandleColumns | readonly CandleColumns[],
  options: LeakSearchOptions = {},
): LeakReport & Shown {
  const columns = "instrument" in history ? [history] : history, { seed: _, ...settings } = options;
  const make = typeof subject === "function" ? () => subject(...columns) : () => subject, first = make();
  const report = isPipeline(first)
    ? pipelineLeaks(make as () => Pipeline, leakData(columns, fundingOf(options), options.feeds), options)
    : strategyLeaks({
      spec: specOf(first, columns, settings),
      make: () => (make() as Strategy).bind(options.params ?? {}),
      history: [...columns, ...options.reads ?? []],
      functions: functionsOf(options),
    }, options);
  return showing(report, () => ({ "text/plain": leakText(report) }));
}

function fundingOf({ funding = [] }: BacktestOptions): FundingColumns | null {
  return "rate" in funding ? funding : funding[0] ?? null;
}
