import type { Figure } from "./figure.ts";

/** Version of the documents of studies. */
export const STUDY_VERSION = 1;

/** A parameter of a study, and the values that its trials have of it, ascending. */
export interface StudyAxis {
  readonly name: string;
  readonly values: readonly (number | string | boolean)[];
}

/** What was studied: strategy, market, time. */
export interface StudySubject {
  readonly strategy: string;
  /** Symbols, with commas between them; and the exchanges that have them. */
  readonly markets: string;
  readonly exchange: string;
  readonly timeframe: string;
  /** First open time and last close of what was traded. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A figure by which trials are compared. */
export interface StudyObjective {
  readonly metric: string;
  readonly direction: "max" | "min";
}

/** One trial of a study. */
export interface StudyTrial {
  /** Its value on each axis, in their order. */
  readonly params: readonly (number | string | boolean)[];
  readonly metrics: Readonly<Record<string, Figure>>;
  /** Sharpe ratios of the first and the second half of the days. */
  readonly firstSharpe: Figure;
  readonly secondSharpe: Figure;
  /**
   * Share that the median neighbour keeps of what the trial has over the typical one: 1 as good as itself, 0 no better than the
   * typical one; null of a trial that is no better, or has no neighbour.
   */
  readonly neighboursKeep: Figure;
}

/** What is known of a Sharpe ratio when all trials of its family are counted; ratios are a year's. */
export interface StudyJudgement {
  /** Trials of the family, each run hash once. */
  readonly trials: number;
  readonly sharpe: Figure;
  readonly sharpeStandardError: Figure;
  /** Probability that the true ratio is above 0, as if this had been the only trial. */
  readonly probabilisticSharpe: Figure;
  /** The ratio that the best of so many trials has by luck alone. */
  readonly expectedMaximumSharpe: Figure;
  /** Probability that the true ratio is above that. */
  readonly deflatedSharpe: Figure;
  /** Days that are needed to say with 95 % that the true ratio is above 0, and above the expected maximum. */
  readonly minimumTrackRecordDays: Figure;
  readonly deflatedTrackRecordDays: Figure;
  /** Years in which the best of so many trials without skill is expected to have this ratio. */
  readonly minimumBacktestYears: Figure;
}

/** What the returns of all trials say together; with a reason, nothing. */
export interface StudyOverfitting {
  readonly trials: number;
  readonly days: number;
  readonly reason?: string;
  readonly pbo?: number;
  readonly probabilityOfLoss?: number;
  readonly realityCheckPValue?: number;
  readonly superiorPredictiveAbilityPValue?: number;
}

/** A sweep or a search as plain JSON that a page can draw without knowing the engine. */
export interface StudyDocument {
  readonly version: typeof STUDY_VERSION;
  readonly kind: "sweep" | "search";
  readonly subject: StudySubject;
  readonly objective: StudyObjective;
  readonly axes: readonly StudyAxis[];
  /** In the order in which they were made. */
  readonly trials: readonly StudyTrial[];
  /** Points that were meant to be traded, and points that the strategy refused. */
  readonly points: number;
  readonly refused: number;
  /** Number of the best trial; null while none has the figure of the objective. */
  readonly best: number | null;
  readonly judgement: StudyJudgement | null;
  readonly overfitting: StudyOverfitting;
  /** What the best trial stands on, among its neighbours. */
  readonly plateau: { readonly verdict: "plateau" | "ridge" | "spike" | "unknown"; readonly text: string };
  /** What to be careful about, in sentences. */
  readonly warnings: readonly string[];
}

/** One window of a walk: what was chosen on the training, and what came of it in the test. */
export interface WalkWindow {
  readonly trainFromMs: number;
  readonly trainToMs: number;
  readonly testFromMs: number;
  readonly testToMs: number;
  /** The chosen value on each axis; null where nothing could be chosen. */
  readonly params: readonly (number | string | boolean)[] | null;
  readonly trainSharpe: Figure;
  readonly testSharpe: Figure;
  readonly testReturnFraction: Figure;
  readonly testMaxDrawdownFraction: Figure;
  readonly testTrades: number;
}

/** A walk through history as plain JSON that a page can draw. */
export interface WalkDocument {
  readonly version: typeof STUDY_VERSION;
  readonly kind: "walk-forward";
  readonly subject: StudySubject;
  readonly objective: StudyObjective;
  readonly axes: readonly StudyAxis[];
  readonly layout: {
    readonly trainDays: number;
    readonly testDays: number;
    readonly gapDays: number;
    readonly anchored: boolean;
  };
  readonly windows: readonly WalkWindow[];
  /** The account over all tests, thinned to what a drawing shows. */
  readonly equity: { readonly timeMs: readonly number[]; readonly equity: readonly number[] };
  readonly startingCash: number;
  readonly metrics: Readonly<Record<string, Figure>>;
  readonly judgement: StudyJudgement;
  readonly efficiencyRatio: Figure;
  readonly winningTestsFraction: Figure;
  readonly warnings: readonly string[];
}
