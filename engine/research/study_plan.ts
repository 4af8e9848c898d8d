// What sweeps and searches have in common: what is tried, how it is traded, and what goes on around it.
import type { ColumnMoney, RunFunctions, RunSpec, VenueFeed } from "../backtest/mod.ts";
import type { Strategy } from "../strategies/mod.ts";
import type { ChunkQueue } from "./chunk_queue.ts";

/** A run whose parameters vary. */
export interface StudyPlan {
  /** Its parameters are those that vary, and those that are the same in all trials. */
  readonly spec: RunSpec;
  readonly strategy: Strategy;
  /** `exact` unless stated: as the event path keeps it. */
  readonly money?: ColumnMoney;
  /** True where the Sharpe ratio of the returns from close to close is wanted, too. */
  readonly perBar?: boolean;
  /** How many of the best trials are run again candle by candle. */
  readonly certify?: number;
  /** Functions that the spec names, and funding and mark prices of its contracts. */
  readonly functions?: RunFunctions;
  readonly feeds?: readonly VenueFeed[];
}

/** What goes on around a study. */
export interface StudySurroundings<Trial, Kept = Trial> {
  /** Trials that an earlier run of the same study has done. */
  readonly done?: readonly Kept[];
  /** Sees trials once they are done, and may keep them. */
  readonly onTrials?: (trials: readonly Trial[]) => void | Promise<void>;
  /** Who trades the trials elsewhere; without one this thread does. */
  readonly queue?: ChunkQueue;
  /** Called with how many are done; false ends the study early, with what there is. */
  readonly progress?: (done: number, total: number) => boolean;
}
