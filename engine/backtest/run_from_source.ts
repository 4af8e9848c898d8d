import { InputError } from "../errors/mod.ts";
import { type CandleColumns, type CandleSource, type FeedSource, instrument } from "../market/mod.ts";
import { timeframe } from "../time/mod.ts";
import { runBacktest } from "./backtest.ts";
import type { ReplayProgress } from "./replay.ts";
import type { RunRecord } from "./run_record.ts";
import type { RunSpec } from "./run_spec.ts";
import { type BoundStrategies, onlyRead, plannedStrategies } from "./strategy_plan.ts";
import { candleRange } from "./used_candles.ts";
import { feedTimeframe, usesFunding, usesMark, type VenueFeed } from "./venue_feed.ts";

/**
 * Loads the candles that a spec asks for, look-back and the symbols that the strategy only reads included, and the funding
 * and mark prices that its account uses, and runs it.
 *
 * @throws {InputError} `candles`, `funding` or `mark` when the source has none for a market.
 */
export async function runFromSource(
  spec: RunSpec,
  strategies: BoundStrategies,
  source: CandleSource & FeedSource,
  progress?: ReplayProgress,
): Promise<RunRecord> {
  const candles = await loadCandles(spec, strategies, source), feeds = await loadFeeds(spec, strategies, source);
  return await runBacktest(spec, strategies, candles, progress, {}, feeds);
}

/** The candles that a spec asks for, look-back, symbols that are only read and finer candles included. */
export async function loadCandles(
  spec: RunSpec,
  strategies: BoundStrategies,
  source: CandleSource,
): Promise<CandleColumns[]> {
  const length = timeframe(spec.timeframe), range = boundsOf(spec, strategies);
  const read = onlyRead(spec, plannedStrategies(spec, strategies));
  const own = [...spec.markets, ...read].map((market) => ({ market, length }));
  const detail = spec.detail === undefined
    ? []
    : spec.markets.map((market) => ({ market, length: timeframe(spec.detail!) }));
  // One after the other: where one is missing, nothing is read any longer when its error arrives.
  const loaded: CandleColumns[] = [];
  for (const { market, length } of [...own, ...detail]) {
    const query = { instrument: instrument(market), timeframe: length, ...range };
    loaded.push(await source.candles(query).catch((error) => Promise.reject(withStart(error, spec))));
  }
  return loaded;
}

/** A range without candles begins with the look-back of the strategy: says what was asked for, too. */
function withStart(error: unknown, { from }: RunSpec): unknown {
  if (from === null || !(error instanceof InputError) || error.code !== "candles") return error;
  const message = `${error.message} (for a run from ${from} with the look-back before it)`;
  return new InputError(error.code, message, { cause: error });
}

/** The funding and the mark prices of a spec's contracts, as far as its account uses them. */
export async function loadFeeds(
  spec: RunSpec,
  strategies: BoundStrategies,
  source: FeedSource,
): Promise<VenueFeed[]> {
  const length = feedTimeframe(spec), range = boundsOf(spec, strategies);
  const loaded: VenueFeed[] = [];
  for (const market of spec.markets) {
    const contract = instrument(market);
    loaded.push({
      ...(usesFunding(spec, market) ? { funding: await source.funding(contract) } : {}),
      ...(usesMark(spec, market)
        ? { mark: await source.mark({ instrument: contract, timeframe: length, ...range }) }
        : {}),
    });
  }
  return loaded;
}

/** Open times to load, as a query has them. */
function boundsOf(spec: RunSpec, strategies: BoundStrategies) {
  const { from, to } = candleRange(spec, strategies);
  return { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
}
