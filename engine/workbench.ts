// What a notebook says in one line: candles, a backtest, SQL. The lake and its native addon are loaded when first used.
import { parseRunSpec, runBacktest, type RunRecord, type RunSpecInput } from "./backtest/mod.ts";
import { report, showingAs, type Shown, table } from "./display/mod.ts";
import type { ImportedFile, ImportOptions, Lake } from "./lake/mod.ts";
import { type CandleColumns, instrument, type InstrumentOptions } from "./market/mod.ts";
import { type LimitSpec, type RiskRule, ruleIdentity } from "./risk/mod.ts";
import type { FillRules, SlippageSpec } from "./simulator/mod.ts";
import type { ParameterSchema, ParameterValue, Strategy } from "./strategies/mod.ts";
import { parseTimestamp, timeframe as checkedTimeframe } from "./time/mod.ts";

/** The data folder beside the engine, wherever the notebook or program that uses it runs. */
const DATA_DIR = decodeURIComponent(new URL("../data", import.meta.url).pathname);

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

/** Puts a file or a folder of candles into the lake; see `importCandles` of the lake for the options. */
export async function importIntoLake(
  path: string,
  options: ImportOptions & { dataDir?: string } = {},
): Promise<ImportedFile[]> {
  const { importCandles } = await import("./lake/mod.ts");
  return await importCandles(options.dataDir ?? DATA_DIR, path, options);
}

/**
 * The result of SQL over the view `candles(exchange, symbol, timeframe, open_time, open, high, low, close, volume)`, in
 * Arrow. In a notebook it shows its first rows.
 */
export async function sql(text: string, options: { dataDir?: string } = {}): Promise<ArrowTable & Shown> {
  const rows = await (await lakeOf(options.dataDir ?? DATA_DIR)).sql(text);
  return showingAs(rows, () => table(rows));
}

/** Basis points: `bps(10)` is a fee of 0.1 %. The number itself, named. */
export function bps(value: number): number {
  return value;
}

/** How a backtest differs from the defaults; see `RunSpec` for what they are. */
export interface BacktestOptions {
  readonly params?: Readonly<Record<string, ParameterValue>>;
  /** Maker and taker fee, basis points. */
  readonly fees?: number;
  readonly fixedFeeQuote?: number;
  /** Basis points, or a model. */
  readonly slippage?: number | SlippageSpec;
  readonly cash?: number;
  readonly leverage?: number;
  readonly sizing?: RunSpecInput["sizing"];
  readonly limits?: LimitSpec;
  /** Risk rules of your own, asked about every entry after the limits: functions with a name. */
  readonly rules?: readonly RiskRule[];
  readonly from?: string;
  readonly to?: string;
  readonly fillRules?: FillRules | string;
  /** Kind and grid of the markets, where they are not spot with a grid of 10⁻⁸. */
  readonly market?: Omit<InstrumentOptions, "exchange" | "symbol">;
  readonly seed?: number;
}

/**
 * Runs a strategy over candles of one market, or of several on one account. In a notebook the run shows its report.
 *
 * @throws {InputError} naming the parameter, setting or range that cannot be used.
 */
export async function backtest<S extends ParameterSchema>(
  strategy: Strategy<S>,
  history: CandleColumns | readonly CandleColumns[],
  options: BacktestOptions = {},
): Promise<RunRecord & Shown> {
  const markets = "instrument" in history ? [history] : history;
  const bound = strategy.bind(options.params ?? {});
  const spec: RunSpecInput = {
    strategy: strategy.id,
    params: { ...bound.params },
    markets: markets.map(({ instrument: { exchange, symbol } }) => ({ ...options.market, exchange, symbol })),
    timeframe: markets[0]!.timeframe,
    from: options.from ?? null,
    to: options.to ?? null,
    account: { ...given("cashQuote", options.cash), ...given("leverage", options.leverage) },
    ...given("fillRules", options.fillRules as FillRules | undefined),
    costs: {
      ...given("makerBps", options.fees),
      ...given("takerBps", options.fees),
      ...given("fixedFeeQuote", options.fixedFeeQuote),
      ...slippageOption(options.slippage),
    },
    ...given("sizing", options.sizing),
    ...given("limits", options.limits),
    ...given("rules", options.rules?.map(ruleIdentity)),
    ...given("seed", options.seed),
  };
  const run = await runBacktest(parseRunSpec(spec), bound, markets, undefined, options.rules);
  return showingAs(run, () => report(run));
}

function slippageOption(slippage: number | SlippageSpec | undefined) {
  return typeof slippage === "number" ? { slippageBps: slippage } : given("slippage", slippage);
}

function given<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : { [name]: value } as { [key in K]: V };
}
