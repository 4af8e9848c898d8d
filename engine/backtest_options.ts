// How a backtest of a notebook differs from the defaults, and the run spec that it makes.
import { type AccountStrategy, tradedBy } from "./account_strategies.ts";
import {
  type KnownListing,
  parseRunSpec,
  type RunFunctions,
  type RunSpec,
  type RunSpecInput,
  type UniverseSpec,
  type VenueFeed,
  withListings,
} from "./backtest/mod.ts";
import type { CandleColumns, FundingColumns } from "./market/mod.ts";
import { type MarketTerms, marketTerms, type TermsByMarket } from "./market_terms.ts";
import { type LimitSpec, type RiskRule, ruleIdentity } from "./risk/mod.ts";
import type { FeeModel, FeePayment, FeeTier, LiquidationRules, SlippageModel, SlippageSpec } from "./simulator/mod.ts";
import type { ParameterValue, Strategy } from "./strategies/mod.ts";

/** Fees that are more than one rate; see `CostSpec` for what is meant. */
export interface FeeOptions {
  readonly makerBps?: number;
  readonly takerBps?: number;
  readonly tiers?: readonly FeeTier[];
  /** `discountFraction` is 0 unless stated. */
  readonly payFeesIn?: Omit<FeePayment, "discountFraction"> & Partial<FeePayment>;
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

/** The run spec that the options of a notebook say. */
export function specOf(
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

/** Functions among the options, which a spec cannot hold. */
export function functionsOf(options: BacktestOptions): RunFunctions {
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

/** Funding and mark prices among the options. */
export function feedsOf({ funding = [], mark = [] }: BacktestOptions): VenueFeed[] {
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

/** A field that is there only where it has a value. */
export function given<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : { [name]: value } as { [key in K]: V };
}
