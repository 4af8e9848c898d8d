import { hashText, keyedRandom } from "../time/mod.ts";

/**
 * How long requests are on their way, as quantiles at equal distances from the fastest to the slowest, milliseconds:
 * `[80]` always takes 80, `[20, 40, 300]` half of them between 20 and 40. Between quantiles it is a straight line.
 */
export type LatencyMs = readonly number[];

/** The whole milliseconds that one request takes: its own whatever else is sent, as it is drawn by its name. */
export function latencyOf(quantilesMs: LatencyMs, seed: number, request: string): number {
  const last = quantilesMs.length - 1;
  const place = last * keyedRandom(seed, hashText(request), 0);
  const below = Math.floor(place);
  const from = quantilesMs[below]!;
  return Math.round(below === last ? from : from + (quantilesMs[below + 1]! - from) * (place - below));
}
