/** What part of a strategy or pipeline is at fault. */
export type LeakKind =
  /** A node of a rule's expression. */
  | "expression"
  /** What a strategy or a pipeline decides, in code. */
  | "decision"
  /** A function among the rules: an exit, a stop, a target or a size in code. */
  | "hook"
  | "feature"
  | "label"
  /** Something learned: a scaler, an encoder, a selection of features, a model. */
  | "fit"
  /** Training and test rows. */
  | "split"
  | "universe"
  /** The price that a decision is taken to get. */
  | "price";

/** Where a function stands. */
export interface SourcePlace {
  /** File, line and column where it first reads what it is given, as in a stack; null where the host does not tell. */
  readonly at: string | null;
  /** The beginning of the function's text, or the label of an expression. */
  readonly text: string;
}

/** A value that changed although only what comes after its decision was changed. */
export interface LeakEvidence {
  readonly row: number;
  /** Close of that candle, milliseconds since 1970. */
  readonly decidedAtMs: number;
  readonly before: unknown;
  readonly after: unknown;
  /** What was done to the future, and the first candle to which. */
  readonly alteration: string;
  readonly alteredFromRow: number;
}

/** A part that knows what it cannot know. */
export interface LeakFinding {
  readonly kind: LeakKind;
  /** Name of the feature, label or fitted part; label of the expression; which hook; id of the strategy. */
  readonly name: string;
  readonly place: SourcePlace;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** First row that is known to be affected, and its close; null where it is no matter of rows. */
  readonly fromRow: number | null;
  readonly fromTimeMs: number | null;
  /** How far ahead it was seen to look, in candles; null where it is no matter of candles. */
  readonly lookAheadCandles: number | null;
  /** True where the very last candle of the history changes it: it looks at all of it. */
  readonly wholeHistory: boolean;
  readonly evidence: readonly LeakEvidence[];
}

/** How long a value depends on where history began. */
export interface WarmUp {
  readonly kind: "expression" | "decision" | "feature";
  readonly name: string;
  /** Candles from the beginning until it is the same wherever history began; null where that was not seen. */
  readonly candles: number | null;
  /** What the engine declares before the first known value; null where nobody does. */
  readonly declared: number | null;
}

/** What the leak finder found. */
export interface LeakReport {
  /** Id of the strategy or pipeline. */
  readonly subject: string;
  readonly clean: boolean;
  readonly findings: readonly LeakFinding[];
  readonly candles: number;
  /** Decisions after which the future was replaced. */
  readonly samples: number;
  /** How often it was run in all. */
  readonly runs: number;
  readonly warmUp: readonly WarmUp[];
  /** What could not be judged, and why. */
  readonly notes: readonly string[];
}

/** How hard to look. */
export interface LeakOptions {
  /** Decisions after which the future is replaced; 160 unless stated, and 80 of a strategy. All rows where it is as many or more. */
  readonly samples?: number;
  /** Of the samples and of what replaces the future; 1 unless stated. */
  readonly seed?: number;
  /** Told after how many decisions, of how many, the future has been replaced: nearly all of the time goes there. */
  readonly progress?: (done: number, total: number) => void;
}
