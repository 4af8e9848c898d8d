import type { AmbiguousExit, EquityCurve, Holdings, OpenTrade, Trade } from "../portfolio/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { RunFill } from "./run_fill.ts";
import type { LiquidationFacts } from "./explained_takeover.ts";
import type { RunManifest } from "./run_spec.ts";
import type { StrategyNote } from "./strategy_note.ts";

/** All that is kept of a run, as `data/runs/<hash>/` holds it. */
export interface RunRecord {
  readonly manifest: RunManifest;
  readonly trades: readonly Trade[];
  /** Every execution, in order; the trades are made of them. */
  readonly fills: readonly RunFill[];
  readonly equity: EquityCurve;
  /** What each strategy held and earned on each market. */
  readonly holdings: Holdings;
  /** Figures by name; null where a figure is not defined (a ratio without variance). */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** What happened on the way from signals to fills, and what a reader of the figures should know. */
  readonly notes: RunNotes;
}

/** What a run had of a third asset to pay fees with, and what became of it, in units of the asset. */
export interface FeeBalanceNote {
  readonly asset: string;
  readonly startAmount: number;
  readonly endAmount: number;
  /** Fills whose fee it did not reach for: they were charged in the usual asset. */
  readonly shortFills: number;
}

/** An entry in a candle that reached two of one group. */
export interface AmbiguousEntry {
  /** Open time of the candle. */
  readonly timeMs: TimestampMs;
  readonly instrument: string;
  /** The strategy's name on the account. */
  readonly strategy: string;
}

/** Counts and warnings of a run. */
export interface RunNotes {
  /** From signals to fills: what each name counts stands at `TraderState.funnel`. */
  readonly funnel: Readonly<Record<string, number>>;
  /** Candles in which stop and target were both touched; the stop was taken. */
  readonly ambiguousFills: number;
  /** Each of them, oldest first; absent in runs that were kept before these were listed. */
  readonly ambiguousExits?: readonly AmbiguousExit[];
  /**
   * Entries that filled in a candle that also reached another entry of which one cancels the other, oldest first: the
   * way inside the candle that decided is an assumption. Absent without any.
   */
  readonly ambiguousEntries?: readonly AmbiguousEntry[];
  /** Entries that the funds cut short. */
  readonly cutEntries: number;
  /** Settlements of funding that were due while a position was open and that nobody has: nothing was charged. */
  readonly missingFunding?: readonly {
    readonly instrument: string;
    readonly count: number;
    readonly firstTimeMs: TimestampMs;
  }[];
  /** Candles without a mark price; the traded one stood in. */
  readonly missingMarks?: number;
  /** Positions that the venue closed, in order; amounts in the settlement asset. */
  readonly liquidations?: readonly LiquidationFacts[];
  /** What is still held at the end, in order of entry: in the equity, not in the trades. */
  readonly openTrades: readonly OpenTrade[];
  /** Cash and what pays the fees, at the start; absent where that is the cash alone. */
  readonly startingEquityQuote?: number;
  /** The third asset that paid fees; absent without one. */
  readonly feeBalance?: FeeBalanceNote;
  /** What each did, where several strategies shared the account. */
  readonly strategies?: readonly StrategyNote[];
  /** Sentences for the reader, in plain words. */
  readonly warnings: readonly string[];
}
