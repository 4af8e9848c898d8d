import { type CandleColumns, type CandleSource, instrument } from "../market/mod.ts";
import { timeframe } from "../time/mod.ts";
import { runBacktest } from "./backtest.ts";
import type { ReplayProgress } from "./replay.ts";
import type { RunRecord } from "./run_record.ts";
import type { RunSpec } from "./run_spec.ts";
import { type BoundStrategies, onlyRead, plannedStrategies } from "./strategy_plan.ts";
import { candleRange } from "./used_candles.ts";

/**
 * Loads the candles that a spec asks for, look-back and the symbols that the strategy only reads included, and runs it.
 *
 * @throws {InputError} `candles` when the source has none for a market.
 */
export async function runFromSource(
  spec: RunSpec,
  strategies: BoundStrategies,
  source: CandleSource,
  progress?: ReplayProgress,
): Promise<RunRecord> {
  return await runBacktest(spec, strategies, await loadCandles(spec, strategies, source), progress);
}

/** The candles that a spec asks for, look-back, symbols that are only read and finer candles included. */
export async function loadCandles(
  spec: RunSpec,
  strategies: BoundStrategies,
  source: CandleSource,
): Promise<CandleColumns[]> {
  const length = timeframe(spec.timeframe);
  const { from, to } = candleRange(spec, strategies);
  const range = { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
  const read = onlyRead(spec, plannedStrategies(spec, strategies));
  const own = [...spec.markets, ...read].map((market) => ({ market, length }));
  const detail = spec.detail === undefined
    ? []
    : spec.markets.map((market) => ({ market, length: timeframe(spec.detail!) }));
  return await Promise.all(
    [...own, ...detail].map(({ market, length }) =>
      source.candles({ instrument: instrument(market), timeframe: length, ...range })
    ),
  );
}
