/**
 * A function of one to {@linkcode MOST_INPUTS} series that remembers. It has one documented order of operations, used by both evaluators:
 * {@linkcode Kernel.run} over a stretch of history and {@linkcode KernelState.push} candle by candle give the same bits.
 *
 * Unknown input has one rule for all kernels: on a candle on which any input is not finite the outputs are unknown, and
 * the kernel begins anew with the next candle, as if the series began there. So neither form ever tests for NaN.
 */
export interface Kernel {
  /** Unique, in camelCase: part of a node's identity. */
  readonly name: string;
  /** Number of input series. */
  readonly inputs: number;
  readonly outputs: readonly string[];
  /** Candles before the first known value of each output, when all inputs are known from the start. */
  warmUp(params: readonly number[]): readonly number[];
  /** The kernel on a stream, at its beginning. */
  state(params: readonly number[]): KernelState;
  /**
   * Fills rows `from` … `to` (not included) of the outputs, from inputs that are known in all of them. Written out
   * where speed pays; without it the state is pushed through the rows.
   */
  run?(
    inputs: readonly Float64Array[],
    from: number,
    to: number,
    params: readonly number[],
    outputs: readonly Float64Array[],
  ): void;
  /** Where the host has it, a sweep takes this. */
  readonly compiled?: CompiledKernel;
}

/** {@linkcode Kernel.run} as WebAssembly has it, on columns that lie in its memory: the same bits. */
export interface CompiledKernel {
  /** The module as base64; it imports its memory. */
  readonly module: string;
  /**
   * Runs what the module exports: fills rows `from` … `to` (not included) of outputs that begin with the row `from`. Columns are
   * given by the bytes at which they begin; the inputs are known from the row `origin` on, with which the series begins.
   */
  run(
    exports: WebAssembly.Exports,
    inputs: readonly number[],
    origin: number,
    from: number,
    to: number,
    params: readonly number[],
    outputs: readonly number[],
  ): void;
  /** How many times the largest input no output and nothing on the way to one is larger than. */
  growth(params: readonly number[]): number;
}

/** Most inputs that a kernel may have. */
export const MOST_INPUTS = 4;

/**
 * A kernel at work on a stream. All that it remembers lies in `memory`, so it can be copied and put back. Inputs and
 * outputs go through arrays: a call with numbers would allocate a box for each of them.
 */
export abstract class KernelState {
  /** One candle's inputs, all known when {@linkcode push} is called. */
  readonly input: Float64Array = new Float64Array(MOST_INPUTS);
  /** The outputs of the last candle, NaN while unknown. */
  readonly out: Float64Array;
  readonly memory: Float64Array;

  /** @param memorySize Numbers remembered, all 0 at the beginning. */
  constructor(outputs: number, memorySize: number) {
    this.out = new Float64Array(outputs).fill(NaN);
    this.memory = new Float64Array(memorySize);
  }

  /** Takes one candle's inputs from `input` and leaves the outputs in `out`. */
  abstract push(): void;

  /** Back to the beginning. */
  reset(): void {
    this.memory.fill(0);
    this.out.fill(NaN);
  }
}

/**
 * Running sums are rebuilt from their window after this many candles, counted from where the series became known: so
 * their drift is bounded, and the same in both evaluators.
 */
export const REBUILD_EVERY = 1024;

/** True on a candle (counted from 0) on which running sums are rebuilt. */
export function rebuildsAt(count: number): boolean {
  return (count & (REBUILD_EVERY - 1)) === REBUILD_EVERY - 1;
}

/** Pushes a state through rows of columns. */
export function runByState(
  kernel: Kernel,
  inputs: readonly Float64Array[],
  from: number,
  to: number,
  params: readonly number[],
  outputs: readonly Float64Array[],
): void {
  const state = kernel.state(params);
  const { input, out } = state;
  for (let i = from; i < to; i++) {
    for (let k = 0; k < inputs.length; k++) input[k] = inputs[k]![i]!;
    state.push();
    for (let o = 0; o < outputs.length; o++) outputs[o]![i] = out[o]!;
  }
}
