// What a notebook says in one line: candles, a backtest, SQL. The lake and its native addon are loaded when first used.
import { type AccountStrategy, lookupOf, tradedBy } from "./account_strategies.ts";
import { type MarketTerms, marketTerms, type TermsByMarket } from "./market_terms.ts";
import {
  bindStrategies,
  type ColumnMoney,
  explainRun,
  type Explanation,
  explanationText,
  type KnownListing,
  parseRunSpec,
  runBacktest,
  type RunFunctions,
  type RunRecord,
  type RunSpec,
  type RunSpecInput,
  type TrialMetricName,
  type UniverseSpec,
  type VenueFeed,
  withListings,
} from "./backtest/mod.ts";
import { countRun, countStudy } from "./count_run.ts";
import { DATA_DIR } from "./data_folder.ts";
import { report, showing, showingAs, type Shown, table } from "./display/mod.ts";
import type {
  FundingImportOptions,
  ImportedFile,
  ImportedFunding,
  ImportOptions,
  Lake,
  ListedMarket,
} from "./lake/mod.ts";
import { type CandleColumns, type FundingColumns, instrument } from "./market/mod.ts";
import {
  type JudgedStudy,
  judgeStudy,
  objectiveOf,
  type ParameterAxes,
  runSweep,
  sweepInput,
  type SweepPlan,
  TrialPool,
  trialsOfStudy,
} from "./research/mod.ts";
import { type LimitSpec, type RiskRule, ruleIdentity } from "./risk/mod.ts";
import {
  type FeeModel,
  type FeePayment,
  type FeeTier,
  type LiquidationRules,
  type SlippageFit,
  slippageFromFills,
  type SlippageModel,
  type SlippageSpec,
} from "./simulator/mod.ts";
import type { ParameterValue, Strategy } from "./strategies/mod.ts";
import { shownStudy } from "./study_shown.ts";
import { parseTimestamp, timeframe as checkedTimeframe } from "./time/mod.ts";

type ArrowTable = Awaited<ReturnType<Lake["sql"]>>;

let lakes: Map<string, Lake> | undefined;

async function lakeOf(dataDir: string): Promise<Lake> {
  const { Lake } = await import("./lake/mod.ts");
  lakes ??= new Map();
  let lake = lakes.get(dataDir);
  if (lake === undefined) lakes.set(dataDir, lake = new Lake(dataDir));
  return lake;
}

/** Where candles are, and which of them. */
export interface CandlesOptions {
  /** Needed where several exchanges have the market. */
  readonly exchange?: string;
  /** First open time, and the one at which to end (not included), as text: `2020`, `2024-08-05`, `2024-08-05T06:00`. */
  readonly from?: string;
  readonly to?: string;
  readonly dataDir?: string;
}

/**
 * Candles of the lake.
 *
 * @throws {InputError} `candles` when the lake does not have them, naming what it has.
 */
export async function candles(symbol: string, timeframe: string, options: CandlesOptions = {}): Promise<CandleColumns> {
  const lake = await lakeOf(options.dataDir ?? DATA_DIR);
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
  const lake = await lakeOf(options.dataDir ?? DATA_DIR);
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
  const lake = await lakeOf(options.dataDir ?? DATA_DIR);
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
  return await importCandles(options.dataDir ?? DATA_DIR, path, options);
}

/** Puts the funding of contracts into the lake; see `importFunding` of the lake for the files that it reads. */
export async function importFundingIntoLake(
  path: string,
  options: FundingImportOptions & { dataDir?: string } = {},
): Promise<ImportedFunding[]> {
  const { importFunding } = await import("./lake/mod.ts");
  return await importFunding(options.dataDir ?? DATA_DIR, path, options);
}

/** When markets were listed and delisted, as far as the lake knows; of one exchange, or of all. */
export async function listings(exchange?: string, options: { dataDir?: string } = {}): Promise<ListedMarket[]> {
  return await (await lakeOf(options.dataDir ?? DATA_DIR)).listings(exchange);
}

/**
 * The result of SQL over the views `candles` and `mark` (exchange, symbol, timeframe, open_time, open, high, low, close,
 * volume) and `funding` (exchange, symbol, time, rate, interval_ms, mark_price), in Arrow. In a notebook it shows its first
 * rows.
 */
export async function sql(text: string, options: { dataDir?: string } = {}): Promise<ArrowTable & Shown> {
  const rows = await (await lakeOf(options.dataDir ?? DATA_DIR)).sql(text);
  return showingAs(rows, () => table(rows));
}

/** Basis points: `bps(10)` is a fee of 0.1 %. The number itself, named. */
export function bps(value: number): number {
  return value;
}

/** Fees that are more than one rate; see `CostSpec` for what is meant. */
export interface FeeOptions {
  readonly makerBps?: number;
  readonly takerBps?: number;
  readonly tiers?: readonly FeeTier[];
  /** `discountFraction` is 0 unless stated. */
  readonly payFeesIn?: Omit<FeePayment, "discountFraction"> & Partial<FeePayment>;
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

/** How a backtest differs from the defaults; see `RunSpec` for what they are. */
export interface BacktestOptions {
  /** Of one strategy; of several, each states its own. */
  readonly params?: Readonly<Record<string, ParameterValue>>;
  /** True where the budgets of several strategies may add up to more than the equity. */
  readonly overlappingBudgets?: boolean;
  /** When markets were listed and delisted, as `listings()` gives it. */
  readonly listings?: readonly KnownListing[];
  /** Which markets take entries: those with the most volume; see `UniverseSpec`. */
  readonly universe?: Partial<UniverseSpec> & Pick<UniverseSpec, "top">;
  /** Candles of symbols that are read, as in `of("ETH/USDT", close)`, and not traded. */
  readonly reads?: readonly CandleColumns[];
  /**
   * Maker and taker fee in basis points; or rates, tiers and the asset that pays; or a function of your own that gives
   * the fee of a fill as a share of its notional. The function's source is part of the run's hash: write the numbers in it.
   */
  readonly fees?: number | FeeOptions | FeeModel;
  readonly fixedFeeQuote?: number;
  /** Basis points, or a model, or a function of your own that gives the slippage of a trade as a share of its price. */
  readonly slippage?: number | SlippageSpec | SlippageModel;
  /** Basis points of the price set aside for costs when an entry is sized; of functions nothing is known before. */
  readonly reserveBps?: number;
  readonly cash?: number;
  readonly leverage?: number;
  /** What liquidates positions; with the margin tiers of the `market`, see `PositionRules` for these three. */
  readonly marginMode?: "isolated" | "cross";
  readonly positionMode?: "netting" | "hedge";
  readonly liquidation?: Partial<LiquidationRules>;
  /** Funding to charge and mark prices to liquidate by, one of each a market. */
  readonly funding?: FundingColumns | readonly FundingColumns[];
  readonly mark?: CandleColumns | readonly CandleColumns[];
  /** Interest an hour of base assets that can be borrowed to sell them short on spot. */
  readonly borrow?: Readonly<Record<string, number>>;
  readonly sizing?: RunSpecInput["sizing"];
  readonly limits?: LimitSpec;
  /** Risk rules of your own, asked about every entry after the limits: functions with a name. */
  readonly rules?: readonly RiskRule[];
  readonly from?: string;
  readonly to?: string;
  /** A set by its name, or every rule; a `path` of `pessimistic` is the one of rules that state none. */
  readonly fillRules?: RunSpecInput["fillRules"] | string;
  /** Finer timeframe that orders meet, such as `1m`; its candles are given beside the others. */
  readonly detail?: string;
  /** Kind and grid of all markets, in place of what the instruments of their candles say. */
  readonly market?: MarketTerms;
  /**
   * Of single markets, by symbol or id, in place of that and of what their instruments say:
   * `{ "BTC/USDT": { tick: "0.1", takerBps: 4 }, "ETH/USDT": { kind: "linear" } }`.
   */
  readonly markets?: TermsByMarket;
  readonly seed?: number;
  /** The data folder whose ledger counts the run as a trial; the one beside the engine unless stated. */
  readonly dataDir?: string;
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

/** How a sweep differs from the defaults. */
export interface SweepOptions extends Omit<BacktestOptions, "overlappingBudgets"> {
  /** The figure that says what is best, as in `sharpe` or `calmar`; with a minus in front, the least is. */
  readonly objective?: TrialMetricName | `-${TrialMetricName}`;
  /** True: points that the strategy refuses, such as a fast average that is not the faster one, are left out. */
  readonly skipRefused?: boolean;
  /** How many of the best trials are run again candle by candle. */
  readonly certify?: number;
  /** True: each trial has `barSharpe`, too, of the returns from close to close. */
  readonly perBar?: boolean;
  /** Threads that trade the trials, all over one copy of the candles; one without it. */
  readonly workers?: number;
  /** `unrounded` keeps money in float64 without ticks, lots and digits of fees; its trades are not those of `backtest`. */
  readonly money?: ColumnMoney;
}

/**
 * Backtests every combination of some values of a strategy's parameters over the candles of one market. In a notebook the
 * study shows its best trials and, of two parameters, a heat map. Each trial in exact money counts (see
 * {@linkcode trialLedger}), and the best one is judged by all that were ever made of its family.
 *
 * @param axes Values by parameter, as in `{ fast: range(5, 50, 5), slow: range(60, 200, 10) }`; others keep their defaults, or
 * what `params` says.
 * @throws {InputError} naming the parameter, grid, setting or range that cannot be used.
 */
export async function sweep(
  strategy: Strategy,
  history: CandleColumns | readonly CandleColumns[],
  axes: ParameterAxes,
  options: SweepOptions = {},
): Promise<JudgedStudy & Shown> {
  const columns = "instrument" in history ? [history] : history;
  const { params, objective, skipRefused, certify, money, perBar, workers = 1 } = options;
  const plan: SweepPlan = {
    spec: specOf(strategy, columns, { ...options, params: {} }),
    strategy,
    axes,
    ...given("fixed", params),
    ...given("objective", objective === undefined ? undefined : objectiveOf(objective)),
    ...given("skipRefused", skipRefused),
    ...given("certify", certify),
    ...given("money", money),
    ...given("perBar", perBar),
    functions: functionsOf(options),
    feeds: feedsOf(options),
  };
  const input = sweepInput(plan, [...columns, ...options.reads ?? []]);
  const pool = workers > 1 ? new TrialPool(workers) : undefined;
  try {
    const study = await runSweep(plan, input, given("pool", pool));
    const counted = study.money === "exact"
      ? await countStudy(() => trialsOfStudy(study, input), options.dataDir)
      : null;
    const judged = judgeStudy(study, input, counted);
    return showingAs(judged, () => shownStudy(judged));
  } finally {
    pool?.close();
  }
}

function specOf(
  strategies: Strategy | readonly AccountStrategy[],
  columns: readonly CandleColumns[],
  options: BacktestOptions,
): RunSpec {
  const markets = columns.filter(({ timeframe }) => timeframe === columns[0]!.timeframe);
  const stated = parseRunSpec(
    {
      ...tradedBy(strategies, options),
      markets: marketTerms(markets.map(({ instrument: own }) => own), options),
      timeframe: markets[0]!.timeframe,
      from: options.from ?? null,
      to: options.to ?? null,
      account: accountOf(options),
      ...given("fillRules", options.fillRules as RunSpecInput["fillRules"]),
      costs: {
        ...feeOption(options.fees),
        ...given("fixedFeeQuote", options.fixedFeeQuote),
        ...slippageOption(options.slippage),
        ...given("reserveBps", options.reserveBps),
      } as RunSpecInput["costs"],
      ...given("detail", options.detail),
      ...given("universe", options.universe),
      ...given("sizing", options.sizing),
      ...given("limits", options.limits),
      ...given("rules", options.rules?.map(ruleIdentity)),
      ...given("seed", options.seed),
    } satisfies RunSpecInput,
  );
  return options.listings ? withListings(stated, options.listings) : stated;
}

function functionsOf(options: BacktestOptions): RunFunctions {
  return {
    ...given("rules", options.rules),
    ...(typeof options.fees === "function" ? { fees: options.fees } : {}),
    ...(typeof options.slippage === "function" ? { slippage: options.slippage } : {}),
  };
}

function accountOf(options: BacktestOptions): RunSpecInput["account"] {
  return {
    ...given("cashQuote", options.cash),
    ...given("leverage", options.leverage),
    ...given("marginMode", options.marginMode),
    ...given("positionMode", options.positionMode),
    ...given("liquidation", options.liquidation),
    ...given("borrow", options.borrow),
    ...(options.funding === undefined ? {} : { funding: true }),
    ...(options.mark === undefined ? {} : { markPrice: true }),
  };
}

function feedsOf({ funding = [], mark = [] }: BacktestOptions): VenueFeed[] {
  return [
    ...("rate" in funding ? [funding] : funding).map((own) => ({ funding: own })),
    ...("open" in mark ? [mark] : mark).map((own) => ({ mark: own })),
  ];
}

function feeOption(fees: BacktestOptions["fees"]) {
  if (typeof fees === "number") return { makerBps: fees, takerBps: fees };
  return typeof fees === "function" ? { fees: { kind: "custom", source: String(fees) } } : fees;
}

function slippageOption(slippage: BacktestOptions["slippage"]) {
  if (typeof slippage === "number") return { slippageBps: slippage };
  return given("slippage", typeof slippage === "function" ? { kind: "custom", source: String(slippage) } : slippage);
}

function given<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : { [name]: value } as { [key in K]: V };
}
