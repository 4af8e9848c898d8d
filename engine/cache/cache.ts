import type { Sql } from "../database/mod.ts";
import type { Secret } from "../errors/mod.ts";
import type { RequestBudget } from "../market/mod.ts";
import type { Clock } from "../time/mod.ts";
import { AutopilotRegistry } from "./autopilot_registry.ts";
import type { CacheStore, StoreState } from "./cache_store.ts";
import { DailyTrades } from "./daily_trades.ts";
import type { Hint } from "./hint.ts";
import { MarketCache } from "./market_cache.ts";
import { Messages } from "./messages.ts";
import { RedisStore } from "./redis_store.ts";
import { SessionCache } from "./session_cache.ts";
import { SharedBudget } from "./shared_budget.ts";
import { TableStore } from "./table_store.ts";

/** What all processes of an installation share and may lose, on Redis or on tables. */
export class Cache {
  readonly autopilots: AutopilotRegistry;
  readonly trades: DailyTrades;
  readonly sessions: SessionCache;
  readonly market: MarketCache;
  readonly messages: Messages;

  constructor(readonly store: CacheStore) {
    this.autopilots = new AutopilotRegistry(store);
    this.trades = new DailyTrades(store);
    this.sessions = new SessionCache(store);
    this.market = new MarketCache(store);
    this.messages = new Messages(store);
  }

  get form(): CacheStore["form"] {
    return this.store.form;
  }

  /** The weight of requests that venues have left for all processes together. */
  requestBudget(clock: Clock): RequestBudget {
    return new SharedBudget(this.store, clock);
  }

  /** Whether it can be reached, and its version. */
  state(): Promise<Hint<StoreState>> {
    return this.store.state();
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/**
 * The cache that the settings name: Redis, or tables of a database where they name none. A Redis that is not there is
 * away until it is.
 *
 * @param sql Connections to a database that has been migrated; they stay open when the cache is closed.
 */
export async function openCache({ redisUrl }: { readonly redisUrl: Secret | null }, sql: Sql): Promise<Cache> {
  return new Cache(redisUrl === null ? new TableStore(sql) : await RedisStore.open(redisUrl.reveal()));
}
