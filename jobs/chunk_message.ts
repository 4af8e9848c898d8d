// What processes that trade trials tell each other: one JSON document a line.
import type { RunData, RunSpec } from "../engine/backtest/mod.ts";
import type { ChunkStudy, SweepTrial } from "../engine/research/mod.ts";
import type { ParameterValue } from "../engine/strategies/mod.ts";

/** A study by what it is: whoever gets it reads the same candles from the lake, and makes sure that they are the same. */
export interface SentStudy extends Pick<ChunkStudy, "spec" | "money" | "perBar"> {
  readonly spec: RunSpec;
  readonly data: readonly RunData[];
  readonly tradeFromMs: number;
  readonly engineVersion: string;
}

/** A point by what it is; the hash is that of its rules or code. */
export interface SentPoint {
  readonly index: number;
  readonly strategy: string;
  readonly params: Readonly<Record<string, ParameterValue>>;
  readonly hash: string;
}

/** What is asked: a study once, then its chunks. */
export type ChunkRequest = { readonly study: SentStudy } | { readonly points: readonly SentPoint[] };

/** What is answered: the trials of a chunk, none of a study; or why there are none. */
export type ChunkAnswer =
  | { readonly trials: readonly SweepTrial[] }
  | { readonly error: { readonly code: string; readonly message: string } };
