import type { InstrumentOptions } from "../market/mod.ts";
import type { Sizing } from "../orders/mod.ts";
import type { LimitSpec, RuleIdentity } from "../risk/mod.ts";
import type { CostSpec, FillRules, LiquidationRules, PositionRules } from "../simulator/mod.ts";
import type { ParameterValue } from "../strategies/mod.ts";

/** A strategy's parameters by name. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** Everything that decides a backtest, as JSON: the same spec on the same candles gives the same bytes. */
export interface RunSpec {
  readonly strategy: string;
  readonly params: ParameterValues;
  /** Markets traded on one account, all settled in one asset; each may state its grid, see `InstrumentOptions`. */
  readonly markets: readonly InstrumentOptions[];
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
    /** Identity of the strategy's rules or code. */
    readonly strategyHash: string;
    readonly data: readonly RunData[];
    /** Open time of the first candle on which the strategy could decide. */
    readonly tradedFromMs: number;
  };
}
