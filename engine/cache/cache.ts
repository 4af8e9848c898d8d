import type { RequestBudget } from "../market/mod.ts";
import type { Clock } from "../time/mod.ts";
import { AutopilotRegistry } from "./autopilot_registry.ts";
import type { CacheStore, StoreState } from "./cache_store.ts";
import { DailyTrades } from "./daily_trades.ts";
import type { Hint } from "./hint.ts";
import { MarketCache } from "./market_cache.ts";
import { Messages } from "./messages.ts";
import { SessionCache } from "./session_cache.ts";
import { SharedBudget } from "./shared_budget.ts";

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
