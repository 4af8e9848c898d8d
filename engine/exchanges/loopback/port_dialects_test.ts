// The port over both dialects of the loopback exchange: what a trading session reads of its orders and fills.
import assert from "node:assert/strict";
import type { LoopbackDesk } from "../../testing/loopback_client.ts";
import { START_MS } from "../../testing/loopback_client.ts";
import { until } from "../../testing/venue_contract/card.ts";
import { BINANCE_SPEAKER, COINBASE_SPEAKER, type Speaker } from "../../testing/venue_contract/talk.ts";
import { AccountKey } from "../account_key.ts";
import type { Exchange, OrderRequest, VenueOrder } from "../exchange.ts";
import { openExchange } from "../open_exchange.ts";

const BTC = "BTC/USDT", SPEAKERS = [["loopback", BINANCE_SPEAKER], ["coinbase", COINBASE_SPEAKER]] as const;

/** A card of the port in every dialect; a client of the library that the desk has besides gives the key. */
function card(title: string, steps: (exchange: Exchange, desk: LoopbackDesk, id: string) => Promise<void>) {
  for (const [id, speaker] of SPEAKERS) {
    Deno.test(`the port as ${id}: ${title}`, () => opened(id, speaker, (exchange, desk) => steps(exchange, desk, id)));
  }
}

async function opened(id: string, speaker: Speaker, work: (exchange: Exchange, desk: LoopbackDesk) => Promise<void>) {
  const talk = await speaker.talk({}), { apiKey, secret } = talk.client;
  const options = { baseUrl: talk.desk.exchange.url, key: new AccountKey({ apiKey, secret }) };
  const exchange = await openExchange(id, { ...options, limit: { weight: 6_000 } });
  try {
    await work(exchange, talk.desk);
  } finally {
    await exchange.close();
    await talk.close();
  }
}

async function done<Value>(answer: Promise<{ kind: string; value?: Value }>): Promise<Value> {
  const outcome = await answer;
  assert.equal(outcome.kind, "done", JSON.stringify(outcome));
  return outcome.value!;
}

const market = (clientOrderId: string): OrderRequest => ({
  symbol: BTC,
  clientOrderId,
  side: "buy",
  kind: "market",
  quantity: "0.01",
  limitPrice: null,
  triggerPrice: null,
  timeInForce: "GTC",
  postOnly: false,
  reduceOnly: false,
});

card("an order that only reduces is placed on a spot market, which has no word for that", async (exchange) => {
  await done(exchange.submit(market("first")));
  await done(exchange.submit({ ...market("second"), side: "sell", quantity: "0.005", reduceOnly: true }));
});

card("a stop that names no limit waits at every venue, also where each trigger has one", async (exchange) => {
  await done(exchange.submit(market("first")));
  const last = Number((await done(exchange.ticker(BTC))).last), triggerPrice = `${Math.floor(last * 0.9)}`;
  const stop = {
    ...market("stop"),
    side: "sell",
    kind: "stop",
    quantity: "0.005",
    triggerPrice,
    reduceOnly: true,
  } as const;
  await done(exchange.submit(stop));
  const open = await done(exchange.openOrders(BTC));
  assert.deepEqual(open.map(({ clientOrderId, triggerPrice }) => [clientOrderId, Number(triggerPrice)]), [
    ["stop", Number(triggerPrice)],
  ]);
});

card("its clock is told, by which requests are judged", async (exchange) => {
  const told = await exchange.time();
  assert.ok(told.kind === "done" && Math.abs(told.value - Date.now()) < 2_000, JSON.stringify(told));
});

card("fills come whole though every page is cut short (fault 25)", async (exchange, desk) => {
  for (let i = 0; i < 8; i++) {
    await done(exchange.submit(market(`n-${i}`)));
    desk.pass(1);
  }
  desk.exchange.faults.plan({ shares: { "short-page": 1 } });
  const fills = await done(exchange.fills({ symbol: BTC, fromMs: START_MS }));
  assert.deepEqual([fills.length, new Set(fills.map(({ id }) => id)).size], [8, 8]);
  assert.ok(desk.exchange.faults.fired.get("short-page")! >= 3);
});

card("the history has orders whatever became of them, by the names that we gave", async (exchange, desk) => {
  await done(exchange.submit(market("first")));
  desk.pass(1);
  await done(exchange.submit({ ...market("second"), kind: "limit", limitPrice: "30000" }));
  await done(exchange.cancel(BTC, "second"));
  const orders = await done(exchange.orders({ symbol: BTC, fromMs: START_MS }));
  assert.deepEqual(orders.map(({ clientOrderId, status }) => [clientOrderId, status]), [
    ["first", "filled"],
    ["second", "cancelled"],
  ]);
});

card("the stream of orders tells of ours by its name", async (exchange, desk) => {
  const told: VenueOrder[] = [], end = new AbortController();
  const listening = (async () => {
    for await (const order of exchange.watchOrders(BTC, end.signal)) told.push(order);
  })();
  await until(() => desk.exchange.venue.listeners.size > 0);
  await done(exchange.submit(market("asked")));
  await until(() => told.some(({ status }) => status === "filled"));
  assert.ok(told.every(({ clientOrderId }) => clientOrderId === "asked"));
  end.abort();
  await listening;
});

for (const fault of ["garbage-frame", "huge-frame", "deep-frame"] as const) {
  card(`a frame that is none ("${fault}") is counted, and the stream goes on (fault 42)`, async (exchange, desk) => {
    const end = new AbortController();
    let prices = 0;
    const listening = (async () => {
      for await (const _ of exchange.watchTicker(BTC, end.signal)) prices++;
    })();
    await until(() => prices > 0);
    desk.exchange.faults.plan({ scripted: [{ at: "frame", n: 1, fault }] });
    await until(() => exchange.badFrames > 0);
    const before = prices;
    await until(() => prices > before);
    end.abort();
    await listening;
    assert.equal(exchange.badFrames, fault === "garbage-frame" ? 2 : 1);
  });
}

Deno.test("a report of an order that is older than another one tells so (fault 28)", () =>
  opened("loopback", BINANCE_SPEAKER, async (exchange, desk) => {
    await done(exchange.submit({ ...market("asked"), kind: "limit", limitPrice: "30000" }));
    desk.pass(1);
    await done(exchange.cancel(BTC, "asked"));
    desk.exchange.faults.plan({ scripted: [{ at: "order", n: 1, fault: "stale-snapshot" }] });
    const [older, newer] = [await done(exchange.order(BTC, "asked")), await done(exchange.order(BTC, "asked"))];
    assert.deepEqual([older.status, newer.status], ["open", "cancelled"]);
    assert.ok(older.updatedAtMs! < newer.updatedAtMs!);
  }));

Deno.test("a trade that is taken back shows as a newer report of its order with less in it (fault 29)", () =>
  opened("loopback", BINANCE_SPEAKER, async (exchange, desk) => {
    await done(exchange.submit(market("asked")));
    const before = await done(exchange.order(BTC, "asked"));
    desk.pass(1);
    desk.exchange.faults.plan({ scripted: [{ at: "fills", n: 1, fault: "bust" }] });
    assert.deepEqual(await done(exchange.fills({ symbol: BTC, fromMs: START_MS })), []);
    const after = await done(exchange.order(BTC, "asked"));
    assert.deepEqual([before.filled, after.filled], ["0.01", "0"]);
    assert.ok(after.updatedAtMs! > before.updatedAtMs!);
  }));

Deno.test("the table of capabilities says what Coinbase's sockets do not bring", () =>
  opened("coinbase", COINBASE_SPEAKER, ({ capabilities }) => {
    const { watchCandles, watchFills, watchBalances, watchOrders, watchTicker, watchBook, watchTrades } = capabilities;
    assert.deepEqual([watchCandles, watchFills, watchBalances], [false, false, false]);
    assert.deepEqual([watchOrders, watchTicker, watchBook, watchTrades], [true, true, true, true]);
    return Promise.resolve();
  }));
