import type { CandleColumns } from "../../engine/market/mod.ts";

/** One measured figure. */
export interface Row {
  readonly workload: string;
  /** What was measured, as the peers name it: `sma50`, `bars_per_second`. */
  readonly figure: string;
  readonly ours: number;
  readonly unit: string;
  /** True for a rate, where more is better; false for a time. */
  readonly moreIsBetter: boolean;
}

/** Something to measure; one file each in this folder. */
export interface Workload {
  readonly name: string;
  /** Measures on a year of one-minute candles. */
  run(walk: CandleColumns): Promise<Row[]>;
}

/** Milliseconds of the fastest of `times` calls, after one that does not count. */
export async function fastestMs(times: number, call: () => unknown): Promise<number> {
  await call();
  let fastest = Infinity;
  for (let i = 0; i < times; i++) {
    const startMs = performance.now();
    await call();
    fastest = Math.min(fastest, performance.now() - startMs);
  }
  return fastest;
}

/** Runs of one call before it is the other's turn. */
const RUNS_IN_TURN = 6;

/** The same of two calls that are measured turn by turn. */
export async function fastestInTurn(
  times: number,
  one: () => unknown,
  other: () => unknown,
): Promise<readonly [oneMs: number, otherMs: number]> {
  let oneMs = Infinity, otherMs = Infinity;
  for (let i = 0; i < times; i++) {
    oneMs = Math.min(oneMs, await fastestMs(RUNS_IN_TURN, one));
    otherMs = Math.min(otherMs, await fastestMs(RUNS_IN_TURN, other));
  }
  return [oneMs, otherMs];
}
