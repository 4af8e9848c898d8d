import type { InstrumentOptions } from "../market/mod.ts";

/** A strategy's parameters by name. */
export type ParameterValues = Readonly<Record<string, number | string | boolean>>;

/** How much is bought or sold when a strategy enters. */
export type SizingSpec =
  | { readonly kind: "equity-fraction"; readonly fraction: number }
  | { readonly kind: "fixed-notional"; readonly notionalQuote: number }
  | { readonly kind: "risk-per-trade"; readonly fraction: number };

/** Everything that decides a backtest, as JSON: the same spec on the same candles gives the same bytes. */
export interface RunSpec {
  readonly strategy: string;
  readonly params: ParameterValues;
  /** Markets traded on one account; each may state its grid, see `InstrumentOptions`. */
  readonly markets: readonly InstrumentOptions[];
  readonly timeframe: string;
  /** First and last (not included) open time as ISO text; null: as far as the data go. */
  readonly from: string | null;
  readonly to: string | null;
  readonly account: { readonly cashQuote: number; readonly leverage: number };
  /** Name of a fill rule set, `default` unless another engine is to be reproduced. */
  readonly fillRules: string;
  readonly costs: { readonly makerBps: number; readonly takerBps: number; readonly slippageBps: number };
  readonly sizing: SizingSpec;
  readonly seed: number;
}

/** What a finished run adds to its spec. A manifest is itself a valid spec: `backtest --spec manifest.json` repeats it. */
export interface RunManifest extends RunSpec {
  readonly run: {
    readonly hash: string;
    readonly engineVersion: string;
    /** Identity of the strategy's rules or code. */
    readonly strategyHash: string;
    /** Per market: SHA-256 over the candles used, their number and range. */
    readonly data: readonly {
      readonly instrument: string;
      readonly sha256: string;
      readonly candles: number;
      readonly originMs: number;
      readonly fromMs: number;
      readonly toMs: number;
    }[];
  };
}
