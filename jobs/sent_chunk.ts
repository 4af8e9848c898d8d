// Chunks as they are sent to whoever trades them in another process, on this host or another.
import { ENGINE_VERSION, runDataOf } from "../engine/backtest/mod.ts";
import type { ChunkStudy, SweepTrial, TrialChunk } from "../engine/research/mod.ts";
import type { SentPoint, SentStudy } from "./chunk_message.ts";
import { STRATEGIES } from "./registry.ts";

/** A study by what it is. */
export async function sentStudy({ spec, candles, money, perBar }: ChunkStudy): Promise<SentStudy> {
  const data = await runDataOf(spec, candles);
  return { spec, money, perBar, data, tradeFromMs: candles.tradeFromMs, engineVersion: ENGINE_VERSION };
}

/** The trials of points that can be traded elsewhere, in their places; null for the others. */
export async function tradedElsewhere(
  study: ChunkStudy,
  points: TrialChunk["points"],
  trade: (sent: readonly SentPoint[]) => Promise<readonly SweepTrial[]>,
): Promise<(SweepTrial | null)[]> {
  // A strategy that was made by hand cannot be found by its name elsewhere, and functions of a spec cannot be sent.
  const { functions = {} } = study.candles, isWhole = Object.keys(functions).length === 0;
  const known = points.map(({ strategy }) => isWhole && STRATEGIES.some(({ id }) => id === strategy.id));
  const sent = points.filter((_, i) => known[i]).map(({ index, params, strategy }): SentPoint => ({
    index,
    params,
    strategy: strategy.id,
    hash: strategy.hash,
  }));
  const trials = sent.length === 0 ? [] : [...await trade(sent)];
  return known.map((own) => own ? trials.shift()! : null);
}
