import assert from "node:assert/strict";
import { DAY_MS, systemClock, timestampMs } from "../time/mod.ts";
import {
  AccountKey,
  LOOPBACK_KEY,
  openExchange,
  type OrderRequest,
  SeededMarket,
  startLoopbackExchange,
} from "./mod.ts";

const ORDER: OrderRequest = {
  ...{ symbol: "BTC/USDT", clientOrderId: "a1", side: "buy", kind: "market", quantity: "0.01" },
  ...{ limitPrice: null, triggerPrice: null, timeInForce: "GTC", postOnly: false, reduceOnly: false },
};

Deno.test("an order is looked at once more when it is signed, and one that must not leave has not left", async () => {
  const listedAtMs = timestampMs(Math.floor(systemClock.now() / DAY_MS - 1) * DAY_MS);
  const market = new SeededMarket({ symbol: "BTC/USDT", seed: 1, listedAtMs, startPrice: 60_000 });
  const venue = startLoopbackExchange({ markets: [market] });
  const exchange = await openExchange("loopback", { baseUrl: venue.url, key: new AccountKey(LOOPBACK_KEY) });
  try {
    let looks = 0;
    const held = await exchange.submit(ORDER, () => {
      looks++;
      return "the lease is over";
    });
    assert.deepEqual([held, looks], [{ kind: "refused", code: "held-back", reason: "the lease is over" }, 1]);
    assert.equal(venue.venue.orders.length, 0);
    assert.equal((await exchange.submit(ORDER, () => null)).kind, "done");
    assert.deepEqual(venue.venue.orders.map(({ clientOrderId }) => clientOrderId), ["a1"]);
  } finally {
    await exchange.close();
    await venue.close();
  }
});
