// Column-wise research code, as a user hands it to the leak finder: which columns there are, and what is made of what.
import { InputError } from "../../errors/mod.ts";
import type { CandleColumns, FundingColumns } from "../../market/mod.ts";

/** A value for each candle: numbers or truth values; NaN, null and undefined are unknown. Texts are taken as categories. */
export type Column = ArrayLike<number | boolean | string | null | undefined>;

/** Rows by their numbers, as truth values of all rows, or from one to another (not included). */
export type Rows = ArrayLike<number> | readonly boolean[] | { readonly from: number; readonly to: number };

/** Rows that are learned from, and rows that are judged. */
export interface Fold {
  readonly train: Rows;
  readonly test: Rows;
}

/** Anything else that is known from a moment on: equally long arrays, oldest first. */
export interface Feed {
  /** When each row became known, milliseconds since 1970. */
  readonly timeMs: Float64Array;
  readonly [column: string]: Float64Array;
}

/** What the functions of a pipeline may read beside the candles. Columns are made when they are first read. */
export interface PipelineGiven {
  readonly features: Readonly<Record<string, Float64Array>>;
  readonly labels: Readonly<Record<string, Float64Array>>;
  /** What `fit` made of the training rows; of several folds, those of the first. */
  // deno-lint-ignore no-explicit-any -- a scaler, an encoder, a model: only the user knows its type
  readonly fitted: Readonly<Record<string, any>>;
  /** Training and test rows; of several folds, those that are fitted now, else those of the first. */
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** All markets by symbol, the first one included; another timeframe of one as in `markets["BTC/USD 4h"]`. */
  readonly markets: Readonly<Record<string, CandleColumns>>;
  /** Funding of the first market, where there is any: a settlement is known at its time. */
  readonly funding: FundingColumns | null;
  readonly feeds: Readonly<Record<string, Feed>>;
}

/** A decision's row and its close, for functions that are asked row by row. */
export interface DecisionRow {
  readonly row: number;
  readonly timeMs: number;
}

/** A column of all candles. What stands in row `i` is to be known at the close of candle `i`. */
export type ColumnFunction = (candles: CandleColumns, given: PipelineGiven) => Column;

/** A label looks ahead; its horizon says how far, in candles, as measured unless it is stated. */
export type LabelFunction = ColumnFunction | { readonly horizon: number; readonly of: ColumnFunction };

/** Members at a decision: their symbols; or for all rows at once a truth column a symbol, or a list of symbols a row. */
export type Universe = readonly string[] | readonly (readonly string[])[] | Readonly<Record<string, Column>>;

/** Research over columns: features, labels, what is fitted, a universe, decisions. All parts may be left out but one. */
export interface PipelineDefinition {
  readonly id: string;
  /** By name; or one function that gives all of them, as a data frame's columns. */
  readonly features?:
    | Readonly<Record<string, ColumnFunction>>
    | ((candles: CandleColumns, given: PipelineGiven) => Readonly<Record<string, Column>>);
  readonly labels?: Readonly<Record<string, LabelFunction>>;
  /** The first 70 % and the rest, purged of the longest label, unless stated. */
  readonly split?: (candles: CandleColumns, given: PipelineGiven) => Fold | readonly Fold[];
  /** Scalers, encoders, selections, models: whatever is learned, which may read the rows `given.train` only. */
  readonly fit?: Readonly<Record<string, (candles: CandleColumns, given: PipelineGiven) => unknown>>;
  /** Which markets are candidates at a decision. */
  readonly universe?: (
    markets: Readonly<Record<string, CandleColumns>>,
    given: PipelineGiven & DecisionRow,
  ) => Universe;
  /** Signal or position decided at each close, above 0 long, below 0 short. */
  readonly decide?: ColumnFunction;
  /** The same for one row at a time: any plain value. */
  readonly decideAt?: (candles: CandleColumns, given: PipelineGiven & DecisionRow) => unknown;
  /** The price that an order decided in a row is taken to get: its close, the next open, or a price that waits. */
  readonly price?: ColumnFunction;
}

/** A pipeline as {@linkcode definePipeline} has checked it. */
export interface Pipeline extends PipelineDefinition {
  readonly kind: "pipeline";
}

const PARTS = ["features", "labels", "split", "fit", "universe", "decide", "decideAt", "price"] as const;

/**
 * Defines research over columns, for the leak finder. Its functions are called again and again with other candles: they
 * take what they read from their arguments, give a value for each candle, and keep nothing.
 *
 * @throws {InputError} `pipeline` when it has no part, a part that is not known, or one that is no function.
 * @example
 * ```ts
 * import { definePipeline } from "../mod.ts";
 *
 * const pipeline = definePipeline({
 *   id: "momentum",
 *   features: { change: ({ close }) => close.map((price, i) => price / close[i - 1]! - 1) },
 *   labels: { next: { horizon: 1, of: ({ close }) => close.map((price, i) => close[i + 1]! / price - 1) } },
 *   fit: { mean: (_, { features, train }) => train.reduce((sum, row) => sum + features.change[row]!, 0) / train.length },
 *   decide: (_, { features, fitted }) => features.change.map((value) => value > fitted.mean ? 1 : 0),
 * });
 * pipeline.id; // "momentum"
 * ```
 */
export function definePipeline(definition: PipelineDefinition): Pipeline {
  const refuse = (what: string) => new InputError("pipeline", `pipeline ${String(definition?.id)} ${what}`);
  if (typeof definition?.id !== "string" || definition.id === "") throw refuse("needs an id: give it a name");
  for (const name of Object.keys(definition)) {
    if (name !== "id" && !PARTS.includes(name as typeof PARTS[number])) {
      throw refuse(`has a part "${name}" that is not known: there are ${PARTS.join(", ")}`);
    }
  }
  const stated = PARTS.filter((name) => definition[name] !== undefined);
  if (stated.length === 0) throw refuse(`has no part: state one or more of ${PARTS.join(", ")}`);
  for (const name of stated) {
    const part: unknown = definition[name];
    if (typeof part === "function") continue;
    const mayBeNamed = name === "features" || name === "labels" || name === "fit";
    if (!mayBeNamed || typeof part !== "object") throw refuse(`states ${name} as no function: write ${name}: (…) => …`);
    for (const [own, value] of Object.entries(part as object)) {
      if (typeof (name === "labels" ? labelFunction(value) : value) !== "function") {
        throw refuse(`states ${name}.${own} as no function: write ${own}: (candles, given) => …`);
      }
    }
  }
  return Object.freeze({ ...definition, kind: "pipeline" as const });
}

/** The function of a label, with a horizon or without. */
export function labelFunction(label: LabelFunction): ColumnFunction {
  return typeof label === "function" ? label : label?.of;
}

/** The horizon that a label states, in candles; null without one. */
export function statedHorizon(label: LabelFunction): number | null {
  return typeof label === "function" ? null : label.horizon;
}

/** True for what {@linkcode definePipeline} gives. */
export function isPipeline(value: unknown): value is Pipeline {
  return typeof value === "object" && value !== null && (value as Pipeline).kind === "pipeline";
}
