import { type CandleColumns, type CandleSource, instrument } from "../market/mod.ts";
import { compileStream } from "../series/mod.ts";
import type { BoundStrategy } from "../strategies/mod.ts";
import { timeframe } from "../time/mod.ts";
import { candleRange, runBacktest } from "./backtest.ts";
import type { ReplayProgress } from "./replay.ts";
import type { RunRecord } from "./run_record.ts";
import type { RunSpec } from "./run_spec.ts";

/**
 * Loads the candles that a spec asks for, look-back and the symbols that the strategy only reads included, and runs it.
 *
 * @throws {InputError} `candles` when the source has none for a market.
 */
export async function runFromSource(
  spec: RunSpec,
  strategy: BoundStrategy,
  source: CandleSource,
  progress?: ReplayProgress,
): Promise<RunRecord> {
  return await runBacktest(spec, strategy, await loadCandles(spec, strategy, source), progress);
}

/** The candles that a spec asks for, look-back, symbols that are only read and finer candles included. */
export async function loadCandles(
  spec: RunSpec,
  strategy: BoundStrategy,
  source: CandleSource,
): Promise<CandleColumns[]> {
  const length = timeframe(spec.timeframe);
  const { from, to } = candleRange(spec, strategy);
  const range = { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) };
  const traded = new Set(spec.markets.map((market) => market.symbol));
  const { symbols } = compileStream(strategy.series, length, spec.markets[0]!.symbol);
  const onlyRead = symbols.filter((symbol) => !traded.has(symbol))
    .map((symbol) => ({ exchange: spec.markets[0]!.exchange, symbol }));
  const detail = spec.detail === undefined
    ? []
    : spec.markets.map((market) => ({ market, length: timeframe(spec.detail!) }));
  const own = [...spec.markets, ...onlyRead].map((market) => ({ market, length }));
  return await Promise.all(
    [...own, ...detail].map(({ market, length }) =>
      source.candles({ instrument: instrument(market), timeframe: length, ...range })
    ),
  );
}
