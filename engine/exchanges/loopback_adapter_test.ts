import assert from "node:assert/strict";
import { type Instrument, instrument, ProcessBudget } from "../market/mod.ts";
import { LISTED_MS, openDesk, START_MS } from "../testing/loopback_client.ts";
import { MemoryStore } from "../testing/memory_store.ts";
import { DAY_MS, SimulatedClock, timeframe, type TimestampMs } from "../time/mod.ts";
import { AccountKey, downloadCandles, openExchange, ProviderGroup } from "./mod.ts";

const MID_MINUTE = { now: () => 1_800_000_030_000 as TimestampMs };

/** The adapter of the loopback exchange on one that runs. */
async function withAdapter(
  work: (exchange: Awaited<ReturnType<typeof openExchange>>, desk: ReturnType<typeof openDesk>) => Promise<void>,
) {
  const desk = openDesk();
  const key = new AccountKey(desk.exchange.key), budget = new ProcessBudget(MID_MINUTE);
  const exchange = await openExchange("loopback", { baseUrl: desk.exchange.url, key, budget });
  try {
    await work(exchange, desk);
  } finally {
    await exchange.close();
    await desk.close();
  }
}

Deno.test("three days of minutes of two markets come whole from the loopback exchange, and it counts no violation", async () => {
  await withAdapter(async (exchange, desk) => {
    const clock = new SimulatedClock(START_MS), store = new MemoryStore();
    const wanted = ["BTC/USDT", "ETH/USDT"].map((
      symbol,
    ): { instrument: Instrument; timeframe: ReturnType<typeof timeframe> } => ({
      instrument: instrument({ exchange: "loopback", symbol }),
      timeframe: timeframe("1m"),
    }));
    const results = await downloadCandles(wanted, new ProviderGroup([exchange], clock), store, clock, {
      fromMs: LISTED_MS,
      toMs: START_MS,
      parallel: 4,
      revisitCandles: 0,
    });
    // The minute that ends now has had no time to settle.
    const minutes = (START_MS - LISTED_MS) / DAY_MS * 1440 - 1;
    assert.deepEqual(results.map(({ added, problem }) => [added, problem]), [[minutes, null], [minutes, null]]);
    assert.equal(desk.exchange.limit.violations, 0);
  });
});

Deno.test("an order lives at the loopback exchange through the port: submitted, found by its name, cancelled, and refused where funds lack", async () => {
  await withAdapter(async (exchange) => {
    const order = {
      symbol: "BTC/USDT",
      clientOrderId: "run-1-x-e0",
      side: "buy",
      kind: "limit",
      quantity: "0.001",
      limitPrice: "20000",
      triggerPrice: null,
      timeInForce: "GTC",
      postOnly: false,
      reduceOnly: false,
    } as const;
    const submitted = await exchange.submit(order);
    assert.equal(submitted.kind === "done" && submitted.value.status, "open", JSON.stringify(submitted));
    const found = await exchange.order("BTC/USDT", order.clientOrderId);
    assert.equal(found.kind === "done" && Number(found.value.quantity), 0.001, JSON.stringify(found));
    const cancelled = await exchange.cancel("BTC/USDT", order.clientOrderId);
    assert.equal(cancelled.kind === "done" && cancelled.value.status, "cancelled", JSON.stringify(cancelled));
    const refused = await exchange.submit({ ...order, clientOrderId: "run-1-y-e0", quantity: "5000" });
    assert.equal(refused.kind === "refused" && refused.code, "insufficient-funds", JSON.stringify(refused));
    const unknown = await exchange.order("BTC/USDT", "run-1-z-e0");
    assert.equal(unknown.kind === "refused" && unknown.code, "order-not-found", JSON.stringify(unknown));
    const balances = await exchange.balances();
    assert.ok(
      balances.kind === "done" && balances.value.some(({ asset }) => asset === "USDT"),
      JSON.stringify(balances),
    );
  });
});
