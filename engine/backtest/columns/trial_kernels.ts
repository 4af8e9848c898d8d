import type { ColumnMemory } from "../../series/mod.ts";
import { TRIAL_WASM } from "./trial_wasm.ts";

/** What trial.as and equity.as export: addresses of records in the memory that they work on, and rows. */
export interface TrialKernels {
  follow(equity: number, rows: number, cash: number, quantity: number, changes: number, end: number): void;
  advance(trials: number, count: number, first: number, end: number, table: number, open: number): void;
  findTable(closes: number, from: number, to: number, reference: number, table: number): void;
  findBlocks(leasts: number, mosts: number, rows: number, block: number, outLeast: number, outMost: number): void;
}

/** The kernels on a memory; null where there are none. */
export function trialKernels(memory: ColumnMemory): TrialKernels | null {
  return memory.kernels<TrialKernels>(TRIAL_WASM);
}

/** A record of a kernel: first its numbers, then its whole numbers, among them addresses. */
export class KernelRecord {
  readonly numbers: Float64Array;
  readonly integers: Int32Array;

  constructor(memory: ColumnMemory, numbers: number, integers: number) {
    const all = memory.numbers(numbers + Math.ceil(integers / 2)).fill(0);
    this.numbers = all.subarray(0, numbers);
    this.integers = new Int32Array(all.buffer, all.byteOffset + 8 * numbers, integers);
  }

  get address(): number {
    return this.numbers.byteOffset;
  }
}
