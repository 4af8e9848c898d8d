import type { ReportDocument } from "./engine.ts";

/** What the data loader of a backtest page writes. */
export interface BacktestData {
  readonly report: ReportDocument;
  /** Headline of the study of its robustness; null where there is none. */
  readonly verdict: string | null;
  /** The last candles of the run's first market, unmerged; null when the lake no longer has the candles of the run. */
  readonly recent: RecentCandles | null;
  readonly venue: VenueNotes;
}

/** What the venue did to the account beside filling orders; each is absent where nothing of it happened. */
export interface VenueNotes {
  /** Positions that it closed, in order; amounts in the settlement asset. */
  readonly liquidations?: readonly Liquidation[];
  /** Settlements that were due and that nobody has. */
  readonly missingFunding?: readonly {
    readonly instrument: string;
    readonly count: number;
    readonly firstTimeMs: number;
  }[];
  /** Candles without a mark price. */
  readonly missingMarks?: number;
  /** The third asset that paid fees, in units of it. */
  readonly feeBalance?: {
    readonly asset: string;
    readonly startAmount: number;
    readonly endAmount: number;
    readonly shortFills: number;
  };
}

/** A position that the venue closed. */
export interface Liquidation {
  readonly instrument: string;
  readonly timeMs: number;
  /** Signed. */
  readonly quantity: number;
  readonly price: number;
  readonly markPrice: number;
  readonly fee: number;
  /** What the insurance fund received (above 0) or paid. */
  readonly insurance: number;
}

/** What the loader of explanations writes: one entry a trade, or why there is none. */
export type ExplanationData =
  | { readonly missing: string }
  | {
    readonly labels: readonly string[];
    readonly decisions: readonly ExplainedDecisionData[];
    readonly trades: readonly {
      readonly entry: ExplainedSideData;
      readonly exit: ExplainedSideData | ExplainedTakeoverData;
    }[];
    /** What each rule says of a price. */
    readonly ruleTexts: Readonly<Record<string, string>>;
  };

/** A candle without names, as there are many: open time, open, high, low, close, volume. */
export type CandleData = readonly [
  openTimeMs: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
];

/** What a strategy saw at a close, and what it asked for. */
export interface ExplainedDecisionData {
  readonly instrument: string;
  readonly decidedAtMs: number;
  readonly candle: CandleData;
  /** Number of the label of its first value. */
  readonly firstLabel: number;
  /** One a label, from the first on; null where unknown. */
  readonly values: readonly (number | null)[];
  readonly equity: number;
  readonly position: number;
  readonly entryPrice: number | null;
  readonly orders: readonly ExplainedOrderData[];
}

/** An order and the answer of the risk rules. */
export interface ExplainedOrderData {
  readonly id: string;
  readonly slot: string;
  readonly side: string;
  readonly kind: string;
  readonly quantity: number;
  readonly price: number | null;
  readonly reason: string;
  readonly refusal: { readonly code: string; readonly reason: string } | null;
  /** The rules that made it smaller. */
  readonly shrunk: readonly { readonly code: string; readonly reason: string }[];
}

/** The order behind one side of a trade, and its fill. */
export interface ExplainedSideData {
  /** Number of the decision. */
  readonly decision: number;
  readonly order: ExplainedOrderData;
  readonly sentAtMs: number;
  readonly fill: {
    readonly timeMs: number;
    readonly price: number;
    readonly quantity: number;
    readonly basis: { readonly rule: string; readonly unslipped: number };
    readonly fee: number;
    readonly feeAsset: string;
    readonly liquidity: string;
  };
  readonly candle: CandleData;
  /** Of that candle. */
  readonly timeframe: string;
}

/** The end of a trade whose position the venue took over; amounts in the settlement asset. */
export interface ExplainedTakeoverData {
  /** Number of the last decision before it. */
  readonly decision: number;
  readonly liquidation: {
    readonly timeMs: number;
    readonly quantity: number;
    readonly price: number;
    readonly markPrice: number;
    readonly fee: number;
    /** What the insurance fund received (above 0) or paid. */
    readonly insurance: number;
    readonly candleOf: "mark" | "trades";
  };
  readonly candle: CandleData;
  /** Of that candle. */
  readonly timeframe: string;
}

/** Candles as JSON, oldest first. */
export interface RecentCandles {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly openTimeMs: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
}

/** A run in the list of all runs; figures are null where they are not defined. */
export interface RunSummary {
  readonly hash: string;
  readonly strategy: string;
  /** Parameters as `fast=10 slow=50`. */
  readonly params: string;
  readonly markets: string;
  readonly exchange: string;
  readonly timeframe: string;
  /** First and last moment of the account; null of a run without a candle. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly totalReturnFraction: number | null;
  readonly cagrFraction: number | null;
  readonly sharpe: number | null;
  readonly maxDrawdownFraction: number | null;
  readonly trades: number;
  /** Equity ÷ starting cash at a few moments, enough to draw it small. */
  readonly curve: { readonly timeMs: readonly number[]; readonly growth: readonly number[] };
}

/** A study as the list of studies shows it. */
export interface StudySummary {
  readonly id: string;
  readonly kind: "sweep" | "search" | "walk-forward";
  readonly strategy: string;
  readonly markets: string;
  readonly timeframe: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Trials of a sweep or a search, windows of a walk. */
  readonly count: number;
  /** Of the best trial, or of all tests of a walk together. */
  readonly sharpe: number | null;
  /** Deflated of a best trial, probabilistic of a walk. */
  readonly probability: number | null;
  readonly pbo: number | null;
}
