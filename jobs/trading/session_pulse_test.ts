import assert from "node:assert/strict";
import { Cache, RedisStore, TableStore } from "../../engine/cache/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { RedisServer } from "../../engine/testing/redis_server.ts";
import { testOnDatabases } from "../../engine/testing/servers.ts";
import { DAY_MS, type TimestampMs } from "../../engine/time/mod.ts";
import type { Command, TraderState } from "../../engine/trader/mod.ts";
import { pulseOf, PulseTeller } from "./session_pulse.ts";

const MARKETS = ["BTC/USDT", "ETH/USDT"].map((symbol) =>
  instrument({ exchange: "test", symbol, kind: "spot", tick: "0.01", lot: "0.001" })
);

/** A state as far as a pulse reads it. */
function stateOf(halted: string | null): TraderState {
  const account = {
    cashNumber: 900,
    positionNumbers: Float64Array.of(2, 0),
    dustNumbers: Float64Array.of(0, 0),
    feeBalance: null,
  };
  const books = [{ halted: null }, { halted: "its strategy has failed" }];
  return { account, marks: Float64Array.of(50, NaN), halted, books, orders: [{}] } as unknown as TraderState;
}

function recorded(name: string, slot = "entry"): Command {
  return { kind: "record", order: { clientOrderId: name, slot }, shrunk: [] } as unknown as Command;
}

/** All that a teller promises, on a cache. */
async function tells(cache: Cache, empty: () => Promise<void>): Promise<void> {
  const journal = ["before"], nowMs = 20_000 * DAY_MS + 1 as TimestampMs, asked: number[] = [];
  const teller = new PulseTeller({
    ...{ cache, account: "a", sessionId: "one", instruments: MARKETS, books: [{ instrument: 0 }, { instrument: 1 }] },
    now: () => nowMs,
    entriesSince: (sinceMs) => Promise.resolve((asked.push(sinceMs), journal)),
  });
  const said = async () => {
    const hint = await cache.sessions.load("one");
    return hint.kind === "known" ? pulseOf(hint.value) : null;
  };
  await teller.tell(3, stateOf(null));
  assert.deepEqual(await said(), {
    atMs: nowMs,
    epoch: 3,
    equityQuote: 1_000,
    cashQuote: 900,
    halted: null,
    haltedBooks: [{ symbol: "ETH/USDT", reason: "its strategy has failed" }],
    positions: [{ symbol: "BTC/USDT", quantity: 2, markQuote: 50 }],
    openOrders: 1,
    entriesToday: 1,
  });
  assert.deepEqual(asked, [20_000 * DAY_MS], "what the journal has of the day");

  await teller.tell(2, stateOf("an old leader"));
  assert.equal((await said())!.halted, null, "a process of an earlier epoch has nothing to say any more");

  teller.seen([recorded("one"), recorded("a stop", "stop"), recorded("two")]);
  await teller.tell(3, stateOf("paused"));
  assert.deepEqual([(await said())!.entriesToday, (await said())!.halted], [3, "paused"]);
  teller.seen([recorded("two")]);
  await teller.tell(3, stateOf(null));
  assert.equal((await said())!.entriesToday, 3, "an entry counts once");
  assert.equal(asked.length, 1);

  await empty();
  journal.push("one", "two", "three");
  teller.seen([recorded("three")]);
  await teller.tell(4, stateOf(null));
  assert.equal((await said())!.entriesToday, 4, "a cache that was emptied is told by the journal");

  const away = new PulseTeller({
    ...{ cache, account: "b", sessionId: "two", instruments: MARKETS, books: [{ instrument: 0 }, { instrument: 1 }] },
    now: () => nowMs,
    entriesSince: () => Promise.reject(new Error("the database is away")),
  });
  await away.tell(1, stateOf(null));
  const hint = await cache.sessions.load("two");
  assert.equal(hint.kind === "known" && pulseOf(hint.value)!.entriesToday, null, "nobody knows, and it is said");
}

Deno.test("a session tells Redis what it holds, and counts its entries there as the journal has them", () =>
  RedisServer.with(async (redis) => {
    const store = await RedisStore.open(redis.url);
    try {
      await tells(new Cache(store), async () => {
        await redis.kill();
        await redis.start();
        for (let i = 0; (await store.state()).kind === "unknown"; i++) {
          assert.ok(i < 100, "Redis is back");
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      });
    } finally {
      await store.close();
    }
  }));

testOnDatabases("a session tells the tables what it holds where there is no Redis", async ({ sql }) => {
  const store = new TableStore(sql);
  await tells(new Cache(store), async () => {
    await sql`truncate cache_values, cache_days, cache_members`;
  });
  await store.close();
});
