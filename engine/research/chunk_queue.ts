// The port between a study and whoever trades its trials elsewhere: threads, processes, other hosts.
import type { ColumnMoney, RunSpec, TrialCandles } from "../backtest/mod.ts";
import type { GridPoint } from "./parameter_grid.ts";
import type { SweepTrial } from "./study.ts";

/** What all trials of a study have in common. Its chunks have the same object, so that it is told elsewhere once. */
export interface ChunkStudy {
  /** Without the parameters that vary. */
  readonly spec: RunSpec;
  /** All trials decide on these, from the same first candle. */
  readonly candles: TrialCandles;
  readonly money: ColumnMoney;
  readonly perBar: boolean;
}

/** Some trials of a study, to be traded together. */
export interface TrialChunk {
  readonly study: ChunkStudy;
  readonly points: readonly GridPoint[];
}

/**
 * Trades chunks, each once or again until it is done: which place traded a chunk, and how often it was tried, leaves no
 * trace in its trials.
 */
export interface ChunkQueue {
  /** Chunks that are traded at once. */
  readonly size: number;
  /**
   * The trials of a chunk, in the order of its points; null for one that cannot be traded there, as its strategy is not
   * known there: whoever asked trades it.
   *
   * @throws {CodedError} `worker` where the chunk fails wherever it is tried.
   */
  trade(chunk: TrialChunk): Promise<readonly (SweepTrial | null)[]>;
  /** Ends it, whatever it does. */
  close(): void | Promise<void>;
}
