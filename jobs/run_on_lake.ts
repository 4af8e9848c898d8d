// A run on the candles that the lake has today, with all that it was made of.
import {
  bindStrategies,
  type BoundStrategies,
  loadCandles,
  loadFeeds,
  runBacktest,
  type RunRecord,
  type RunSpec,
  usedCandles,
  type VenueFeed,
} from "../engine/backtest/mod.ts";
import type { Lake } from "../engine/lake/mod.ts";
import type { CandleColumns } from "../engine/market/mod.ts";
import { findStrategy } from "./registry.ts";

/** A run with all that it was made of. */
export interface MadeRun {
  readonly run: RunRecord;
  readonly strategies: BoundStrategies;
  /** Those that it used, its markets' first. */
  readonly candles: readonly CandleColumns[];
  readonly feeds: readonly VenueFeed[];
}

/** Runs a spec. @throws {InputError} where the lake does not have what it needs. */
export async function runOnLake(spec: RunSpec, lake: Lake): Promise<MadeRun> {
  const strategies = bindStrategies(spec, findStrategy);
  const loaded = await loadCandles(spec, strategies, lake), feeds = await loadFeeds(spec, strategies, lake);
  const run = await runBacktest(spec, strategies, loaded, undefined, {}, feeds);
  return { run, strategies, candles: usedCandles(spec, strategies, loaded).used, feeds };
}
