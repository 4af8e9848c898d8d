// What a budget that processes share must do, beside what every budget must.
import assert from "node:assert/strict";
import { type CacheStore, SharedBudget } from "../cache/mod.ts";
import type { RateLimit } from "../market/mod.ts";
import { SimulatedClock, type TimestampMs } from "../time/mod.ts";
import { type CacheServer, until } from "./cache_cases.ts";
import type { BudgetMaker } from "./request_budget_cases.ts";

const LIMIT: RateLimit = {
  venue: "binance",
  address: "10.0.0.1",
  name: "weight",
  shape: "window",
  weight: 100,
  windowMs: 60_000,
  cancelWeight: 10,
  tradingWeight: 10,
  guardMs: 1_000,
};
const START = 1_800_000_005_000 as TimestampMs;

/** Runs a case of all budgets on one that is shared. */
export async function withSharedBudget(server: CacheServer, holds: (make: BudgetMaker) => Promise<void>) {
  const store = await server.open();
  try {
    await holds((nowMs) => {
      const clock = new SimulatedClock(nowMs);
      return { budget: new SharedBudget(store, clock), clock };
    });
  } finally {
    await store.close();
  }
}

/** Case names, each with what has to hold for a server on which nothing has been spent. */
export const SHARED_BUDGET_CASES: Readonly<Record<string, (server: CacheServer) => Promise<void>>> = {
  "three processes that ask as fast as they can get one limit's worth together"(server) {
    return withStores(server, async (stores) => {
      const clock = new SimulatedClock(START), budgets = stores.map((store) => new SharedBudget(store, clock));
      let granted = 0;
      const spend = async (budget: SharedBudget) => {
        for (let refused = 0; refused < 5;) {
          const decision = await budget.reserve(LIMIT, 1, "data");
          if (decision.granted) granted++;
          else if (decision.retryAtMs > START + 100) refused++; // spent, and not only busy
        }
      };
      await Promise.all(budgets.flatMap((budget) => [spend(budget), spend(budget)]));
      assert.equal(granted, 80);
    });
  },
  "a ban that one process is told of stops all"(server) {
    return withStores(server, async ([one, two]) => {
      const clock = new SimulatedClock(START),
        own = new SharedBudget(one!, clock),
        other = new SharedBudget(two!, clock);
      const grant = await own.reserve(LIMIT, 1, "data");
      assert.ok(grant.granted);
      await own.report(LIMIT, grant, { status: 418, retryAfterMs: 300_000 });
      const decision = await other.reserve(LIMIT, 1, "cancel");
      assert.deepEqual(decision, { granted: false, retryAtMs: START + 300_000, reason: "banned" });
    });
  },
  "while the cache is away data waits, orders and cancels go on within the limit, and later all do"(server) {
    return withStores(server, async ([store]) => {
      const clock = new SimulatedClock(START), budget = new SharedBudget(store!, clock);
      for (let i = 0; i < 40; i++) assert.ok((await budget.reserve(LIMIT, 1, "data")).granted);
      await server.kill();
      await until(async () => (await store!.get("x")).kind === "unknown");
      assert.deepEqual(await budget.reserve(LIMIT, 1, "data"), {
        granted: false,
        retryAtMs: START + 1_000,
        reason: "spent",
      });
      assert.ok((await budget.reserve(LIMIT, 50, "order")).granted);
      assert.equal((await budget.reserve(LIMIT, 1, "order")).granted, false, "40 + 50 leave the share of cancels");
      assert.ok((await budget.reserve(LIMIT, 10, "cancel")).granted);
      await server.start();
      await until(async () => (await store!.get("x")).kind === "known");
      // The shared count is gone, this process's own is not.
      assert.equal((await budget.reserve(LIMIT, 1, "data")).granted, false);
      clock.advanceTo(START + 120_000 as TimestampMs);
      assert.ok((await budget.reserve(LIMIT, 1, "data")).granted);
    });
  },
};

async function withStores(server: CacheServer, work: (stores: readonly CacheStore[]) => Promise<void>): Promise<void> {
  const stores = [await server.open(), await server.open(), await server.open()];
  try {
    await work(stores);
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}
