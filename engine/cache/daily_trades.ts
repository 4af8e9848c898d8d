import { DAY_MS, type TimestampMs } from "../time/mod.ts";
import type { CacheStore } from "./cache_store.ts";
import type { Hint } from "./hint.ts";

/**
 * How many trades an account has made on a day, UTC. A trade counts once by its name, however often it is recorded, so a
 * record whose answer was lost is simply made again. The journal has the truth; here is the quick answer for all
 * processes.
 */
export class DailyTrades {
  constructor(readonly store: CacheStore) {}

  /** Trades of the day of a moment; `emptied` until they have been restored. */
  count(account: string, at: TimestampMs): Promise<Hint<number>> {
    return this.store.count(keyOf(account), dayOf(at));
  }

  /** Counts trades that the journal has, on the day of a moment; gives that day's count. */
  record(account: string, trades: readonly string[], at: TimestampMs): Promise<Hint<number>> {
    return this.store.add(keyOf(account), dayOf(at), trades, "known");
  }

  /** Says which trades the journal has of the day of a moment. From then on that day and all after it are known. */
  restore(account: string, trades: readonly string[], at: TimestampMs): Promise<Hint<number>> {
    return this.store.add(keyOf(account), dayOf(at), trades, "restore");
  }

  /** The count, restored where it was lost. @param journal Names of the account's trades since the start of the day. */
  async counted(
    account: string,
    at: TimestampMs,
    journal: (dayStartMs: TimestampMs) => Promise<readonly string[]>,
  ): Promise<Hint<number>> {
    const count = await this.count(account, at);
    if (count.kind === "known" || count.code !== "emptied") return count;
    return this.restore(account, await journal(dayOf(at) * DAY_MS as TimestampMs), at);
  }
}

function keyOf(account: string): string {
  return `trades/${account}`;
}

function dayOf(at: TimestampMs): number {
  return Math.floor(at / DAY_MS);
}
