import assert from "node:assert/strict";
import { ProcessBudget } from "../market/mod.ts";
import { type Scripted, scriptedVenue } from "../testing/scripted_venue.ts";
import { systemClock, timeframe, type TimestampMs } from "../time/mod.ts";
import { AccountKey, openExchange, type OrderRequest } from "./mod.ts";

const KEY = new AccountKey({ apiKey: "canary-key", secret: "canary-secret" });
const ORDER: OrderRequest = {
  symbol: "BTC/USDT",
  clientOrderId: "run-3-lzgl0w00-e0",
  side: "buy",
  kind: "limit",
  quantity: "0.015",
  limitPrice: "65000.01",
  triggerPrice: null,
  timeInForce: "GTC",
  postOnly: false,
  reduceOnly: false,
};
const OPEN = {
  symbol: "BTCUSDT",
  orderId: 28,
  clientOrderId: ORDER.clientOrderId,
  transactTime: 1_800_000_000_000,
  price: "65000.01000000",
  origQty: "0.01500000",
  executedQty: "0.00000000",
  status: "NEW",
  timeInForce: "GTC",
  type: "LIMIT",
  side: "BUY",
};

type Answer = Parameters<typeof scriptedVenue>[0];

/** Opens Binance's adapter on a scripted venue for a test's work. */
async function withVenue(
  answer: Answer,
  work: (
    exchange: Awaited<ReturnType<typeof openExchange>>,
    venue: ReturnType<typeof scriptedVenue>,
  ) => Promise<void>,
  options: Parameters<typeof openExchange>[1] = {},
) {
  const venue = scriptedVenue(answer);
  const budget = new ProcessBudget({
    now: () => Math.floor(systemClock.now() / 60_000) * 60_000 + 30_000 as TimestampMs,
  });
  const exchange = await openExchange("binance", { baseUrl: venue.url, key: KEY, budget, ...options });
  try {
    await work(exchange, venue);
  } finally {
    await exchange.close();
    await venue.close();
  }
}

const onOrder = (told: Scripted | "cut" | "late"): Answer => ({ method, path }) =>
  method === "POST" && path.endsWith("/order") ? told as Scripted : undefined;

Deno.test("candles come in order, in their range, with the venue's own digits", async () => {
  await withVenue(() => undefined, async (exchange) => {
    const fromMs = 1_800_000_000_000 as TimestampMs;
    const outcome = await exchange.candles({
      symbol: "BTC/USDT",
      timeframe: timeframe("1m"),
      fromMs,
      toMs: fromMs + 180_000 as TimestampMs,
    });
    assert.equal(outcome.kind, "done");
    assert.deepEqual(
      outcome.kind === "done" && outcome.value,
      [0, 1, 2].map((i) => ({
        openTimeMs: fromMs + i * 60_000,
        open: `${i + 1}.50`,
        high: `${i + 3}`,
        low: `${i + 1}`,
        close: `${i + 2}.25`,
        volume: "3.5",
      })),
    );
  });
});

Deno.test("a market tells its grid in exact text", async () => {
  await withVenue(() => undefined, async (exchange) => {
    const outcome = await exchange.markets();
    assert.deepEqual(outcome.kind === "done" && outcome.value, [{
      venueSymbol: "BTCUSDT",
      symbol: "BTC/USDT",
      base: "BTC",
      quote: "USDT",
      kind: "spot",
      isActive: true,
      tick: "0.01",
      lot: "0.00001",
      minQuantity: "0.00001",
      minNotional: "5",
      contractSize: null,
      listedAtMs: null,
    }]);
  });
});

Deno.test("a market that cannot be read is left out and counted, and the list is asked for once, again only after it failed", async () => {
  let lists = 0;
  const answer: Answer = ({ path }) => {
    if (!path.endsWith("/exchangeInfo")) return undefined;
    return lists++ === 0 ? { status: 503 } : { body: { symbols: [market("ETH", "-1"), market("BTC", "0.01")] } };
  };
  await withVenue(answer, async (exchange) => {
    const ask = (symbol: string) =>
      exchange.candles({ symbol, timeframe: timeframe("1m"), fromMs: 1_800_000_000_000 as TimestampMs, limit: 1 });
    assert.equal((await ask("BTC/USDT")).kind, "unknown");
    for (const _ of [1, 2, 3]) assert.equal((await ask("BTC/USDT")).kind, "done");
    assert.deepEqual([lists, exchange.badFrames], [2, 1]);
    const refused = await ask("ETH/USDT");
    assert.equal(refused.kind === "refused" && refused.code, "unknown-symbol");
    const listed = await exchange.markets();
    assert.deepEqual(listed.kind === "done" && listed.value.map(({ symbol }) => symbol), ["BTC/USDT"]);
    assert.equal((await ask("BTC/USDT")).kind, "done");
    assert.equal(lists, 3, "the list that was asked for serves the calls that follow");
  });
});

/** A market against USDT in Binance's words. */
function market(base: string, tickSize: string) {
  return {
    symbol: `${base}USDT`,
    status: "TRADING",
    baseAsset: base,
    quoteAsset: "USDT",
    isSpotTradingAllowed: true,
    permissions: ["SPOT"],
    baseAssetPrecision: 8,
    quotePrecision: 8,
    orderTypes: ["LIMIT"],
    filters: [
      { filterType: "PRICE_FILTER", minPrice: "0.01", maxPrice: "1000000", tickSize },
      { filterType: "LOT_SIZE", minQty: "0.00001", maxQty: "9000", stepSize: "0.00001" },
    ],
  };
}

Deno.test("an order goes out with our name and exact digits, signed, and expires in 3 seconds", async () => {
  await withVenue(onOrder({ body: OPEN }), async (exchange, venue) => {
    const outcome = await exchange.submit(ORDER);
    assert.equal(outcome.kind === "done" && outcome.value.status, "open");
    const { parameters, headers } = venue.arrived.at(-1)!;
    const sent = Object.fromEntries(
      ["quantity", "price", "newClientOrderId", "recvWindow"].map((n) => [n, parameters.get(n)]),
    );
    assert.deepEqual(sent, {
      quantity: "0.015",
      price: "65000.01",
      newClientOrderId: ORDER.clientOrderId,
      recvWindow: "3000",
    });
    assert.match(parameters.get("signature")!, /^[0-9a-f]{64}$/);
    assert.equal(headers.get("x-mbx-apikey"), "canary-key");
  });
});

/** What an order's answer proves. */
const CASES: readonly (readonly [name: string, told: Scripted | "cut" | "late", kind: string, code?: string])[] = [
  [
    "a refusal by the venue's rules",
    { status: 400, body: { code: -2010, msg: "Account has insufficient balance for requested action." } },
    "refused",
    "insufficient-funds",
  ],
  [
    "an unknown name of a market",
    { status: 400, body: { code: -1121, msg: "Invalid symbol." } },
    "refused",
    "unknown-symbol",
  ],
  [
    "a key that is not valid",
    { status: 401, body: { code: -2014, msg: "API-key format invalid." } },
    "refused",
    "authentication",
  ],
  [
    "a timestamp outside of the window",
    { status: 400, body: { code: -1021, msg: "Timestamp for this request is outside of the recvWindow." } },
    "refused",
    "clock-skew",
  ],
  ["an error that nobody knows", { status: 400, body: { code: -9999, msg: "New." } }, "refused"],
  ["a repeated name, which means that the order is there", {
    status: 400,
    body: { code: -2010, msg: "Duplicate order sent." },
  }, "unknown"],
  ["execution status unknown", {
    status: 400,
    body: { code: -1007, msg: "Timeout waiting for response from backend server." },
  }, "unknown"],
  ["an unexpected response behind the venue", {
    status: 400,
    body: { code: -1006, msg: "An unexpected response was received." },
  }, "unknown"],
  ["an error 503", { status: 503, body: { code: -1000, msg: "Service unavailable." } }, "unknown"],
  ["an error 502 of a gateway", { status: 502, body: "<html>Bad Gateway</html>" }, "unknown"],
  ["a proxy's sign-in page", { body: "<html>Sign in</html>" }, "unknown"],
  ["a redirect", { status: 302, headers: { location: "https://sign.in.example/" }, body: "" }, "unknown"],
  ["a body that was cut", { body: '{"symbol":"BTCUSDT","orderId":2' }, "unknown"],
  ["a connection that broke", "cut", "unknown"],
  ["no answer in time", "late", "unknown"],
  ["an answer without the order's number or name", { body: { price: "NaN", origQty: -1 } }, "unknown"],
  [
    "too many requests",
    { status: 429, headers: { "retry-after": "7" }, body: { code: -1003, msg: "Too many requests." } },
    "refused",
    "rate-limited",
  ],
  [
    "a ban",
    { status: 418, headers: { "retry-after": "7" }, body: { code: -1003, msg: "Banned." } },
    "refused",
    "banned",
  ],
];

for (const [name, told, kind, code] of CASES) {
  Deno.test(`an order's outcome after ${name} is ${kind}${code ? ` (${code})` : ""}`, async () => {
    await withVenue(onOrder(told), async (exchange) => {
      const outcome = await exchange.submit(ORDER);
      assert.equal(outcome.kind, kind, JSON.stringify(outcome));
      if (code) assert.equal(outcome.kind === "refused" && outcome.code, code);
      assert.doesNotMatch(JSON.stringify(outcome), /canary|signature=[0-9a-f]/);
    }, { timeoutMs: told === "late" ? 300 : 5_000 });
  });
}

Deno.test("an order is not sent where no connection is made, and where its market cannot be loaded", async () => {
  const nobody = scriptedVenue(() => undefined);
  await withVenue(
    ({ path }) => path.endsWith("/exchangeInfo") ? { status: 503, body: "<html>" } : undefined,
    async (exchange, venue) => {
      assert.equal((await exchange.submit(ORDER)).kind, "notSent");
      assert.ok(venue.arrived.every(({ method }) => method === "GET"));
    },
  );
  await nobody.close();
  const exchange = await openExchange("binance", {
    baseUrl: nobody.url,
    key: KEY,
    budget: new ProcessBudget({ now: () => 1_800_000_030_000 as TimestampMs }),
  });
  assert.equal((await exchange.submit(ORDER)).kind, "notSent");
  await exchange.close();
});

Deno.test("after a 429 nothing is sent until Retry-After has passed, and a new order fails at once", async () => {
  let now = 1_800_000_030_000;
  const budget = new ProcessBudget({ now: () => now as TimestampMs });
  const clock = { now: () => now as TimestampMs };
  const told = onOrder({
    status: 429,
    headers: { "retry-after": "7" },
    body: { code: -1003, msg: "Too many requests." },
  });
  await withVenue(told, async (exchange, venue) => {
    await exchange.submit(ORDER);
    const before = venue.arrived.length;
    const second = await exchange.submit(ORDER);
    assert.equal(second.kind, "notSent");
    assert.match(second.kind === "notSent" ? second.reason : "", /takes no order request for 7 s \(throttled\)/);
    assert.equal(venue.arrived.length, before);
    now += 7_000;
    await exchange.submit(ORDER);
    assert.equal(venue.arrived.length, before + 1);
  }, { budget, clock });
});

Deno.test("an order is found and cancelled by the name that we gave it", async () => {
  const cancelled = { ...OPEN, origClientOrderId: ORDER.clientOrderId, status: "CANCELED" };
  await withVenue(({ method, path, parameters }) => {
    if (!path.endsWith("/order") || parameters.get("origClientOrderId") !== ORDER.clientOrderId) return undefined;
    return { body: method === "DELETE" ? cancelled : OPEN };
  }, async (exchange) => {
    const found = await exchange.order("BTC/USDT", ORDER.clientOrderId);
    assert.deepEqual(found.kind === "done" && [found.value.status, found.value.quantity, found.value.id], [
      "open",
      "0.01500000",
      "28",
    ]);
    const ended = await exchange.cancel("BTC/USDT", ORDER.clientOrderId);
    assert.equal(ended.kind === "done" && ended.value.status, "cancelled");
  });
});

Deno.test("an exchange that does not exist is named with the nearest one, and a key prints as nothing", async () => {
  await assert.rejects(openExchange("binanse"), /there is no exchange "binanse": did you mean binance/);
  await assert.rejects(openExchange("loopback"), /has no address/);
  await assert.rejects(openExchange("binance", { baseUrl: "ftp://x" }), /is no address of an exchange/);
  assert.equal(
    `${KEY} ${JSON.stringify({ KEY })} ${Deno.inspect(KEY)}`,
    '[account key] {"KEY":"[account key]"} [account key]',
  );
});
