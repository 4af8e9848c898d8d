import assert from "node:assert/strict";
import { CACHE_CASES, CACHE_FAULT_CASES, type CacheServer, code, until, value } from "../testing/cache_cases.ts";
import { REQUEST_BUDGET_CASES } from "../testing/request_budget_cases.ts";
import { SHARED_BUDGET_CASES, withSharedBudget } from "../testing/shared_budget_cases.ts";
import { RedisServer } from "../testing/redis_server.ts";
import { RedisStore } from "./redis_store.ts";

let stores = 0;

/** The server as the cases want it, with keys of its own for each case. */
function cacheServer(server: RedisServer): CacheServer {
  const namespace = `case ${++stores}`;
  return {
    open: (deadlineMs = 1_000) => RedisStore.open(server.url, { namespace, deadlineMs }),
    kill: () => server.kill(),
    start: () => server.start(),
    pause: () => server.pause(),
    resume: () => server.resume(),
  };
}

Deno.test("cache in Redis", (t) =>
  RedisServer.with(async (server) => {
    for (const [name, holds] of Object.entries({ ...CACHE_CASES, ...CACHE_FAULT_CASES })) {
      await t.step(name, () => holds(cacheServer(server)));
    }
  }));

Deno.test("request budget in Redis", (t) =>
  RedisServer.with(async (server) => {
    for (const [name, holds] of Object.entries(REQUEST_BUDGET_CASES)) {
      await t.step(name, () => withSharedBudget(cacheServer(server), holds));
    }
    for (const [name, holds] of Object.entries(SHARED_BUDGET_CASES)) {
      await t.step(name, () => holds(cacheServer(server)));
    }
  }));

Deno.test("a Redis that comes back with what it had on its disk is taken to be empty: that may be old", () =>
  RedisServer.with(async (server) => {
    const store = await RedisStore.open(server.url);
    try {
      value(await store.put("session/s", "1", { ttlMs: 60_000 }));
      value(await store.add("trades/main", 20_000, ["t1"], "restore"));
      await server.stop();
      await server.start();
      await until(async () => (await store.get("session/s")).kind === "known");
      assert.equal(value(await store.get("session/s")), null);
      assert.equal(code(await store.count("trades/main", 20_000)), "emptied");
    } finally {
      await store.close();
    }
  }, "3600 1"));

Deno.test("a Redis that is not there yet is away, and found when it has started", () =>
  RedisServer.with(async (server) => {
    await server.kill();
    const store = await RedisStore.open(server.url, { deadlineMs: 1_000 });
    try {
      assert.equal(code(await store.get("session/s")), "away");
      await server.start();
      await until(async () => (await store.get("session/s")).kind === "known");
    } finally {
      await store.close();
    }
  }));

Deno.test("what a hanging Redis has not answered has an end: more is not asked of it", () =>
  RedisServer.with(async (server) => {
    const store = await RedisStore.open(server.url, { deadlineMs: 50 });
    try {
      server.pause();
      const hints = await Promise.all(Array.from({ length: 1_500 }, () => store.get("session/s")));
      assert.ok(hints.every((hint) => code(hint) === "slow"));
      const refused = hints.filter((hint) => hint.kind === "unknown" && /has 1000 requests/.test(hint.reason));
      assert.equal(refused.length, 500);
    } finally {
      server.resume();
      await store.close();
    }
  }));
