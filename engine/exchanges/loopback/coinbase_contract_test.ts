import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import {
  CARRIED_OUT,
  type Client,
  coinbaseClientOf,
  LISTED_MS,
  type LoopbackDesk,
  openDesk,
} from "../../testing/loopback_client.ts";
import type { FaultOf } from "./fault.ts";
import type { LoopbackExchangeOptions } from "./loopback_exchange.ts";

const BTC = "BTC/USDT", HOUR_MS = 3_600_000, NAME = "organizations/loopback/apiKeys/1";
const pem = (key: KeyObject, type: "sec1" | "spki" | "pkcs8") => key.export({ type, format: "pem" } as never) as string;
const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" });
const EC = { secret: pem(elliptic.privateKey, "sec1"), publicKey: pem(elliptic.publicKey, "spki") };

/** A card of the venue's contract: what an unmodified client of Coinbase sees. */
function card(
  title: string,
  steps: (desk: LoopbackDesk, client: Client) => Promise<void>,
  options: Partial<LoopbackExchangeOptions> = {},
  secret = EC.secret,
) {
  Deno.test(`the loopback exchange, spoken to as Coinbase: ${title}`, async () => {
    const desk = openDesk({ coinbaseKey: { apiKey: NAME, publicKey: EC.publicKey }, ...options });
    const client = coinbaseClientOf(desk.exchange, { apiKey: NAME, secret });
    try {
      await steps(desk, client);
    } finally {
      await client.close();
      await desk.close();
    }
  });
}

const buy = (client: Client, quantity = 0.1, name = "asked") =>
  client.createOrder(BTC, "market", "buy", quantity, undefined, {
    client_order_id: name,
    order_configuration: { market_market_ioc: { base_size: `${quantity}` } },
  });
const limit = (client: Client, side: string, quantity: number, price: number, params: object = {}) =>
  client.createOrder(BTC, "limit", side, quantity, price, params);
const lastOf = async (client: Client): Promise<number> => (await client.fetchTrades(BTC, undefined, 1)).at(-1).price;
const fails = (what: Promise<unknown>, name: string) =>
  assert.rejects(what, (error: Error) => error.constructor.name === name || assert.fail(String(error)));

card("markets have their grid", async (_, client) => {
  await client.loadMarkets();
  const { precision, limits, spot } = client.market(BTC);
  assert.deepEqual([precision.price, precision.amount, limits.cost.min, spot], [0.01, 0.00001, 5, true]);
});

card("candles come page by page without a gap and without one twice", async (_, client) => {
  const times: number[] = [];
  for (let since = LISTED_MS as number; times.length < 900; since = times.at(-1)! + 60_000) {
    times.push(...(await client.fetchOHLCV(BTC, "1m", since, 300)).map(([time]: number[]) => time!));
  }
  assert.deepEqual(times.slice(0, 900), Array.from({ length: 900 }, (_, i) => LISTED_MS + i * 60_000));
});

card("a coarse candle is what its minutes add up to", async (_, client) => {
  const [hour] = await client.fetchOHLCV(BTC, "1h", LISTED_MS, 1);
  const minutes: number[][] = await client.fetchOHLCV(BTC, "1m", LISTED_MS, 60);
  assert.deepEqual(hour.slice(0, 5), [
    LISTED_MS,
    minutes[0]![1],
    Math.max(...minutes.map((own) => own[2]!)),
    Math.min(...minutes.map((own) => own[3]!)),
    minutes[59]![4],
  ]);
});

card("both dialects tell the same candles", async (desk, client) => {
  const range = [BTC, "5m", LISTED_MS + HOUR_MS, 20] as const;
  assert.deepEqual(await client.fetchOHLCV(...range), await desk.client.fetchOHLCV(...range));
});

card("the book is sorted and bid is below ask", async (_, client) => {
  const { bids, asks } = await client.fetchOrderBook(BTC, 10);
  assert.ok(bids.length === 10 && bids[0][0] < asks[0][0] && bids[0][0] > bids[9][0] && asks[0][0] < asks[9][0]);
});

card("trades of the market come oldest first", async (_, client) => {
  const times = (await client.fetchTrades(BTC, undefined, 20)).map(({ timestamp }: { timestamp: number }) => timestamp);
  assert.equal(times.length, 20);
  assert.deepEqual(times, [...times].sort((a, b) => a - b));
});

card("a market order buys, and shows in orders, fills and balances", async (desk, client) => {
  const { id } = await buy(client);
  const order = await client.fetchOrder(id, BTC);
  assert.deepEqual([order.status, order.filled, order.clientOrderId], ["closed", 0.1, "asked"]);
  const [fill] = await client.fetchMyTrades(BTC);
  assert.deepEqual([fill.order, fill.amount, fill.takerOrMaker], [id, 0.1, "taker"]);
  const balance = await client.fetchBalance();
  assert.equal(balance.BTC.total, 0.0999);
  assert.equal(desk.exchange.venue.fills.length, 1);
});

card("a market order sells what is held", async (desk, client) => {
  await buy(client, 0.2);
  const { id } = await client.createOrder(BTC, "market", "sell", 0.1);
  assert.equal((await client.fetchOrder(id, BTC)).status, "closed");
  assert.deepEqual(desk.exchange.venue.fills.map(({ side }) => side), ["buy", "sell"]);
});

card("a limit order rests, locks what it may spend, and is cancelled once", async (_, client) => {
  const price = Math.floor(await lastOf(client) * 0.9), { id } = await limit(client, "buy", 0.1, price);
  assert.equal((await client.fetchOrder(id, BTC)).status, "open");
  assert.equal((await client.fetchBalance({ v3: true })).USDT.used, price * 0.1);
  await client.cancelOrder(id, BTC);
  assert.equal((await client.fetchOrder(id, BTC)).status, "canceled");
  assert.equal((await client.fetchBalance({ v3: true })).USDT.used, 0);
  await fails(client.cancelOrder(id, BTC), "BadRequest");
});

card("open orders are those that are open, and the history has all", async (_, client) => {
  await buy(client, 0.1, "first");
  const { id } = await limit(client, "buy", 0.1, Math.floor(await lastOf(client) * 0.9));
  assert.deepEqual((await client.fetchOpenOrders(BTC)).map((order: { id: string }) => order.id), [id]);
  assert.equal((await client.fetchOrders(BTC)).length, 2);
});

card("a limit order beyond the market takes what is there", async (_, client) => {
  const { id } = await limit(client, "buy", 0.1, Math.ceil(await lastOf(client) * 1.01));
  assert.equal((await client.fetchOrder(id, BTC)).status, "closed");
});

card("an order that may not rest ends without a fill away from the market", async (_, client) => {
  const price = Math.floor(await lastOf(client) * 0.9);
  const { id } = await limit(client, "buy", 0.1, price, { timeInForce: "IOC" });
  const order = await client.fetchOrder(id, BTC);
  assert.deepEqual([order.status, order.filled], ["canceled", 0]);
});

card("a post-only order that would take is refused", async (desk, client) => {
  await assert.rejects(limit(client, "buy", 0.1, Math.ceil(await lastOf(client) * 1.01), { postOnly: true }));
  assert.equal(desk.exchange.venue.orders.length, 0);
});

card("what the account cannot pay is refused", async (desk, client) => {
  await fails(limit(client, "buy", 10, Math.floor(await lastOf(client) * 0.9)), "InsufficientFunds");
  assert.equal(desk.exchange.venue.orders.length, 0);
});

card("what is not held cannot be sold", async (_, client) => {
  await fails(client.createOrder(BTC, "market", "sell", 1), "InsufficientFunds");
});

card("an order below the smallest size is refused", async (desk, client) => {
  await assert.rejects(limit(client, "buy", 0.00001, 1_000));
  assert.equal(desk.exchange.venue.orders.length, 0);
});

card("a stop-limit order waits for its trigger", async (_, client) => {
  await buy(client, 0.2);
  const last = await lastOf(client), stopLossPrice = Math.floor(last * 0.95);
  const { id } = await limit(client, "sell", 0.1, Math.floor(last * 0.94), { stopLossPrice });
  const order = await client.fetchOrder(id, BTC);
  assert.deepEqual([order.status, order.triggerPrice], ["open", stopLossPrice]);
});

card("a name that is sent again finds its order and makes no second one", async (desk, client) => {
  const first = await buy(client), second = await buy(client);
  assert.equal(second.id, first.id);
  assert.equal(desk.exchange.venue.fills.length, 1);
});

card("a number that nobody gave is not found", async (_, client) => {
  await assert.rejects(client.fetchOrder("00000000-0000-4000-8000-000000000099", BTC));
});

const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
card(
  "another secret is refused",
  async (desk, client) => {
    await fails(client.fetchBalance(), "AuthenticationError");
    assert.equal(desk.exchange.venue.orders.length, 0);
  },
  {},
  pem(other, "sec1"),
);

card("without a key nothing signed is let in", async (_, client) => {
  await fails(client.fetchBalance(), "AuthenticationError");
}, { coinbaseKey: { apiKey: "organizations/loopback/apiKeys/2", publicKey: EC.publicKey } });

const edwards = generateKeyPairSync("ed25519");
// Coinbase gives such a key as the seed and the public half, 64 bytes in base 64.
const halves = [edwards.privateKey, edwards.publicKey].map((key) => key.export({ format: "jwk" }));
const words = Uint8Array.from(
  atob(`${halves[0]!.d}=`.replaceAll("-", "+").replaceAll("_", "/")) +
    atob(`${halves[1]!.x}=`.replaceAll("-", "+").replaceAll("_", "/")),
  (letter) => letter.charCodeAt(0),
);
card(
  "an Ed25519 key signs as well",
  async (_, client) => {
    assert.equal((await client.fetchBalance()).USDT.total, 100_000);
  },
  { coinbaseKey: { apiKey: NAME, publicKey: pem(edwards.publicKey, "spki") } },
  btoa(String.fromCharCode(...words)),
);

card("a token that is old is refused", async (_, client) => {
  client.seconds = () => Math.floor(Date.now() / 1_000) - 200;
  await fails(client.fetchBalance(), "AuthenticationError");
});

for (const [fault, isThere] of CARRIED_OUT) {
  if (fault === "slow" || fault === "banned") continue; // Coinbase tells of no ban, and the library waits for the last byte, however late it comes
  card(
    `of an order that meets "${fault}" the client hears an error or no number, and it is ${isThere ? "" : "not "}there`,
    async (desk, client) => {
      await client.loadMarkets();
      desk.exchange.faults.plan({ scripted: [{ at: "place", n: 1, fault }] });
      const told = await buy(client).catch(() => null);
      assert.equal(told?.id, undefined);
      assert.equal(desk.exchange.faults.fired.get(fault), 1);
      assert.equal(desk.exchange.venue.orders.some(({ clientOrderId }) => clientOrderId === "asked"), isThere);
    },
  );
}

for (const fault of ["gap", "spike", "duplicate", "future"] satisfies FaultOf<"candles">[]) {
  card(`candles can have "${fault}"`, async (desk, client) => {
    const range = [BTC, "1m", LISTED_MS, 50] as const, whole = await client.fetchOHLCV(...range);
    desk.exchange.faults.plan({ shares: { [fault]: 1 } });
    assert.notDeepEqual(await client.fetchOHLCV(...range), whole);
    assert.equal(desk.exchange.faults.fired.get(fault), 1);
  });
}

card("above the limit the answer is 429, and a violation is counted", async ({ exchange }, client) => {
  await client.loadMarkets();
  await assert.rejects(async () => {
    for (let i = 0; i < 20; i++) await client.fetchOHLCV(BTC, "1m", LISTED_MS, 5);
  }, /rate_limit|RateLimit|DDoS|429/i);
  assert.ok(exchange.limit.violations >= 1);
}, { limit: { weightPerWindow: 10, banAfter: 50 } });
