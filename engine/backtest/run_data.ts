import type { CandleColumns } from "../market/mod.ts";
import { fingerprint } from "./fingerprint.ts";
import type { RunData, RunSpec } from "./run_spec.ts";
import { feedFingerprint, usedFeeds, type VenueFeed } from "./venue_feed.ts";

/** What a run uses, as its manifest states it: digests of the candles, and of the feeds that its account uses. */
export async function runDataOf(
  spec: RunSpec,
  { used, feeds = [] }: { readonly used: readonly CandleColumns[]; readonly feeds?: readonly VenueFeed[] },
): Promise<RunData[]> {
  const cut = usedFeeds(spec, used, feeds);
  return await Promise.all(used.map(async (own, i) => ({
    ...await fingerprint(own, spec.timeframe),
    ...(cut?.[i] === undefined ? {} : await feedFingerprint(cut[i])),
  })));
}
