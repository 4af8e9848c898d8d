import assert from "node:assert/strict";
import {
  CARRIED_OUT,
  type Client,
  clientOf,
  LISTED_MS,
  type LoopbackDesk,
  openDesk,
  START_MS,
} from "../../testing/loopback_client.ts";
import type { LoopbackExchangeOptions } from "./loopback_exchange.ts";

const BTC = "BTC/USDT", HOUR_MS = 3_600_000;

/** A card of the venue's contract: what an unmodified client of the venue sees. */
function card(
  title: string,
  steps: (desk: LoopbackDesk, client: Client) => Promise<void> | void,
  options: Partial<LoopbackExchangeOptions> = {},
) {
  Deno.test(`the loopback exchange, spoken to as Binance: ${title}`, async () => {
    const desk = openDesk(options);
    try {
      await desk.client.loadMarkets();
      await steps(desk, desk.client);
    } finally {
      await desk.close();
    }
  });
}

async function fails(what: Promise<unknown>, name: string): Promise<void> {
  try {
    await what;
  } catch (error) {
    return assert.equal((error as Error).constructor.name, name, String(error));
  }
  assert.fail(`it did not fail with ${name}`);
}

const buy = (client: Client, quantity = 0.1, params: object = {}) =>
  client.createOrder(BTC, "market", "buy", quantity, undefined, params);
const limit = (client: Client, side: string, quantity: number, price: number, params: object = {}) =>
  client.createOrder(BTC, "limit", side, quantity, price, params);
const lastOf = async (client: Client): Promise<number> => (await client.fetchTicker(BTC)).last;

card("markets have their grid", (_, client) => {
  const { precision, limits, spot } = client.market(BTC);
  assert.deepEqual([precision.price, precision.amount, limits.cost.min, spot], [0.01, 0.00001, 5, true]);
});

card("candles come page by page without a gap and without one twice", async (_, client) => {
  const times: number[] = [];
  for (let since = LISTED_MS as number; since < LISTED_MS + 2 * 24 * HOUR_MS;) {
    const page = await client.fetchOHLCV(BTC, "1m", since, 1_000);
    times.push(...page.map(([time]: number[]) => time!));
    since = times.at(-1)! + 60_000;
  }
  assert.deepEqual(times.slice(0, 2_880), Array.from({ length: 2_880 }, (_, i) => LISTED_MS + i * 60_000));
});

card("no page has more candles than the limit", async (_, client) => {
  assert.equal((await client.fetchOHLCV(BTC, "1m", LISTED_MS, 5_000)).length, 1_000);
});

card("a coarse candle is what its minutes add up to", async (_, client) => {
  const minutes = await client.fetchOHLCV(BTC, "1m", LISTED_MS, 240),
    [hours] = await client.fetchOHLCV(BTC, "4h", LISTED_MS, 1);
  assert.deepEqual(hours.slice(0, 5), [
    LISTED_MS,
    minutes[0][1],
    Math.max(...minutes.map((own: number[]) => own[2])),
    Math.min(...minutes.map((own: number[]) => own[3])),
    minutes.at(-1)[4],
  ]);
});

card("the last candle is still open, and grows", async (desk, client) => {
  desk.pass(0.3);
  const [before] = await client.fetchOHLCV(BTC, "1m", START_MS, 1);
  desk.pass(0.3);
  const [after] = await client.fetchOHLCV(BTC, "1m", START_MS, 1);
  assert.equal(before[0], after[0]);
  assert.ok(after[5] > before[5] && after[2] >= before[2] && after[3] <= before[3]);
});

card("bid is below ask, and the book is sorted", async (_, client) => {
  const { bids, asks } = await client.fetchOrderBook(BTC, 20), { bid, ask } = await client.fetchTicker(BTC);
  assert.ok(bid < ask && bids[0][0] === bid && asks[0][0] === ask);
  assert.deepEqual(bids, bids.toSorted(([a]: number[], [b]: number[]) => b! - a!));
  assert.deepEqual(asks, asks.toSorted(([a]: number[], [b]: number[]) => a! - b!));
});

card("trades of the market come oldest first", async (_, client) => {
  const trades = await client.fetchTrades(BTC, undefined, 50);
  assert.equal(trades.length, 50);
  assert.deepEqual(trades, trades.toSorted((a: Client, b: Client) => a.timestamp - b.timestamp));
});

card("a market order buys at the ask, and pays its fee in what it brings", async (_, client) => {
  const { asks } = await client.fetchOrderBook(BTC, 1), order = await buy(client);
  assert.equal(order.status, "closed");
  assert.equal(order.filled, 0.1);
  assert.ok(Math.abs(order.average - asks[0][0]) <= 0.02, `${order.average} at ${asks[0][0]}`);
  assert.deepEqual(order.fees.map(({ cost, currency }: Client) => [cost, currency]), [[0.0001, "BTC"]]);
  assert.equal((await client.fetchBalance()).BTC.total, 0.0999);
});

card("a market order sells at the bid, and pays its fee in what it brings", async (_, client) => {
  await buy(client);
  const order = await client.createOrder(BTC, "market", "sell", 0.05);
  assert.equal(order.fees[0].currency, "USDT");
  assert.ok(Math.abs(order.fees[0].cost - order.cost * 0.001) < 1e-6);
});

card("a limit order below the market rests, and fills once the market has traded through it", async (desk, client) => {
  const price = Math.round(await lastOf(client) * 0.999), { id } = await limit(client, "buy", 0.1, price);
  assert.equal((await client.fetchOrder(id, BTC)).status, "open");
  for (let i = 0; i < 600 && (await client.fetchOrder(id, BTC)).status === "open"; i++) desk.pass(5);
  const order = await client.fetchOrder(id, BTC), [trade] = await client.fetchMyTrades(BTC);
  assert.deepEqual([order.status, order.average, trade.takerOrMaker], ["closed", price, "maker"]);
});

card("a limit order beyond the market takes what is there", async (_, client) => {
  const last = await lastOf(client), order = await limit(client, "buy", 0.1, Math.round(last * 1.01));
  assert.equal(order.status, "closed");
  assert.ok(order.average < last * 1.001);
});

card("a post-only order that would take is refused", async (_, client) => {
  await fails(
    limit(client, "buy", 0.1, Math.round(await lastOf(client) * 1.01), { postOnly: true }),
    "OrderImmediatelyFillable",
  );
});

for (const terms of ["IOC", "FOK"]) {
  card(`${terms} away from the market ends without a fill`, async (_, client) => {
    const order = await limit(client, "buy", 0.1, Math.round(await lastOf(client) * 0.9), { timeInForce: terms });
    assert.deepEqual([(await client.fetchOrder(order.id, BTC)).status, order.filled], ["expired", 0]);
  });
}

for (
  const [name, parameter, share] of [["stop-loss", "stopLossPrice", 0.999], [
    "take-profit",
    "takeProfitPrice",
    1.001,
  ]] as const
) {
  card(`a ${name} order sells once its trigger has traded`, async (desk, client) => {
    await buy(client);
    const trigger = Math.round(await lastOf(client) * share);
    const { id } = await client.createOrder(BTC, "market", "sell", 0.05, undefined, { [parameter]: trigger });
    for (let i = 0; i < 600 && (await client.fetchOrder(id, BTC)).status === "open"; i++) desk.pass(5);
    const order = await client.fetchOrder(id, BTC);
    assert.equal(order.status, "closed");
    assert.ok(Math.abs(order.average / trigger - 1) < 0.002, `${order.average} at ${trigger}`);
  });
}

card("a stop-limit order rests at its limit once its trigger has traded", async (desk, client) => {
  await buy(client);
  const last = await lastOf(client), trigger = Math.round(last * 0.999), price = Math.round(last * 1.02);
  const { id } = await limit(client, "sell", 0.05, price, { stopLossPrice: trigger });
  for (let i = 0; i < 20; i++) desk.pass(5);
  assert.equal((await client.fetchOrder(id, BTC)).price, price);
});

card("a trigger that has been passed already is refused", async (_, client) => {
  await buy(client);
  const trigger = Math.round(await lastOf(client) * 1.01);
  await fails(
    client.createOrder(BTC, "market", "sell", 0.05, undefined, { stopLossPrice: trigger }),
    "OrderImmediatelyFillable",
  );
});

card("an order is cancelled once, and then unknown", async (_, client) => {
  const { id } = await limit(client, "buy", 0.1, 30_000);
  assert.equal((await client.cancelOrder(id, BTC)).status, "canceled");
  await fails(client.cancelOrder(id, BTC), "OrderNotFound");
  assert.equal((await client.fetchOrder(id, BTC)).status, "canceled");
});

card("all orders of a market are cancelled at once", async (_, client) => {
  for (const price of [30_000, 31_000, 32_000]) await limit(client, "buy", 0.1, price);
  await client.cancelAllOrders(BTC);
  assert.deepEqual(await client.fetchOpenOrders(BTC), []);
});

card("open orders are those that are open", async (_, client) => {
  await buy(client);
  const { id } = await limit(client, "buy", 0.1, 30_000);
  assert.deepEqual((await client.fetchOpenOrders(BTC)).map((own: Client) => own.id), [id]);
  assert.deepEqual(await client.fetchOpenOrders("ETH/USDT"), []);
});

card("an order is found by the name that its sender gave it", async (_, client) => {
  await buy(client, 0.1, { newClientOrderId: "mine-1" });
  const order = await client.fetchOrder(undefined, BTC, { origClientOrderId: "mine-1" });
  assert.deepEqual([order.clientOrderId, order.status], ["mine-1", "closed"]);
});

card("a name that nobody gave is not found", async (_, client) => {
  await fails(client.fetchOrder(undefined, BTC, { origClientOrderId: "nobody" }), "OrderNotFound");
});

card("the history has all orders, ended ones too", async (_, client) => {
  await buy(client);
  const { id } = await limit(client, "buy", 0.1, 30_000);
  await client.cancelOrder(id, BTC);
  assert.deepEqual((await client.fetchOrders(BTC)).map((own: Client) => own.status), ["closed", "canceled"]);
});

card("fills come page by page from a number on", async (_, client) => {
  for (let i = 0; i < 7; i++) await buy(client, 0.01);
  const ids: number[] = [];
  for (let from = 1;;) {
    const page = await client.fetchMyTrades(BTC, undefined, 3, { fromId: from });
    ids.push(...page.map((own: Client) => Number(own.id)));
    if (page.length < 3) break;
    from = ids.at(-1)! + 1;
  }
  assert.deepEqual(ids, [1, 2, 3, 4, 5, 6, 7]);
});

card("fills come from a time on", async (desk, client) => {
  await buy(client, 0.01);
  desk.pass(10);
  await buy(client, 0.02);
  const trades = await client.fetchMyTrades(BTC, START_MS + 5 * 60_000);
  assert.deepEqual(trades.map((own: Client) => own.amount), [0.02]);
});

card("open orders lock what they may spend", async (_, client) => {
  await limit(client, "buy", 0.1, 30_000);
  const { USDT } = await client.fetchBalance();
  assert.deepEqual([USDT.free, USDT.used, USDT.total], [97_000, 3_000, 100_000]);
});

card("balances are what the fills add up to", async (desk, client) => {
  for (let i = 0; i < 20; i++) {
    await client.createOrder(BTC, "market", i % 3 === 2 ? "sell" : "buy", 0.01);
    desk.pass(7);
  }
  const trades = await client.fetchMyTrades(BTC), { USDT, BTC: coins } = await client.fetchBalance();
  let cash = 100_000, held = 0;
  for (const { side, cost, amount, fee } of trades) {
    cash += (side === "buy" ? -cost : cost) - (fee.currency === "USDT" ? fee.cost : 0);
    held += (side === "buy" ? amount : -amount) - (fee.currency === "BTC" ? fee.cost : 0);
  }
  assert.ok(Math.abs(USDT.total - cash) < 1e-6 && Math.abs(coins.total - held) < 1e-9);
});

card("a name cannot be used twice among open orders, and again once the first has ended", async (_, client) => {
  const { id } = await limit(client, "buy", 0.1, 30_000, { newClientOrderId: "mine" });
  await fails(limit(client, "buy", 0.1, 30_000, { newClientOrderId: "mine" }), "InvalidOrder");
  await client.cancelOrder(id, BTC);
  assert.notEqual((await limit(client, "buy", 0.1, 30_000, { newClientOrderId: "mine" })).id, id);
});

for (
  const [what, order, error] of [
    ["too small an order", { quantity: "0.00001", price: "30000" }, "InvalidOrder"],
    ["a quantity off the lot", { quantity: "0.000001", price: "30000" }, "InvalidOrder"],
    ["a price off the tick", { quantity: "0.1", price: "30000.001" }, "InvalidOrder"],
    ["more than there is", { quantity: "10", price: "30000" }, "InsufficientFunds"],
  ] as const
) {
  card(`${what} is refused`, async (_, client) => {
    const request = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC", ...order };
    await assert.rejects(client.privatePostOrder(request), (failure: Error) => {
      const isFilter = failure.message.includes("-1013") && error === "InvalidOrder";
      return isFilter || failure.constructor.name === error;
    });
  });
}

card("a market that does not exist is no market", async (_, client) => {
  await fails(client.publicGetKlines({ symbol: "DOGEUSDT", interval: "1m" }), "BadSymbol");
});

card("another secret is refused", async ({ exchange }) => {
  const stranger = clientOf(exchange, { ...exchange.key, secret: "guessed" });
  await fails(stranger.fetchBalance(), "AuthenticationError");
});

card("another key is refused", async ({ exchange }) => {
  await fails(
    clientOf(exchange, { apiKey: "guessed", secret: exchange.key.secret }).fetchBalance(),
    "AuthenticationError",
  );
});

card("a request that comes too late is refused", async ({ exchange }) => {
  const late = clientOf(exchange, exchange.key);
  late.nonce = () => Date.now() - 60_000;
  await fails(late.fetchBalance(), "InvalidNonce");
});

card("a key tells what it may do", async (_, client) => {
  const { enableWithdrawals, ipRestrict } = await client.sapiGetAccountApiRestrictions();
  assert.deepEqual([enableWithdrawals, ipRestrict], [false, true]);
});

card("a key that may withdraw says so", async (_, client) => {
  assert.equal((await client.sapiGetAccountApiRestrictions()).enableWithdrawals, true);
}, { key: { apiKey: "a", secret: "b", permissions: { enableWithdrawals: true } } });

card("each answer tells the weight that has been used", async (_, client) => {
  const used = () =>
    Number(
      client.last_response_headers["X-Mbx-Used-Weight-1m"] ?? client.last_response_headers["x-mbx-used-weight-1m"],
    );
  await client.fetchOHLCV(BTC, "1m");
  const before = used();
  await client.fetchOHLCV(BTC, "1m");
  assert.equal(used() - before, 2);
});

card(
  "above the limit the answer is 429 with a time to wait, and a violation is counted",
  async ({ exchange }, client) => {
    await fails(
      (async () => {
        for (;;) await client.fetchOHLCV(BTC, "1m");
      })(),
      "DDoSProtection",
    );
    assert.ok(Number(client.last_response_headers["Retry-After"] ?? client.last_response_headers["retry-after"]) >= 1);
    assert.equal(exchange.limit.violations, 1);
  },
  { limit: { weightPerWindow: 100 } },
);

card("who goes on above the limit is banned", async ({ exchange }, client) => {
  for (let i = 0; i < 60; i++) await client.fetchOHLCV(BTC, "1m").catch(() => {});
  await fails(client.fetchOHLCV(BTC, "1m"), "DDoSProtection");
  assert.ok(exchange.limit.violations > 5);
}, { limit: { weightPerWindow: 100, banAfter: 5 } });

for (const [fault, isThere] of CARRIED_OUT) {
  if (fault === "slow") continue; // the library waits for the last byte, however late it comes
  card(
    `of an order that meets "${fault}" the client hears an error, and it is ${isThere ? "" : "not "}there`,
    async (desk, client) => {
      desk.exchange.faults.plan({ scripted: [{ at: "place", n: 1, fault }] });
      await assert.rejects(buy(client, 0.1, { newClientOrderId: "asked" }));
      assert.equal(desk.exchange.faults.fired.get(fault), 1);
      const found = client.fetchOrder(undefined, BTC, { origClientOrderId: "asked" });
      if (isThere) assert.equal((await found).status, "closed");
      else await fails(found, "OrderNotFound");
    },
  );
}

card("an order from elsewhere on the account is seen", async ({ exchange }, client) => {
  exchange.venue.place({
    symbol: BTC,
    clientOrderId: "by hand",
    side: "buy",
    kind: "limit",
    quantity: "0.1",
    price: "30000",
  });
  assert.deepEqual((await client.fetchOpenOrders(BTC)).map((own: Client) => own.clientOrderId), ["by hand"]);
});

const CANDLES: Readonly<Record<string, (rows: number[][], sound: number[][]) => boolean>> = {
  gap: (rows, sound) => rows.length === sound.length - 1,
  revision: (rows, sound) => rows.some((row, i) => row[4] !== sound[i]![4]),
  duplicate: (rows, sound) => rows.length === sound.length + 1,
  disorder: (rows) => rows.length > 1,
  future: (rows, sound) => Math.max(...rows.map((row) => row[0]!)) > sound.at(-1)![0]! + 1e10,
  spike: (rows, sound) => Math.max(...rows.map((row) => row[2]!)) > 5 * sound[0]![2]!,
  "not-a-number": (rows) => rows.some((row) => !Number.isFinite(row[4])),
  micros: (rows, sound) => rows[0]![0]! > 500 * sound[0]![0]!,
};

for (const [fault, shows] of Object.entries(CANDLES)) {
  card(`candles can have "${fault}"`, async ({ exchange }, client) => {
    const asked = async () =>
      (await client.publicGetKlines({ symbol: "BTCUSDT", interval: "1m", startTime: LISTED_MS, limit: 10 }))
        .map((row: string[]) => row.map(Number));
    const sound = await asked();
    exchange.faults.plan({ shares: { [fault]: 1 } });
    assert.ok(shows(await asked(), sound));
  });
}

/** The first answer of a stream, within two seconds. */
async function within<Answer>(answer: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => timer = setTimeout(() => reject(new Error("nothing came")), 2_000));
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

card("candles are told as they form", async (_, client) => {
  const [[time]] = await within<number[][]>(client.watchOHLCV(BTC, "1m")) as [number[]];
  assert.equal(time, START_MS);
});

card("trades and best prices are told", async (_, client) => {
  assert.ok((await within<Client[]>(client.watchTrades(BTC))).length > 0);
  assert.ok((await within<Client>(client.watchTicker(BTC))).last > 0);
});

card("the book is told as a snapshot and its changes", async (desk, client) => {
  const before = structuredClone((await within<Client>(client.watchOrderBook(BTC))).bids[0]);
  desk.pass(3);
  await within(client.watchOrderBook(BTC));
  desk.pass(3);
  const { bids } = await within<Client>(client.watchOrderBook(BTC)),
    { bids: asked } = await client.fetchOrderBook(BTC, 1);
  assert.notDeepEqual([...bids[0]], [...before]);
  assert.equal(bids[0][0], asked[0][0]);
});

card("fills of the account are told", async (_, client) => {
  const told = within<Client[]>(client.watchMyTrades(BTC));
  await until(() => client.clients && Object.keys(client.clients).length > 0);
  const later = setInterval(() => void buy(client, 0.01), 200);
  const [trade] = await told;
  clearInterval(later);
  assert.equal(trade!.amount, 0.01);
});

card("a silent socket stays open and tells nothing", async ({ exchange }, client) => {
  await within(client.watchOHLCV(BTC, "1m"));
  exchange.isSilent = true;
  await new Promise((resolve) => setTimeout(resolve, 300));
  client.ohlcvs = {};
  await assert.rejects(within(client.watchOHLCV(BTC, "1m")), /nothing came/);
});

card("a socket that breaks is heard of", async ({ exchange }, client) => {
  await within(client.watchTrades(BTC));
  setTimeout(() => exchange.disconnect(), 50);
  await fails(
    within((async () => {
      for (;;) await client.watchTrades(BTC);
    })()),
    "NetworkError",
  );
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

for (const fault of ["lost-event", "duplicate-event", "disordered-event", "late-event"] as const) {
  card(`news of the account can be a "${fault}", and its orders tell the truth`, async ({ exchange }, client) => {
    exchange.faults.plan({ shares: { [fault]: 1 } });
    const told = client.watchMyTrades(BTC).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    await buy(client, 0.01, { newClientOrderId: "asked" });
    assert.ok(exchange.faults.fired.get(fault)! >= 1);
    if (fault !== "lost-event") await within(told);
    assert.equal((await client.fetchOrder(undefined, BTC, { origClientOrderId: "asked" })).filled, 0.01);
  });
}
