// Markets that are not traded at their venue now take no entries.
import type { Refusal } from "../risk/mod.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import type { TraderConfig } from "./config.ts";

/** True when a market is traded at its venue; one whose listing is not known always is. */
export function isListed({ listings }: TraderConfig, instrument: number, nowMs: TimestampMs): boolean {
  const listing = listings?.[instrument] ?? null;
  return listing === null || (nowMs >= listing.listedAtMs && nowMs < listing.delistedAtMs);
}

/** Why a market that is not listed takes no entries, else null. */
export function notListed(config: TraderConfig, instrument: number, nowMs: TimestampMs): Refusal | null {
  if (isListed(config, instrument, nowMs)) return null;
  const { listedAtMs, delistedAtMs } = config.listings![instrument]!, { symbol } = config.instruments[instrument]!;
  return nowMs < listedAtMs
    ? { code: "not-listed", reason: `${symbol} is listed from ${formatTimestamp(listedAtMs as TimestampMs)} on` }
    : { code: "delisted", reason: `${symbol} was delisted on ${formatTimestamp(delistedAtMs as TimestampMs)}` };
}
