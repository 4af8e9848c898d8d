// The port of venues over the loopback exchange: what a caller knows after each call, whatever has happened on the way.
import assert from "node:assert/strict";
import { LISTED_MS, type LoopbackDesk, openDesk, START_MS } from "../../testing/loopback_client.ts";
import { timeframe, type TimestampMs } from "../../time/mod.ts";
import { AccountKey } from "../account_key.ts";
import type { Exchange, OrderRequest } from "../exchange.ts";
import { openExchange } from "../open_exchange.ts";
import type { FaultOf } from "./fault.ts";

const BTC = "BTC/USDT", MINUTE = timeframe("1m"), TIMEOUT_MS = 1_500;

function card(title: string, steps: (exchange: Exchange, desk: LoopbackDesk) => Promise<void>) {
  Deno.test(`the port over the loopback exchange: ${title}`, async () => {
    const desk = openDesk(), { url: baseUrl, key: { apiKey, secret } } = desk.exchange;
    const exchange = await openExchange("loopback", {
      baseUrl,
      key: new AccountKey({ apiKey, secret }),
      timeoutMs: TIMEOUT_MS,
    });
    try {
      await exchange.markets();
      await steps(exchange, desk);
    } finally {
      await exchange.close();
      await desk.close();
    }
  });
}

function order(stated: Partial<OrderRequest> = {}): OrderRequest {
  return {
    symbol: BTC,
    clientOrderId: "asked",
    side: "buy",
    kind: "market",
    quantity: "0.1",
    limitPrice: null,
    triggerPrice: null,
    timeInForce: "GTC",
    postOnly: false,
    reduceOnly: false,
    ...stated,
  };
}

async function done<Value>(answer: Promise<{ kind: string; value?: Value }>): Promise<Value> {
  const outcome = await answer;
  assert.equal(outcome.kind, "done", JSON.stringify(outcome));
  return outcome.value!;
}

card("candles are text to the last digit, and none is invented", async (exchange) => {
  const toMs = LISTED_MS + 3 * 60_000 as TimestampMs;
  const rows = await done(exchange.candles({ symbol: BTC, timeframe: MINUTE, fromMs: LISTED_MS, toMs, limit: 10 }));
  assert.deepEqual(
    rows.map(({ openTimeMs, open }) => [openTimeMs, typeof open]),
    [0, 1, 2].map((i) => [LISTED_MS + i * 60_000, "string"]),
  );
});

card("candles that are pushed are text too, and none is left out", async (exchange) => {
  const end = new AbortController(), limit = setTimeout(() => end.abort(), 5_000);
  for await (const { open, volume } of exchange.watchCandles(BTC, MINUTE, end.signal)) {
    assert.deepEqual([typeof open, typeof volume], ["string", "string"]);
    break;
  }
  clearTimeout(limit);
  assert.deepEqual([end.signal.aborted, exchange.badFrames], [false, 0]);
});

card("trades come from a time on", async (exchange) => {
  const [first] = await done(exchange.trades({ symbol: BTC, fromMs: LISTED_MS, limit: 2 }));
  assert.equal(first!.timeMs, LISTED_MS + 59_999);
});

card("bid is below ask, and balances are text", async (exchange) => {
  const { bid, ask } = await done(exchange.ticker(BTC)), balances = await done(exchange.balances());
  assert.ok(Number(bid) < Number(ask));
  assert.deepEqual(balances.find(({ asset }) => asset === "USDT"), {
    asset: "USDT",
    free: "100000",
    used: "0",
    total: "100000",
  });
});

card("an order is sent, found by its name, and its fill is told with its fee", async (exchange) => {
  assert.equal((await done(exchange.submit(order()))).status, "filled");
  assert.equal((await done(exchange.order(BTC, "asked"))).filled, "0.1");
  const [fill] = await done(exchange.fills({ symbol: BTC, fromMs: START_MS }));
  assert.deepEqual([fill!.quantity, fill!.fee, fill!.feeAsset, fill!.liquidity], ["0.1", "0.0001", "BTC", "taker"]);
});

card("a stop waits at the venue, and is taken back by its name", async (exchange) => {
  await exchange.submit(order());
  const stop = order({ clientOrderId: "stop", side: "sell", kind: "stop", quantity: "0.05", triggerPrice: "50000" });
  assert.equal((await done(exchange.submit(stop))).status, "open");
  assert.deepEqual((await done(exchange.openOrders(BTC))).map(({ clientOrderId }) => clientOrderId), ["stop"]);
  assert.equal((await done(exchange.cancel(BTC, "stop"))).status, "cancelled");
  assert.equal((await exchange.cancel(BTC, "stop")).kind, "refused");
});

card("a name that the venue does not know is refused as such", async (exchange) => {
  const outcome = await exchange.order(BTC, "nobody");
  assert.deepEqual([outcome.kind, "code" in outcome && outcome.code], ["refused", "order-not-found"]);
});

card("more than the account has is refused as such", async (exchange) => {
  const outcome = await exchange.submit(order({ quantity: "100" }));
  assert.deepEqual([outcome.kind, "code" in outcome && outcome.code], ["refused", "insufficient-funds"]);
});

/** What is known of an order that meets each fault; and whether it is at the venue. */
const KNOWN: Readonly<Record<FaultOf<"answer">, readonly [outcome: string, isThere: boolean]>> = {
  "lost-request": ["unknown", false],
  "lost-response": ["unknown", true],
  "unknown-status": ["unknown", true],
  unavailable: ["unknown", false],
  "cut-body": ["unknown", true],
  "not-json": ["unknown", false],
  slow: ["unknown", true],
  "half-open": ["unknown", true],
  "limited-untold": ["refused rate-limited", false],
  limited: ["refused rate-limited", false],
  banned: ["refused banned", false],
  forbidden: ["unknown", false],
  "revoked-key": ["refused authentication", false],
  "clock-skew": ["refused clock-skew", false],
};

for (const [fault, [known, isThere]] of Object.entries(KNOWN) as [FaultOf<"answer">, readonly [string, boolean]][]) {
  card(`of an order that meets "${fault}" it is ${known}, and never is one sent twice`, async (exchange, desk) => {
    desk.exchange.faults.plan({ scripted: [{ at: "place", n: 1, fault }] });
    const outcome = await exchange.submit(order());
    assert.equal("code" in outcome ? `${outcome.kind} ${outcome.code}` : outcome.kind, known);
    assert.equal(desk.exchange.venue.orders.length, isThere ? 1 : 0);
    assert.equal(desk.exchange.faults.fired.get(fault), 1);
  });
}

card("what is unknown of an order is found by its name", async (exchange, desk) => {
  desk.exchange.faults.plan({ scripted: [{ at: "place", n: 1, fault: "lost-response" }] });
  assert.equal((await exchange.submit(order())).kind, "unknown");
  assert.equal((await done(exchange.order(BTC, "asked"))).status, "filled");
});

for (const fault of ["future", "micros", "not-a-number"] as const) {
  card(`candles with "${fault}" never pass as they are`, async (exchange, desk) => {
    const query = {
      symbol: BTC,
      timeframe: MINUTE,
      fromMs: LISTED_MS,
      toMs: LISTED_MS + 600_000 as TimestampMs,
      limit: 10,
    };
    const sound = await done(exchange.candles(query));
    desk.exchange.faults.plan({ shares: { [fault]: 1 } });
    const outcome = await exchange.candles(query);
    if (outcome.kind !== "done") return;
    const wrong = outcome.value.filter((row) =>
      !sound.some((own) => own.openTimeMs === row.openTimeMs && own.close === row.close)
    );
    assert.deepEqual(wrong, []);
  });
}
