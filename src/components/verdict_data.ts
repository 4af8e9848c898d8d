// What the data loader of a verdict page writes: the study of a run's robustness as it is kept, as far as pages show it.
import type { HistogramTable } from "./engine.ts";

type Figure = number | null;
/** A part of the study, or why there is none. */
export type Part<T> = T | { readonly reason: string };

/** True where a part was made. */
export function isMade<T extends object>(part: Part<T>): part is T {
  return !("reason" in part);
}

/** What a history came to. */
export interface AccountFigures {
  readonly totalReturnFraction: number;
  readonly cagrFraction: Figure;
  readonly sharpe: Figure;
  readonly maxDrawdownFraction: number;
}

/** A figure over many drawn histories. */
export interface Spread {
  readonly samples: number;
  readonly p05: Figure;
  readonly p25: Figure;
  readonly median: Figure;
  readonly p75: Figure;
  readonly p95: Figure;
  readonly actual: Figure;
  readonly histogram: HistogramTable | null;
}

/** Histories that were drawn. */
export interface Drawn {
  readonly samples: number;
  readonly totalReturn: Spread;
  readonly profitableFraction: Figure;
  readonly beatsHoldingFraction: Figure;
}

/** A finding for or against. */
export interface Point {
  readonly rule: string;
  readonly weight: "fatal" | "thin" | "doubt" | "good";
  readonly sentence: string;
}

/** Something that would have to be true; `held` says whether it was so, null where nobody can know. */
export interface NeededCondition {
  readonly sentence: string;
  readonly held: boolean | null;
}

/** What a study comes to, in words. */
export interface VerdictWords {
  readonly headline: string;
  readonly summary: string;
  readonly conditions: readonly NeededCondition[];
  readonly against: readonly Point[];
  readonly inFavour: readonly Point[];
  readonly unknown: readonly string[];
}

/** One year of the run beside holding. */
export interface YearFigures {
  readonly year: number;
  readonly returnFraction: number;
  readonly heldReturnFraction: number;
  readonly growthShareFraction: Figure;
}

/** A window of the run beside holding. */
export interface CrisisFigures {
  readonly name: string;
  readonly run: { readonly returnFraction: number; readonly maxDrawdownFraction: number };
  readonly held: { readonly returnFraction: number; readonly maxDrawdownFraction: number };
  readonly exposureFraction: number;
}

/** The study behind a verdict page. */
export interface VerdictData {
  readonly run: {
    readonly hash: string;
    readonly strategy: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly markets: readonly string[];
    readonly timeframe: string;
    readonly fromMs: number;
    readonly toMs: number;
    readonly cashQuote: number;
    readonly engineVersion: string;
  };
  readonly settings: {
    readonly samples: number;
    readonly tradeSamples: number;
    readonly seed: number;
    readonly blockCandles: number;
  };
  readonly path: string;
  readonly why: string | null;
  readonly replays: number;
  readonly interrupted: boolean;
  readonly actual: AccountFigures & { readonly tradeCount: number };
  readonly held: AccountFigures;
  readonly tradeOrder: Part<{
    readonly trades: number;
    readonly samples: number;
    readonly shuffledDrawdown: Spread;
    readonly drawnReturn: Spread;
    readonly lossProbability: Figure;
    readonly ruinProbability: Figure;
    readonly ruinFraction: number;
    readonly drawdownProbabilities: readonly { readonly depthFraction: number; readonly probability: Figure }[];
    readonly fan: {
      readonly trade: readonly number[];
      readonly p05: readonly number[];
      readonly median: readonly number[];
      readonly p95: readonly number[];
      readonly actual: readonly number[];
    };
  }>;
  readonly skipped: Part<{
    readonly levels: readonly {
      readonly skipFraction: number;
      readonly totalReturn: Spread;
      readonly profitableFraction: Figure;
    }[];
  }>;
  readonly bootstrap: { readonly movingBlock: Part<Drawn>; readonly stationary: Part<Drawn> };
  readonly noise: Part<{ readonly levels: readonly (Drawn & { readonly rangeFraction: number })[] }>;
  readonly costs: Part<{
    readonly feeBps: Figure;
    readonly slippageBps: Figure;
    readonly breakEvenBps: Figure;
    readonly free: AccountFigures;
    readonly levels: readonly { readonly multiple: number; readonly figures: AccountFigures }[];
  }>;
  readonly late: Part<{
    readonly delays: readonly {
      readonly delayMs: number;
      readonly isOneBar: boolean;
      readonly figures: AccountFigures;
    }[];
  }>;
  readonly crisis: {
    readonly windows: readonly CrisisFigures[];
    readonly missing: readonly { readonly name: string }[];
  };
  readonly capacity: Part<{
    readonly annualReturnFraction: number;
    readonly halfAtQuote: Figure;
    readonly zeroAtQuote: Figure;
    readonly participationAtQuote: Figure;
    readonly settings: { readonly impactCoefficient: number; readonly participationFraction: number };
    readonly curve: readonly { readonly equityQuote: number; readonly annualReturnFraction: number }[];
  }>;
  readonly entries: Part<{
    readonly samples: number;
    readonly gross: Spread;
    readonly pValue: number;
    readonly rotatedPValue: number;
  }>;
  readonly sources: Part<{ readonly years: readonly YearFigures[] }>;
  readonly evidence: {
    readonly judgement: {
      readonly trials: number;
      readonly deflatedSharpe: Figure;
      readonly expectedMaximumSharpe: Figure;
    } | null;
    readonly overfitting: { readonly trials: number; readonly pbo?: number } | null;
    readonly walks: readonly { readonly windows: number; readonly cagrFraction: Figure; readonly sharpe: Figure }[];
  };
  /** What holding returned a year in the time of the last walk. */
  readonly heldInWalkFraction: Figure;
  readonly verdict: VerdictWords;
}

/** A verdict in the list of all. */
export interface VerdictSummary {
  readonly hash: string;
  readonly strategy: string;
  readonly params: string;
  readonly markets: string;
  readonly timeframe: string;
  readonly headline: string;
  readonly cagrFraction: Figure;
  readonly heldCagrFraction: Figure;
  readonly deflatedSharpe: Figure;
  readonly breakEvenBps: Figure;
}
