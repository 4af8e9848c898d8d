import { assert, InputError } from "../errors/mod.ts";
import { type CandleRows, CoarseCandle, VALUE_COLUMNS, type ValueColumn } from "../market/mod.ts";
import { barClose, fixedLengthMs, isCoarserOrEqual, type Timeframe, type TimestampMs } from "../time/mod.ts";
import type { KernelState } from "./kernel.ts";
import type { Pointwise } from "./pointwise.ts";
import type { Series } from "./series.ts";

/** State of a stream as plain data. */
export interface StreamState {
  readonly slots: Float64Array;
  readonly kernels: readonly { readonly memory: Float64Array; readonly out: Float64Array }[];
  readonly buckets: readonly Float64Array[];
}

/**
 * Compiles series to a program that takes candles one by one: constant work a candle, bounded memory, no allocation.
 * Its values equal those of `evaluateColumns` over the same candles, bit for bit.
 *
 * @throws {InputError} `series` when `on()` names a timeframe that does not hold whole base candles.
 */
export function compileStream(roots: readonly Series[], timeframe: Timeframe, symbol: string): StreamProgram {
  return new StreamProgram(roots, timeframe, symbol);
}

/** A step of a program: reads slots, writes slots. */
abstract class Tick {
  abstract tick(slots: Float64Array): void;
}

/** A constant of a scope that has had no candle yet is unknown like everything else there. */
class ConstantTick extends Tick {
  constructor(readonly value: number, readonly out: number) {
    super();
  }
  tick(slots: Float64Array): void {
    slots[this.out] = this.value;
  }
}

class PointwiseTick extends Tick {
  constructor(readonly pointwise: Pointwise, readonly a: number, readonly b: number, readonly out: number) {
    super();
  }
  tick(slots: Float64Array): void {
    this.pointwise.set(slots, this.out, slots, this.a, slots, this.b);
  }
}

class KernelTick extends Tick {
  constructor(
    readonly state: KernelState,
    /** Slots of the inputs. */
    readonly from: Int32Array,
    /** First slot of the outputs, which lie side by side. */
    readonly to: number,
  ) {
    super();
  }
  tick(slots: Float64Array): void {
    const { state, from, to } = this;
    const { input, out } = state;
    const first = input[0] = slots[from[0]!]!;
    let known = first - first === 0;
    for (let i = 1; i < from.length; i++) {
      const value = input[i] = slots[from[i]!]!;
      if (value - value !== 0) known = false;
    }
    if (known) state.push();
    else state.reset();
    slots[to] = out[0]!;
    for (let i = 1; i < out.length; i++) slots[to + i] = out[i]!;
  }
}

/** The same for the many kernels of one input and one output, without the loops. */
class SimpleKernelTick extends Tick {
  readonly #input: Float64Array;
  readonly #output: Float64Array;

  constructor(readonly state: KernelState, readonly from: number, readonly to: number) {
    super();
    this.#input = state.input;
    this.#output = state.out;
  }
  tick(slots: Float64Array): void {
    const value = this.#input[0] = slots[this.from]!;
    if (value - value === 0) this.state.push();
    else this.state.reset();
    slots[this.to] = this.#output[0]!;
  }
}

/** The candles of one symbol and timeframe: slots of their columns, and the ticks to run on each of them. */
class StreamScope {
  readonly columns = new Map<ValueColumn, number>();
  readonly ticks: Tick[] = [];
  readonly nodes = new Map<Series, number>();
  readonly calls = new Map<string, number>();
  readonly buckets: Bucket[] = [];
  /** Slot of the closing time, −1 where nobody asks for it. */
  closeTime = -1;
  readonly #columnSlots = new Int32Array(VALUE_COLUMNS.length).fill(-1);
  /** 0 where candles vary in length. */
  readonly #lengthMs: number;

  constructor(readonly timeframe: Timeframe) {
    this.#lengthMs = fixedLengthMs(timeframe);
  }

  seal(): void {
    VALUE_COLUMNS.forEach((column, i) => this.#columnSlots[i] = this.columns.get(column) ?? -1);
  }

  push(slots: Float64Array, candles: CandleRows, row: number): void {
    for (let i = 0; i < this.buckets.length; i++) this.buckets[i]!.push(slots, candles, row);
    const at = this.#columnSlots;
    if (at[0]! >= 0) slots[at[0]!] = candles.open[row]!;
    if (at[1]! >= 0) slots[at[1]!] = candles.high[row]!;
    if (at[2]! >= 0) slots[at[2]!] = candles.low[row]!;
    if (at[3]! >= 0) slots[at[3]!] = candles.close[row]!;
    if (at[4]! >= 0) slots[at[4]!] = candles.volume[row]!;
    if (this.closeTime >= 0) {
      const openTimeMs = candles.openTimeMs[row]!;
      if (this.#lengthMs > 0) slots[this.closeTime] = openTimeMs + this.#lengthMs;
      else slots[this.closeTime] = barClose(this.timeframe, openTimeMs as TimestampMs);
    }
    for (let i = 0; i < this.ticks.length; i++) this.ticks[i]!.tick(slots);
  }
}

/** A coarse scope and the candle that is made for it. */
class Bucket {
  readonly candle: CoarseCandle;

  constructor(readonly scope: StreamScope, readonly baseTimeframe: Timeframe) {
    this.candle = new CoarseCandle(scope.timeframe);
  }

  push(slots: Float64Array, candles: CandleRows, row: number): void {
    const { candle } = this;
    const openMs = candles.openTimeMs[row] as TimestampMs;
    // Whatever opens after the end also ends it: the candles in between are missing.
    if (candle.isOver(openMs)) this.#finish(slots);
    candle.add(candles, row);
    if (candle.isOver(barClose(this.baseTimeframe, openMs))) this.#finish(slots);
  }

  #finish(slots: Float64Array): void {
    if (this.candle.end()) this.scope.push(slots, this.candle.columns, 0);
  }
}

/** Series at work on a stream of candles. */
export class StreamProgram {
  /** Symbols that it reads, its own first. */
  readonly symbols: readonly string[];
  /** Values of the roots at the last candle of the own symbol. */
  readonly values: Float64Array;
  /** Candles before all roots can be known. */
  readonly warmUp: number;

  readonly #slots: Float64Array;
  readonly #scopes: StreamScope[] = [];
  /** Slots of the roots; a constant keeps the value that it has from the start. */
  readonly #rootSlots: Int32Array;
  /** Numbers of the roots that change. */
  readonly #changing: Int32Array;
  readonly #kernels: KernelState[] = [];
  readonly #buckets: Bucket[] = [];

  constructor(roots: readonly Series[], timeframe: Timeframe, symbol: string) {
    const initial: number[] = [];
    const symbols = [symbol];
    this.#scopes.push(new StreamScope(timeframe));
    const slot = (value = NaN) => initial.push(value) - 1;
    const own = this.#scopes[0]!;

    const compile = (scope: StreamScope, node: Series): number => {
      let at = scope.nodes.get(node);
      if (at === undefined) scope.nodes.set(node, at = place(scope, node));
      return at;
    };
    const place = (scope: StreamScope, node: Series): number => {
      const { operation, inputs } = node;
      switch (operation.kind) {
        case "candle": {
          const at = slot();
          scope.columns.set(operation.column, at);
          return at;
        }
        case "close-time":
          return scope.closeTime = slot();
        case "constant": {
          if (scope === own) return slot(operation.value);
          const at = slot();
          scope.ticks.push(new ConstantTick(operation.value, at));
          return at;
        }
        case "pointwise": {
          const [a, b] = inputs.map((input) => compile(scope, input)) as [number, number?];
          const at = slot();
          scope.ticks.push(new PointwiseTick(operation.pointwise, a, b ?? a, at));
          return at;
        }
        case "kernel": {
          const { kernel, params, output } = operation;
          const key = `${kernel.name}[${params}](${inputs.map((input) => input.id)})`;
          let first = scope.calls.get(key);
          if (first === undefined) {
            const from = Int32Array.from(inputs, (input) => compile(scope, input));
            const state = kernel.state(params);
            first = initial.length;
            kernel.outputs.forEach(() => slot());
            this.#kernels.push(state);
            const isSimple = from.length === 1 && kernel.outputs.length === 1;
            scope.ticks.push(
              isSimple ? new SimpleKernelTick(state, from[0]!, first) : new KernelTick(state, from, first),
            );
            scope.calls.set(key, first);
          }
          return first + output;
        }
        case "on":
          return compile(this.#coarser(scope, operation.timeframe), inputs[0]!);
        case "of": {
          let index = symbols.indexOf(operation.symbol);
          if (index < 0) {
            index = symbols.push(operation.symbol) - 1;
            this.#scopes.push(new StreamScope(timeframe));
          }
          return compile(this.#scopes[index]!, inputs[0]!);
        }
      }
    };
    this.#rootSlots = Int32Array.from(roots, (root) => compile(own, root));
    this.#changing = Int32Array.from(roots.keys()).filter((i) => roots[i]!.operation.kind !== "constant");
    for (const scope of this.#scopes) {
      scope.seal();
      for (const bucket of scope.buckets) bucket.scope.seal();
    }
    this.#slots = Float64Array.from(initial);
    this.symbols = symbols;
    this.values = Float64Array.from(this.#rootSlots, (slot) => this.#slots[slot]!);
    this.warmUp = roots.reduce((most, root) => Math.max(most, root.warmUpOn(timeframe)), 0);
  }

  /**
   * Takes a closed candle of symbol number `symbol`: a row of columns, of which nothing is kept. In a group of candles
   * that closed together the other symbols come first and the own one, number 0, last: it computes {@linkcode values}.
   */
  push(symbol: number, candles: CandleRows, row: number): void {
    this.#scopes[symbol]!.push(this.#slots, candles, row);
    if (symbol !== 0) return;
    const changing = this.#changing;
    for (let i = 0; i < changing.length; i++) this.values[changing[i]!] = this.#slots[this.#rootSlots[changing[i]!]!]!;
  }

  /** The state after the last candle: copies, as plain data. */
  save(): StreamState {
    return {
      slots: this.#slots.slice(),
      kernels: this.#kernels.map(({ memory, out }) => ({ memory: memory.slice(), out: out.slice() })),
      buckets: this.#buckets.map(({ candle }) => candle.memory.slice()),
    };
  }

  /** Goes on where {@linkcode save} was called on a program of the same series. */
  restore(state: StreamState): void {
    assert(
      state.slots.length === this.#slots.length && state.kernels.length === this.#kernels.length,
      "the saved state belongs to other series",
    );
    this.#slots.set(state.slots);
    this.#kernels.forEach((kernel, i) => {
      kernel.memory.set(state.kernels[i]!.memory);
      kernel.out.set(state.kernels[i]!.out);
    });
    this.#buckets.forEach((bucket, i) => bucket.candle.memory.set(state.buckets[i]!));
    for (let i = 0; i < this.#rootSlots.length; i++) this.values[i] = this.#slots[this.#rootSlots[i]!]!;
  }

  #coarser(scope: StreamScope, timeframe: Timeframe): StreamScope {
    const known = scope.buckets.find((bucket) => bucket.scope.timeframe === timeframe);
    if (known) return known.scope;
    if (!isCoarserOrEqual(timeframe, scope.timeframe)) {
      throw new InputError(
        "series",
        `${scope.timeframe} candles cannot be made into ${timeframe}: on() takes a coarser timeframe`,
      );
    }
    const bucket = new Bucket(new StreamScope(timeframe), scope.timeframe);
    scope.buckets.push(bucket);
    this.#buckets.push(bucket);
    return bucket.scope;
  }
}
