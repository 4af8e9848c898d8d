import assert from "node:assert/strict";
import { instrument, ProcessBudget } from "../market/mod.ts";
import { LISTED_MS, openDesk, START_MS } from "../testing/loopback_client.ts";
import { MemoryStore } from "../testing/memory_store.ts";
import { MINUTE_MS, SimulatedClock, timeframe, type TimestampMs } from "../time/mod.ts";
import { AccountKey, downloadCandles, LOOPBACK_KEY, openExchange, ProviderGroup } from "./mod.ts";

const MID_MINUTE = { now: () => 1_800_000_030_000 as TimestampMs };

Deno.test("three days of minutes of two markets come whole from the loopback exchange, which sees no request too many", async () => {
  const desk = openDesk(), budget = new ProcessBudget(MID_MINUTE);
  const exchange = await openExchange("loopback", { baseUrl: desk.exchange.url, budget });
  const clock = new SimulatedClock(START_MS), store = new MemoryStore();
  const wanted = ["BTC/USDT", "ETH/USDT"].map((symbol) => ({
    instrument: instrument({ exchange: "loopback", symbol }),
    timeframe: timeframe("1m"),
  }));
  try {
    const results = await downloadCandles(wanted, new ProviderGroup([exchange], clock), store, clock, {
      fromMs: LISTED_MS,
      toMs: START_MS,
      parallel: 4,
      revisitCandles: 0,
    });
    // The minute that ends now has had no time to settle.
    const minutes = (START_MS - LISTED_MS) / MINUTE_MS - 1;
    assert.deepEqual(results.map(({ added, problem }) => [added, problem]), [[minutes, null], [minutes, null]]);
    assert.equal(desk.exchange.limit.violations, 0);
    // The list of markets, and five pages of a thousand for each: nothing else was asked for.
    assert.equal(desk.exchange.limit.admittedWeight, 20 + 2 * 5 * 2);
  } finally {
    await exchange.close();
    await desk.close();
  }
});

Deno.test("a stream of the account that the venue refuses is told to who listens, and ends nothing else (G16)", async () => {
  const desk = openDesk();
  const exchange = await openExchange("loopback", {
    baseUrl: desk.exchange.url,
    key: new AccountKey({ ...LOOPBACK_KEY, secret: "another" }),
  });
  try {
    const { signal } = new AbortController();
    await assert.rejects(exchange.watchOrders("BTC/USDT", signal)[Symbol.asyncIterator]().next());
    await new Promise((resolve) => setTimeout(resolve, 50)); // whatever nobody waited for would have been told by now
    assert.equal((await exchange.ticker("BTC/USDT")).kind, "done");
  } finally {
    await exchange.close();
    await desk.close();
  }
});
