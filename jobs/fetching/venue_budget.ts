// The budget of requests to venues, shared with the other processes of this installation where there is a place for it.
import { Cache, type CacheStore, RedisStore, TableStore } from "../../engine/cache/mod.ts";
import { openDatabase, runningServer } from "../../engine/database/mod.ts";
import type { RequestBudget } from "../../engine/market/mod.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { note } from "../output.ts";
import { readSettings } from "../settings.ts";

/** A budget while it is needed. */
export interface VenueBudget {
  /** Absent where nobody else can know what this process spends: then it counts alone. */
  readonly budget?: RequestBudget;
  close(): Promise<void>;
}

/**
 * Opens the budget in the Redis or the database of the settings, or in the embedded database where that runs: for a count
 * alone it is not started.
 */
export async function openVenueBudget(): Promise<VenueBudget> {
  const { redisUrl, databaseUrl, dataDir } = readSettings().values;
  if (redisUrl !== null) return await budgetIn(await RedisStore.open(redisUrl.reveal()), () => Promise.resolve());
  if (databaseUrl === null && await runningServer(dataDir) === null) return { close: () => Promise.resolve() };
  const database = await openDatabase({ databaseUrl, dataDir }, {
    connections: 2,
    applicationName: "crypto-trader fetch",
  });
  return await budgetIn(new TableStore(database.sql), database.close);
}

async function budgetIn(store: CacheStore, closeDatabase: () => Promise<void>): Promise<VenueBudget> {
  const cache = new Cache(store), state = await cache.state();
  if (state.kind === "unknown") note(`${state.reason}: requests wait until it is back, as others may be asking, too`);
  return {
    budget: cache.requestBudget(systemClock),
    async close() {
      await cache.close();
      await closeDatabase();
    },
  };
}
