// What a notebook says in one line: candles, a backtest, SQL. The lake and its native addon are loaded when first used.
import { type AccountStrategy, lookupOf } from "./account_strategies.ts";
import {
  bindStrategies,
  explainRun,
  type Explanation,
  explanationText,
  runBacktest,
  type RunRecord,
} from "./backtest/mod.ts";
import { type BacktestOptions, feedsOf, functionsOf, specOf } from "./backtest_options.ts";
import { countRun } from "./count_run.ts";
import { report, showing, showingAs, type Shown, table } from "./display/mod.ts";
import type {
  FundingImportOptions,
  ImportedFile,
  ImportedFunding,
  ImportOptions,
  Lake,
  ListedMarket,
} from "./lake/mod.ts";
import { lakePlace } from "./lake_place.ts";
import { type CandleColumns, type FundingColumns, instrument } from "./market/mod.ts";
import { type SlippageFit, slippageFromFills } from "./simulator/mod.ts";
import type { Strategy } from "./strategies/mod.ts";
import { parseTimestamp, timeframe as checkedTimeframe } from "./time/mod.ts";

type ArrowTable = Awaited<ReturnType<Lake["sql"]>>;

let lakes: Map<string, Lake> | undefined;

async function lakeOf(dataDir?: string): Promise<Lake> {
  const { Lake } = await import("./lake/mod.ts"), place = await lakePlace(dataDir);
  const name = typeof place === "string" ? place : place.root;
  lakes ??= new Map();
  let lake = lakes.get(name);
  if (lake === undefined) lakes.set(name, lake = new Lake(place));
  return lake;
}

/** Where candles are, and which of them. */
export interface CandlesOptions {
  /** Needed where several exchanges have the market. */
  readonly exchange?: string;
  /** First open time, and the one at which to end (not included), as text: `2020`, `2024-08-05`, `2024-08-05T06:00`. */
  readonly from?: string;
  readonly to?: string;
  /** Folder of the lake; without it the bucket that `LAKE_URL` names, or the data folder. */
  readonly dataDir?: string;
}

/**
 * Candles of the lake.
 *
 * @throws {InputError} `candles` when the lake does not have them, naming what it has.
 */
export async function candles(symbol: string, timeframe: string, options: CandlesOptions = {}): Promise<CandleColumns> {
  const lake = await lakeOf(options.dataDir);
  const exchange = options.exchange ?? await lake.exchangeOf(symbol, timeframe);
  return await lake.candles({
    instrument: instrument({ exchange, symbol }),
    timeframe: checkedTimeframe(timeframe),
    ...(options.from === undefined ? {} : { from: parseTimestamp(options.from) }),
    ...(options.to === undefined ? {} : { to: parseTimestamp(options.to) }),
  });
}

/** Candles of a contract's mark price, for `backtest(strategy, btc, { mark })`. @throws {InputError} `mark` where the lake has none. */
export async function markPrices(
  symbol: string,
  timeframe: string,
  options: CandlesOptions = {},
): Promise<CandleColumns> {
  const lake = await lakeOf(options.dataDir);
  const exchange = options.exchange ?? await lake.exchangeOf(symbol, timeframe, "mark");
  return await lake.mark({
    instrument: instrument({ exchange, symbol }),
    timeframe: checkedTimeframe(timeframe),
    ...(options.from === undefined ? {} : { from: parseTimestamp(options.from) }),
    ...(options.to === undefined ? {} : { to: parseTimestamp(options.to) }),
  });
}

/** All settlements of a contract, for `backtest(strategy, btc, { funding })`. @throws {InputError} `funding` where the lake has none. */
export async function fundingRates(
  symbol: string,
  options: { exchange?: string; dataDir?: string } = {},
): Promise<FundingColumns> {
  const lake = await lakeOf(options.dataDir);
  const exchange = options.exchange ?? await lake.fundingExchangeOf(symbol);
  return await lake.funding(instrument({ exchange, symbol }));
}

/**
 * Puts a file or a folder into the lake: candles, or with `kind: "mark"` those of the mark price; see `importCandles` of
 * the lake for the options.
 */
export async function importIntoLake(
  path: string,
  options: ImportOptions & { dataDir?: string } = {},
): Promise<ImportedFile[]> {
  const { importCandles } = await import("./lake/mod.ts");
  return await importCandles(await lakePlace(options.dataDir), path, options);
}

/** Puts the funding of contracts into the lake; see `importFunding` of the lake for the files that it reads. */
export async function importFundingIntoLake(
  path: string,
  options: FundingImportOptions & { dataDir?: string } = {},
): Promise<ImportedFunding[]> {
  const { importFunding } = await import("./lake/mod.ts");
  return await importFunding(await lakePlace(options.dataDir), path, options);
}

/** When markets were listed and delisted, as far as the lake knows; of one exchange, or of all. */
export async function listings(exchange?: string, options: { dataDir?: string } = {}): Promise<ListedMarket[]> {
  return await (await lakeOf(options.dataDir)).listings(exchange);
}

/**
 * The result of SQL over the views `candles` and `mark` (exchange, symbol, timeframe, open_time, open, high, low, close,
 * volume) and `funding` (exchange, symbol, time, rate, interval_ms, mark_price), in Arrow. In a notebook it shows its first
 * rows.
 */
export async function sql(text: string, options: { dataDir?: string } = {}): Promise<ArrowTable & Shown> {
  const rows = await (await lakeOf(options.dataDir)).sql(text);
  return showingAs(rows, () => table(rows));
}

/** Basis points: `bps(10)` is a fee of 0.1 %. The number itself, named. */
export function bps(value: number): number {
  return value;
}

/**
 * A slippage model from recorded fills: `fills.parquet` of a run, or a CSV file with time, side, quantity, price and, where
 * known, referencePrice. `backtest(strategy, btc, { slippage: (await fittedSlippage("fills.csv", btc)).slippage })`.
 *
 * @param history Candles of the market that was traded, of the timeframe of the backtests that are to use the model.
 * @throws {InputError} `fill-file` when the file cannot be read, `slippage` when its fills do not tell enough.
 */
export async function fittedSlippage(path: string, history: CandleColumns): Promise<SlippageFit> {
  const { readFills } = await import("./lake/mod.ts");
  return slippageFromFills(await readFills(path, history.instrument.symbol), history);
}

/**
 * Runs a strategy, or several on one account, over candles of one market or more; those of the first timeframe are
 * traded. In a notebook the run shows its report. Each different run counts as a trial; see {@linkcode trialLedger}. Of
 * several strategies each states its parameters and its budget:
 * `backtest([{ strategy: smaCross, budget: 0.6 }, { strategy: rsiReversion, budget: 0.4, timeframe: "4h" }], [btc, eth])`.
 *
 * @throws {InputError} naming the parameter, setting or range that cannot be used.
 * @example Costs of your own: two functions, whose sources are part of the run's hash.
 * ```ts
 * import { candleColumns, instrument, type TimestampMs, timeframe } from "./mod.ts";
 * import { backtest, buyAndHold } from "./mod.ts";
 *
 * const closes = [100, 101, 103, 102, 104];
 * const btc = candleColumns(instrument({ exchange: "my-venue", symbol: "BTC/USD" }), timeframe("1h"), closes.map((at, i) => ({
 *   openTimeMs: i * 3_600_000 as TimestampMs, open: at, high: at + 1, low: at - 1, close: at, volume: 50,
 * })));
 *
 * const run = await backtest(buyAndHold, btc, {
 *   slippage: ({ quantity, volume }) => 0.0002 + 0.1 * (quantity / volume) ** 2, // share of the price
 *   fees: ({ liquidity, notionalQuote }) => liquidity === "maker" ? -0.0001 : Math.max(0.001, 1 / notionalQuote), // of the notional
 *   reserveBps: 100, // set aside when an entry is sized
 * });
 * run.fills[0]; // price against referencePrice, fee, feeAsset …
 * run.manifest.costs; // says by which functions
 * ```
 */
export async function backtest(
  strategies: Strategy | readonly AccountStrategy[],
  history: CandleColumns | readonly CandleColumns[],
  options: BacktestOptions = {},
): Promise<RunRecord & Shown> {
  const { spec, bound, candles, functions, feeds } = prepared(strategies, history, options);
  const run = await runBacktest(spec, bound, candles, undefined, functions, feeds);
  await countRun(run, options.dataDir);
  return showingAs(run, () => report(run));
}

/**
 * Takes a backtest apart at a moment, as `backtest --explain` does: what the rules saw at the last close by then, what the
 * risk rules said, what was sent and filled until the next close, and which rule set each price. In a notebook it shows
 * itself as text.
 *
 * @param time As text: `2024-08-05T06:00`, UTC.
 * @param options Those of the backtest.
 * @throws {InputError} `explain` when the moment lies outside the candles, else as `backtest` does.
 */
export function explain(
  strategies: Strategy | readonly AccountStrategy[],
  history: CandleColumns | readonly CandleColumns[],
  time: string,
  options: BacktestOptions = {},
): Explanation & Shown {
  const { spec, bound, candles, functions, feeds } = prepared(strategies, history, options);
  const explanation = explainRun(spec, bound, candles, parseTimestamp(time), functions, feeds);
  return showing(explanation, () => ({ "text/plain": explanationText(explanation) }));
}

/** A backtest's spec, with all that a spec cannot hold. */
function prepared(
  strategies: Strategy | readonly AccountStrategy[],
  history: CandleColumns | readonly CandleColumns[],
  options: BacktestOptions,
) {
  const columns = "instrument" in history ? [history] : history;
  const spec = specOf(strategies, columns, options);
  return {
    spec,
    bound: bindStrategies(spec, lookupOf(strategies)),
    candles: [...columns, ...options.reads ?? []],
    functions: functionsOf(options),
    feeds: feedsOf(options),
  };
}
