import { feedFingerprint, feedTimeframe, type RunData, type RunManifest, type VenueFeed } from "../backtest/mod.ts";
import { fundingAround, fundingBetween, type Instrument, instrument } from "../market/mod.ts";
import { barClose, timeframe, type TimestampMs } from "../time/mod.ts";
import { Lake } from "./lake.ts";
import type { LakeRoot } from "./lake_root.ts";

/** The funding and mark prices that a run used; null unless the lake still has exactly those. */
export async function runFeeds(root: LakeRoot, manifest: RunManifest): Promise<VenueFeed[] | null> {
  const lake = new Lake(root);
  try {
    const feeds: VenueFeed[] = [];
    for (const [i, market] of manifest.markets.entries()) {
      const used = manifest.run.data[i]!, contract = instrument(market);
      const funding = used.funding === undefined ? {} : await fundingLike(lake, contract, manifest, used);
      const mark = used.mark === undefined ? {} : await markLike(lake, contract, manifest, used);
      if (funding === null || mark === null) return null;
      feeds.push({ ...funding, ...mark });
    }
    return feeds;
  } finally {
    await lake.close();
  }
}

/** The time from the first candle of a run to the end of its last one. */
function spanOf({ timeframe: length }: RunManifest, { originMs, lastMs }: RunData): [TimestampMs, TimestampMs] {
  return [originMs as TimestampMs, barClose(timeframe(length), lastMs as TimestampMs)];
}

async function markLike(lake: Lake, contract: Instrument, manifest: RunManifest, used: RunData) {
  const [from, to] = spanOf(manifest, used);
  const query = { instrument: contract, timeframe: feedTimeframe(manifest), from, to };
  const mark = await lake.mark(query).catch(() => null);
  if (mark === null) return null;
  const { mark: found } = await feedFingerprint({ funding: null, mark, fromMs: from, toMs: to });
  return found!.sha256 === used.mark!.sha256 ? { mark } : null;
}

/**
 * A run uses the settlement before its span and the one after, where they were there then: of what a later import has
 * added on either side nothing is taken.
 */
async function fundingLike(lake: Lake, contract: Instrument, manifest: RunManifest, used: RunData) {
  const funding = await lake.funding(contract).catch(() => null);
  if (funding === null) return null;
  const [fromMs, toMs] = spanOf(manifest, used);
  for (const start of [-Infinity, fromMs]) {
    for (const end of [Infinity, toMs]) {
      const there = fundingBetween(funding, start, end);
      if (there.length === 0) continue;
      const feed = { funding: fundingAround(there, fromMs, toMs), mark: null, fromMs, toMs };
      if ((await feedFingerprint(feed)).funding!.sha256 === used.funding!.sha256) return { funding: there };
    }
  }
  return null;
}
