import type { InstrumentOptions } from "../market/mod.ts";
import type { Sizing } from "../orders/mod.ts";
import type { LimitSpec, RuleIdentity } from "../risk/mod.ts";
import type { CostSpec, FillRules, LiquidationRules, PositionRules } from "../simulator/mod.ts";
import type { ParameterValue } from "../strategies/mod.ts";

/** A strategy's parameters by name. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** A market of a run: what it is, and its life at its venue where that is known. */
export interface MarketSpec extends InstrumentOptions {
  /** ISO text: no entry before. */
  readonly listedAt?: string;
  /** ISO text: what is held then is closed at the last trade. */
  readonly delistedAt?: string;
}

/** A point-in-time universe: only what was known at each ranking decides, among the markets that were listed then. */
export interface UniverseSpec {
  /** By volume × (high + low + close) ÷ 3, quote units, over whole days, UTC. */
  readonly rank: "quote-volume";
  /** Markets that take entries, at most. */
  readonly top: number;
  readonly lookbackDays: number;
  /** Ranked at the first close at or after each boundary; `7d` is counted from 1970-01-01, a Thursday. */
  readonly every: "1d" | "7d" | "1M";
  /** What becomes of a position whose market leaves: kept until its strategy exits, or closed. */
  readonly onLeave: "keep" | "close";
}

/** One of several strategies on an account. */
export interface StrategySpec {
  /** Its name on the account, in trades and notes: the strategy's own unless stated. */
  readonly id: string;
  readonly strategy: string;
  readonly params: ParameterValues;
  /** Ids of its markets, such as `binance:BTC/USDT`; all of the run's without. */
  readonly markets?: readonly string[];
  /** Coarser than the run's: it decides when a candle of this length ends. */
  readonly timeframe?: string;
  /** Share of the equity that its sizes count from and that it may bind; without, the whole account. */
  readonly budgetFraction?: number;
  /** In place of the run's. */
  readonly sizing?: Sizing;
}

/** Everything that decides a backtest, as JSON: the same spec on the same candles gives the same bytes. */
export interface RunSpec {
  /** The one strategy with its parameters; or, in their place, `strategies`. */
  readonly strategy?: string;
  readonly params?: ParameterValues;
  /** Several on one account, by their names. */
  readonly strategies?: readonly StrategySpec[];
  /** True where the budgets may add up to more than the equity: then who asks first is served. */
  readonly overlappingBudgets?: boolean;
  /** Markets traded on one account in the order of their ids, all settled in one asset; each may state its grid, see `InstrumentOptions`. */
  readonly markets: readonly MarketSpec[];
  /** Which of the markets take entries: those with the most volume, ranked again and again; all without it. */
  readonly universe?: UniverseSpec;
  readonly timeframe: string;
  /** Finer timeframe whose candles orders meet, so that the way inside a candle is known; decisions stay as they are. */
  readonly detail?: string;
  /** First open time, and the one at which to end (not included), as ISO text; null: as far as the data go. */
  readonly from: string | null;
  readonly to: string | null;
  readonly account: {
    readonly cashQuote: number;
    /** Margin of contracts: 1 trades no more than the equity. Spot knows none. */
    readonly leverage: number;
    /** Fee, price and basis of liquidations; see `LiquidationRules`. */
    readonly liquidation?: LiquidationRules;
    /** Charge the funding of the contracts, of which a feed is needed. */
    readonly funding?: boolean;
    /** Liquidate by the mark price instead of the traded one, of which a feed is needed. */
    readonly markPrice?: boolean;
    /** True where orders that rest hold the balance that they would sell: see `TraderConfig.exitsLock`. */
    readonly exitsLock?: boolean;
    /** Base assets that can be borrowed to sell them short on spot, with their interest an hour. */
    readonly borrow?: Readonly<Record<string, number>>;
  } & Pick<PositionRules, "marginMode" | "positionMode">;
  readonly fillRules: FillRules;
  readonly costs: CostSpec;
  readonly sizing: Sizing;
  /** Limits of the account beside the checks that every order passes; none unless stated. */
  readonly limits: LimitSpec;
  /** Risk rules of the user's own; whoever repeats the run has to pass the same functions. */
  readonly rules?: readonly RuleIdentity[];
  /** Seed of everything random in the run. */
  readonly seed: number;
}

/** The candles that a run used of one market. */
export interface RunData {
  readonly instrument: string;
  /** SHA-256 over the columns' bytes, open times first. */
  readonly sha256: string;
  /** Of finer candles: their timeframe. */
  readonly timeframe?: string;
  readonly candles: number;
  /** Open time of the first candle fed, warm-up included. */
  readonly originMs: number;
  /** Open time of the last candle fed. */
  readonly lastMs: number;
  /** The funding and the mark prices that it used, where it did; digests as that of the candles. */
  readonly funding?: { readonly sha256: string; readonly settlements: number };
  readonly mark?: { readonly sha256: string; readonly candles: number };
}

/** What a finished run adds to its spec. A manifest is itself a valid spec: `backtest --spec manifest.json` repeats it. */
export interface RunManifest extends RunSpec {
  readonly run: {
    /** SHA-256 over everything else in the manifest. */
    readonly hash: string;
    readonly engineVersion: string;
    /** Identity of the strategy's rules or code; of several, over all of them. */
    readonly strategyHash: string;
    readonly data: readonly RunData[];
    /** Open time of the first candle on which the strategy could decide. */
    readonly tradedFromMs: number;
  };
}
