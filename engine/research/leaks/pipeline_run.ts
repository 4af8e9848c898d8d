// A pipeline at work on some data: every part made once, when it is first read.
import { InputError } from "../../errors/mod.ts";
import { copiedCandles } from "./altered_future.ts";
import type { LeakData } from "./leak_data.ts";
import {
  type Column,
  type ColumnFunction,
  labelFunction,
  type Pipeline,
  type PipelineGiven,
  type Rows,
} from "./pipeline.ts";

/** What a part of a pipeline that gives a column is called. */
export type ColumnKind = "feature" | "label" | "decision" | "price";

/** A column part by kind and name. */
export interface ColumnName {
  readonly kind: ColumnKind;
  readonly name: string;
}

/** Training and test rows as row numbers. */
export interface FoldRows {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** What a run on altered data takes from the run on the data as they are, so that each part is judged by itself. */
export interface Frozen {
  readonly run: PipelineRun;
  /** Last row whose candle is as it was. */
  readonly cut: number;
  /** Candles that each label looks ahead. */
  readonly horizonOf: (label: string) => number;
}

/** How a run differs from one that makes everything of its data. */
export interface RunTerms {
  readonly frozen?: Frozen;
  /** Candles by which the rows of the data come later than those of the frozen run. */
  readonly offset?: number;
  /** Candles left out between the training and the test rows where no split is stated. */
  readonly purge?: number;
  /** Fitted parts that are given in place of what would be fitted. */
  readonly replaced?: ReadonlyMap<string, unknown>;
}

/** Numbers for texts, the same in all runs of one pipeline. */
export type Categories = Map<string, number>;

/**
 * One run. Without {@linkcode Frozen} everything is made of the data. With it, what is fitted and the folds are those of
 * the other run, and functions that read columns find in them what they could know then: values of the other run up to
 * the cut, values of this run behind it. So a part that only passes a leak on is not blamed for it.
 */
export class PipelineRun {
  readonly given: PipelineGiven;
  readonly #own = new Map<string, Float64Array>();
  readonly #read = new Map<string, Float64Array>();
  readonly #fitted = new Map<string, unknown>();
  readonly #making = new Set<string>();
  #all: ReadonlyMap<string, Float64Array> | null = null;
  #folds: readonly FoldRows[] | null = null;

  constructor(
    readonly pipeline: Pipeline,
    readonly data: LeakData,
    readonly categories: Categories,
    readonly terms: RunTerms = {},
  ) {
    this.given = this.givenFor(0);
  }

  /** Names of all column parts, in the order in which they are judged. */
  columnNames(): ColumnName[] {
    const { features = {}, labels = {}, decide, price } = this.pipeline;
    const named = typeof features === "function" ? [...this.#allFeatures().keys()] : Object.keys(features);
    return [
      ...Object.keys(labels).map((name) => ({ kind: "label" as const, name })),
      ...named.map((name) => ({ kind: "feature" as const, name })),
      ...(decide === undefined ? [] : [{ kind: "decision" as const, name: "decide" }]),
      ...(price === undefined ? [] : [{ kind: "price" as const, name: "price" }]),
    ];
  }

  /** A column as its function makes it here, of candles of its own: who sorts them in place disturbs nobody. */
  column({ kind, name }: ColumnName): Float64Array {
    const key = `${kind} ${name}`, known = this.#own.get(key);
    if (known !== undefined) return known;
    const made = this.#guarded(key, () => this.#make(kind, name));
    this.#own.set(key, made);
    return made;
  }

  /** What a fitted part is, of a fold; made of the columns that `given` says. */
  fit(name: string, given: PipelineGiven = this.given): unknown {
    return this.#guarded(`fit ${name}`, () => this.pipeline.fit![name]!(copiedCandles(this.data.candles), given));
  }

  /** The folds of the pipeline as row numbers. @throws {InputError} `pipeline` for rows that do not exist, or none. */
  folds(): readonly FoldRows[] {
    if (this.#folds !== null) return this.#folds;
    const { terms: { frozen, offset = 0, purge = 0 }, data: { candles: { length } } } = this;
    if (frozen !== undefined) {
      const there = (rows: Int32Array) => rows.map((row) => row - offset).filter((row) => row >= 0 && row < length);
      return this.#folds = frozen.run.folds().map(({ train, test }) => ({ train: there(train), test: there(test) }));
    }
    const stated = this.pipeline.split === undefined
      ? null
      : this.#guarded("split", () => this.pipeline.split!(copiedCandles(this.data.candles), this.given));
    if (stated === null) return this.#folds = [defaultFold(length, purge)];
    const folds = ("train" in stated ? [stated] : [...stated]).map(({ train, test }) => ({
      train: this.#rowsOf(train, "training"),
      test: this.#rowsOf(test, "test"),
    }));
    if (folds.length === 0) throw this.#refusal("split", "gives no fold: give { train, test }");
    return this.#folds = folds;
  }

  /** What functions read beside the candles while fold `fold` is fitted. */
  givenFor(fold: number): PipelineGiven {
    const { pipeline: { labels = {}, fit = {} }, data: { markets, funding, feeds } } = this;
    const read = (kind: ColumnKind, name: string) => this.#readable({ kind, name });
    const rows = () => this.folds()[fold]!;
    return {
      features: this.#featureRecord(),
      labels: recordOf(Object.keys(labels), (name) => read("label", name)),
      fitted: recordOf(Object.keys(fit), (name) => this.#fittedValue(name)),
      get train() {
        return rows().train;
      },
      get test() {
        return rows().test;
      },
      markets,
      funding,
      feeds,
    };
  }

  /** The names of features may be known only once they have been made. */
  #featureRecord(): Readonly<Record<string, Float64Array>> {
    const { features = {} } = this.pipeline, names = () => this.#namesOf(features);
    return new Proxy({} as Record<string, Float64Array>, {
      get: (_, name) => typeof name === "string" ? this.#feature(name) : undefined,
      has: (_, name) => names().includes(String(name)),
      ownKeys: names,
      getOwnPropertyDescriptor: (_, name) => ({
        enumerable: true,
        configurable: true,
        value: this.#feature(String(name)),
      }),
    });
  }

  #namesOf(features: NonNullable<Pipeline["features"]>): string[] {
    return typeof features === "function" ? [...this.#allFeatures().keys()] : Object.keys(features);
  }

  #feature(name: string): Float64Array | undefined {
    const known = this.#namesOf(this.pipeline.features ?? {});
    if (known.includes(name)) return this.#readable({ kind: "feature", name });
    throw this.#refusal("features", `has no feature "${name}": there are ${known.join(", ") || "none"}`);
  }

  #fittedValue(name: string): unknown {
    const { frozen, replaced } = this.terms;
    if (replaced?.has(name)) return replaced.get(name);
    if (frozen !== undefined) return frozen.run.#fittedValue(name);
    if (!this.#fitted.has(name)) this.#fitted.set(name, this.fit(name));
    return this.#fitted.get(name);
  }

  /** A column as other functions find it. */
  #readable(part: ColumnName): Float64Array {
    const key = `${part.kind} ${part.name}`, known = this.#read.get(key);
    if (known !== undefined) return known;
    // A copy: who sorts it in place changes no more than what others read.
    const read = this.column(part).slice(), { frozen, offset = 0 } = this.terms;
    if (frozen !== undefined && offset === 0) {
      const last = frozen.cut - (part.kind === "label" ? frozen.horizonOf(part.name) : 0);
      if (last >= 0) read.set(frozen.run.column(part).subarray(0, Math.min(last + 1, read.length)));
    }
    this.#read.set(key, read);
    return read;
  }

  #make(kind: ColumnKind, name: string): Float64Array {
    const { features = {}, labels = {}, decide, price } = this.pipeline;
    if (kind === "feature" && typeof features === "function") {
      const found = this.#allFeatures().get(name);
      if (found !== undefined) return found;
      throw this.#refusal("features", `does not give "${name}" on all candles: give the same columns always`);
    }
    const fn = kind === "label"
      ? labelFunction(labels[name]!)
      : kind === "feature"
      ? (features as Readonly<Record<string, ColumnFunction>>)[name]!
      : kind === "decision"
      ? decide!
      : price!;
    return this.#values(`${kind} ${name}`, fn(copiedCandles(this.data.candles), this.given));
  }

  #allFeatures(): ReadonlyMap<string, Float64Array> {
    if (this.#all !== null) return this.#all;
    const made = this.#guarded("features", () => {
      const columns = (this.pipeline.features as Extract<Pipeline["features"], (...given: never[]) => unknown>)(
        copiedCandles(this.data.candles),
        this.given,
      );
      if (typeof columns === "object" && columns !== null && !("length" in columns)) return columns;
      throw this.#refusal("features", "gives no record of columns: give { name: column, … }");
    });
    return this.#all = new Map(
      Object.entries(made).map(([name, column]) => [name, this.#values(`feature ${name}`, column)]),
    );
  }

  #values(what: string, column: Column): Float64Array {
    const { length } = this.data.candles;
    if (typeof column !== "object" || column === null || column.length !== length) {
      const got = typeof column === "object" && column !== null && column.length !== undefined
        ? `${column.length} values`
        : String(column);
      throw this.#refusal(what, `gives ${got} for ${length} candles: give one value for each, NaN where unknown`);
    }
    return Float64Array.from(column as ArrayLike<unknown>, (value) => this.#number(value));
  }

  #number(value: unknown): number {
    if (typeof value === "number") return value;
    if (typeof value === "boolean") return value ? 1 : 0;
    if (typeof value !== "string") return NaN;
    let code = this.categories.get(value);
    if (code === undefined) this.categories.set(value, code = this.categories.size);
    return code;
  }

  #rowsOf(rows: Rows, what: string): Int32Array {
    const { length } = this.data.candles;
    const made = typeof rows === "object" && rows !== null && "from" in rows
      ? Int32Array.from({ length: Math.max(0, Math.min(rows.to, length) - rows.from) }, (_, i) => rows.from + i)
      : Int32Array.from(isMask(rows, length) ? rowsOfMask(rows) : rows ?? []);
    if (made.length === 0) throw this.#refusal("split", `gives no ${what} rows: give row numbers or { from, to }`);
    const wrong = made.find((row) => !(row >= 0 && row < length));
    if (wrong === undefined) return made;
    throw this.#refusal("split", `gives the ${what} row ${wrong} of ${length} candles`);
  }

  /** Runs a function of the user's, and says which one fails. */
  #guarded<T>(what: string, run: () => T): T {
    if (this.#making.has(what)) throw this.#refusal(what, "reads itself: let it read other parts only");
    this.#making.add(what);
    try {
      return run();
    } catch (cause) {
      if (cause instanceof InputError) throw cause;
      const message = cause instanceof Error ? cause.message : String(cause);
      throw this.#refusal(what, `throws on ${this.data.candles.length} candles: ${message}`, cause);
    } finally {
      this.#making.delete(what);
    }
  }

  #refusal(what: string, message: string, cause?: unknown): InputError {
    return new InputError("pipeline", `${what} of pipeline ${this.pipeline.id} ${message}`, { cause });
  }
}

const TRAIN_SHARE = 0.7;

function defaultFold(length: number, purge: number): FoldRows {
  const count = Math.floor(TRAIN_SHARE * length);
  return {
    train: Int32Array.from({ length: Math.max(1, count - purge) }, (_, row) => row),
    test: Int32Array.from({ length: length - count }, (_, i) => count + i),
  };
}

/** Row numbers can be given as truth values of all rows, too. */
function isMask(rows: unknown, length: number): rows is ArrayLike<unknown> {
  const values = rows as ArrayLike<unknown> | undefined;
  return values?.length === length && Array.from(values).every((value) => typeof value === "boolean");
}

function rowsOfMask(mask: ArrayLike<unknown>): number[] {
  return Array.from(mask, (value, row) => value === true ? row : -1).filter((row) => row >= 0);
}

function recordOf<T>(names: readonly string[], value: (name: string) => T): Readonly<Record<string, T>> {
  const record = {};
  for (const name of names) Object.defineProperty(record, name, { enumerable: true, get: () => value(name) });
  return record as Readonly<Record<string, T>>;
}
