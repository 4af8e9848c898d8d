import { InputError } from "../errors/mod.ts";
import { type CandleColumns, type ValueColumn, wholeCandles } from "../market/mod.ts";
import { barClose, fixedLengthMs, type Timeframe, type TimestampMs } from "../time/mod.ts";
import type { ColumnMemory } from "./column_memory.ts";
import { type Kernel, runByState } from "./kernel.ts";
import type { Pointwise } from "./pointwise.ts";
import type { Series } from "./series.ts";

/**
 * Values of series over a stretch of history, one array per root, aligned with the candles; NaN where unknown. Nodes
 * that several roots share are computed once. Equal, bit for bit, to what a stream of the same candles gives.
 *
 * @param others Candles of the symbols that `of()` names, by symbol.
 * @throws {InputError} `series` when a symbol's candles are missing or a timeframe does not fit.
 * @example
 * ```ts
 * import { candleColumns, instrument } from "../market/mod.ts";
 * import { timeframe, timestampMs } from "../time/mod.ts";
 * import { close, evaluateColumns, highest } from "./mod.ts";
 *
 * const btc = instrument({ exchange: "binance", symbol: "BTC/USDT" });
 * const flat = { open: 1, high: 1, low: 1, close: 1, volume: 1 };
 * const candles = candleColumns(btc, timeframe("1h"), [{ ...flat, openTimeMs: timestampMs(0) }]);
 * evaluateColumns([highest(close, 1)], candles)[0]; // Float64Array [1]
 * ```
 */
export function evaluateColumns(
  roots: readonly Series[],
  base: CandleColumns,
  others: ReadonlyMap<string, CandleColumns> = new Map(),
): Float64Array[] {
  const scope = new ColumnScope(base, others);
  return roots.map((root) => scope.values(root));
}

/** The candles of one symbol and timeframe, and what has been computed over them. */
export class ColumnScope {
  readonly #nodes = new Map<Series, Float64Array>();
  readonly #calls = new Map<string, Float64Array[]>();
  readonly #scopes = new Map<string, ColumnScope>();
  /** The stretch of known rows that was looked for last in a column. */
  #known = new WeakMap<Float64Array, { readonly from: number; readonly to: number }>();

  /** @param memory Where its columns are to lie. */
  constructor(
    readonly candles: CandleColumns,
    readonly others: ReadonlyMap<string, CandleColumns>,
    readonly memory: ColumnMemory | null = null,
  ) {}

  /** Room for a column of all candles. */
  #column(): Float64Array {
    return this.memory?.column() ?? new Float64Array(this.candles.length);
  }

  values(node: Series): Float64Array {
    let values = this.#nodes.get(node);
    if (values === undefined) this.#nodes.set(node, values = this.#compute(node));
    return values;
  }

  /** Lets go of all values but those of these nodes, and gives what is left. */
  forget(keep: ReadonlySet<Series>): ReadonlySet<Float64Array> {
    for (const node of this.#nodes.keys()) if (!keep.has(node)) this.#nodes.delete(node);
    this.#calls.clear();
    this.#known = new WeakMap();
    return new Set(this.#nodes.values());
  }

  #compute(node: Series): Float64Array {
    const { operation, inputs } = node;
    switch (operation.kind) {
      case "candle":
        return this.#candles(operation.column);
      case "close-time":
        return this.candles.openTimeMs.map((_, row) => closeTime(this.candles, row));
      case "constant":
        return this.#column().fill(operation.value);
      case "pointwise":
        return pointwiseColumns(operation.pointwise, inputs.map((input) => this.values(input)), this.#column());
      case "kernel":
        return this.#call(operation.kernel, operation.params, inputs)[operation.output]!;
      case "on":
        return this.#on(operation.timeframe, inputs[0]!);
      case "of":
        return this.#of(operation.symbol, inputs[0]!);
    }
  }

  #candles(name: ValueColumn): Float64Array {
    const own = this.candles[name];
    return this.memory === null ? own : this.memory.lastingColumn(`candles: ${name}`, () => own);
  }

  /** All outputs of a kernel call, computed once for the nodes that share it. */
  #call(kernel: Kernel, params: readonly number[], inputs: readonly Series[]): Float64Array[] {
    const key = `${kernel.name}[${params}](${inputs.map((input) => input.id)})`;
    let outputs = this.#calls.get(key);
    if (outputs === undefined) {
      const columns = kernel.outputs.map(() => this.#column());
      outputs = this.#kernelColumns(kernel, params, inputs.map((input) => this.values(input)), columns);
      this.#calls.set(key, outputs);
    }
    return outputs;
  }

  /** Runs a kernel over every stretch of rows in which all inputs are known. */
  #kernelColumns(
    kernel: Kernel,
    params: readonly number[],
    inputs: readonly Float64Array[],
    outputs: Float64Array[],
  ): Float64Array[] {
    const { length } = outputs[0]!;
    for (let from = 0; from < length;) {
      const to = inputs.reduce((end, input) => Math.min(end, this.#firstUnknown(input, from)), length);
      if (to > from) {
        if (!this.#runCompiled(kernel, inputs, from, to, params, outputs)) {
          if (kernel.run) kernel.run(inputs, from, to, params, outputs);
          else runByState(kernel, inputs, from, to, params, outputs);
        }
      }
      from = to;
      for (; from < length && inputs.some((input) => !isKnown(input[from]!)); from++) {
        for (const output of outputs) output[from] = NaN;
      }
    }
    return outputs;
  }

  /** False where the kernel has no compiled form, or it cannot reach the columns. */
  #runCompiled(
    { compiled }: Kernel,
    inputs: readonly Float64Array[],
    from: number,
    to: number,
    params: readonly number[],
    outputs: readonly Float64Array[],
  ): boolean {
    const { memory } = this;
    if (compiled === undefined || memory === null || !inputs.every((input) => memory.has(input))) return false;
    const exports = memory.kernels(compiled.module);
    if (exports === null) return false;
    compiled.run(exports, inputs.map(byteOf), from, from, to, params, outputs.map((out) => byteOf(out) + 8 * from));
    return true;
  }

  /**
   * How to compute some rows of a series without those before them; null where that takes them all. What it gives is finite, or
   * NaN where the series has not begun.
   */
  stretchOf({ operation, inputs }: Series): ColumnStretcher | null {
    const { memory, candles: { length } } = this;
    if (operation.kind !== "kernel" || operation.kernel.outputs.length > 1 || memory === null) return null;
    const { kernel: { compiled, warmUp }, params } = operation;
    const exports = compiled === undefined ? null : memory.kernels(compiled.module);
    if (exports === null) return null;
    if (!(compiled!.growth(params) <= MOST_GROWTH)) return null;
    const columns = inputs.map((input) => this.values(input));
    if (!columns.every((column) => memory.has(column) && isModest(column))) return null;
    const places = columns.map(byteOf);
    return {
      knownFrom: Math.min(warmUp(params)[0]!, length),
      fill: (from, to, out) => compiled!.run(exports, places, 0, from, to, params, [byteOf(out)]),
    };
  }

  /** First row at or after `from` whose value is unknown, or the length; looked for once for all kernels on a column. */
  #firstUnknown(values: Float64Array, from: number): number {
    let known = this.#known.get(values);
    if (known === undefined || from < known.from || from > known.to) {
      this.#known.set(values, known = { from, to: firstUnknown(values, from, values.length) });
    }
    return known.to;
  }

  #scope(key: string, candles: () => CandleColumns): ColumnScope {
    let scope = this.#scopes.get(key);
    if (scope === undefined) this.#scopes.set(key, scope = new ColumnScope(candles(), this.others));
    return scope;
  }

  #on(timeframe: Timeframe, inner: Series): Float64Array {
    const scope = this.#scope(`on ${timeframe}`, () => wholeCandles(this.candles, timeframe));
    return held(scope.values(inner), scope.candles, this.candles, this.#column());
  }

  #of(symbol: string, inner: Series): Float64Array {
    if (symbol === this.candles.instrument.symbol) return this.values(inner);
    const scope = this.#scope(`of ${symbol}`, () => {
      const candles = this.others.get(symbol);
      if (candles === undefined) throw new InputError("series", `there are no candles of ${symbol}: give them along`);
      if (candles.timeframe !== this.candles.timeframe) {
        throw new InputError(
          "series",
          `candles of ${symbol} are ${candles.timeframe}, those they are read from are ${this.candles.timeframe}`,
        );
      }
      return candles;
    });
    return held(scope.values(inner), scope.candles, this.candles, this.#column());
  }
}

/** Computes rows of a series as they are asked for. */
export interface ColumnStretcher {
  /** The first row whose value is known, as all after it are. */
  readonly knownFrom: number;
  /** Fills rows `from` … `to` (not included) into a column of the same memory that begins with the row `from`. */
  fill(from: number, to: number, out: Float64Array): void;
}

const byteOf = ({ byteOffset }: Float64Array) => byteOffset;

/** What is at most so large, times at most so much, is within the range of float32. */
const MODEST = 1e30, MOST_GROWTH = 1e8;

const modest = new WeakMap<Float64Array, boolean>();

/** True where all values are known, and far from what a float32 can hold. Looked for once. */
function isModest(column: Float64Array): boolean {
  let answer = modest.get(column);
  if (answer !== undefined) return answer;
  let row = 0;
  while (row < column.length && Math.abs(column[row]!) <= MODEST) row++;
  modest.set(column, answer = row === column.length);
  return answer;
}

/** For each row, the value of the last inner candle that has closed by the row's close. */
function held(values: Float64Array, inner: CandleColumns, outer: CandleColumns, result: Float64Array): Float64Array {
  let seen = 0;
  for (let row = 0; row < outer.length; row++) {
    const now = closeTime(outer, row);
    while (seen < inner.length && closeTime(inner, seen) <= now) seen++;
    result[row] = seen === 0 ? NaN : values[seen - 1]!;
  }
  return result;
}

function closeTime({ timeframe, openTimeMs }: CandleColumns, row: number): number {
  const length = fixedLengthMs(timeframe);
  return length > 0 ? openTimeMs[row]! + length : barClose(timeframe, openTimeMs[row] as TimestampMs);
}

function pointwiseColumns(
  pointwise: Pointwise,
  inputs: readonly Float64Array[],
  result: Float64Array,
): Float64Array {
  const [a, b] = [inputs[0]!, inputs[1] ?? inputs[0]!];
  for (let i = 0; i < result.length; i++) pointwise.set(result, i, a, i, b, i);
  return result;
}

const isKnown = (value: number) => value - value === 0;

/** First row of `from` … `end` (not included) whose value is unknown, or `end`. */
function firstUnknown(values: Float64Array, from: number, end: number): number {
  let row = from;
  // Zero times a known value is zero: eight rows take one test, and the sums do not wait for each other.
  for (const whole = end - 8; row <= whole; row += 8) {
    const left = (values[row]! * 0 + values[row + 1]! * 0) + (values[row + 2]! * 0 + values[row + 3]! * 0);
    const right = (values[row + 4]! * 0 + values[row + 5]! * 0) + (values[row + 6]! * 0 + values[row + 7]! * 0);
    if (left + right !== 0) break;
  }
  while (row < end && isKnown(values[row]!)) row++;
  return row;
}
