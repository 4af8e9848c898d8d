import assert from "node:assert/strict";
import type { Outcome } from "../errors/mod.ts";
import type { VenueOrder } from "../exchanges/mod.ts";
import { instrument } from "../market/mod.ts";
import { price, quantity } from "../money/mod.ts";
import { type ClientOrderId, type OrderIntent, PLAIN_TERMS, type Recorded, type RiskApproved } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { DEFAULT_TIMING, type OrderRecord } from "../trader/mod.ts";
import { ExchangeLink } from "./exchange_link.ts";

const MARKET = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "spot", tick: "0.01", lot: "0.001" });
const NOT_FOUND = { kind: "refused", code: "order-not-found", reason: "" } as const;

function stop(name: string) {
  const intent: OrderIntent = {
    clientOrderId: name as ClientOrderId,
    ...{ instrument: MARKET.id, book: 0, slot: "stop", decidedAtMs: 0 as TimestampMs, side: "sell", kind: "stop" },
    ...{ quantity: quantity("1"), price: price("95"), limitPrice: null, trail: null, terms: PLAIN_TERMS },
    ...{ reduceOnly: true, sizeAtFill: null, reason: "stop" },
  };
  const record = { intent, state: "sending", filled: 0n, sentAtMs: 0, cancelSent: false } as unknown as OrderRecord;
  return { intent: intent as Recorded<RiskApproved<OrderIntent>>, record };
}

Deno.test("an order that was taken back on its way is taken back again before another one takes its place", async () => {
  const first = stop("s1-0-a-s1"), second = stop("s1-0-b-s2"), calls: string[] = [];
  const { promise: answered, resolve: answer } = Promise.withResolvers<Outcome<VenueOrder>>();
  const open: VenueOrder = {
    ...{ id: "1", clientOrderId: first.intent.clientOrderId, status: "open", price: null, triggerPrice: "95" },
    ...{ quantity: "1", filled: "0", updatedAtMs: null, timeMs: null },
  };
  let isThere = false;
  const link = new ExchangeLink({
    exchange: {
      submit: ({ clientOrderId }) => {
        calls.push(`submit ${clientOrderId}`);
        return clientOrderId === open.clientOrderId ? answered : Promise.resolve({ kind: "done", value: open });
      },
      cancel: (_, name) => {
        calls.push(`cancel ${name}${isThere ? "" : ", too early"}`);
        return Promise.resolve(isThere ? { kind: "done", value: { ...open, status: "cancelled" } } : NOT_FOUND);
      },
      order: () => Promise.resolve(NOT_FOUND),
      ...{ openOrders: () => Promise.resolve(NOT_FOUND), orders: () => Promise.resolve(NOT_FOUND) },
      fills: () => Promise.resolve(NOT_FOUND),
    },
    instruments: [MARKET],
    scheduler: { now: () => 0 as TimestampMs, after: () => () => {} },
    gate: { refusalOf: () => null, cancelRefusal: () => null },
    sendMs: DEFAULT_TIMING.sendMs,
    find: (name) => [first, second].find(({ intent }) => intent.clientOrderId === name)?.record,
    isOurs: (name): name is ClientOrderId => name.startsWith("s1"),
    ...{ hear: () => {}, hearForeign: () => {} },
    failed: (error) => {
      throw error;
    },
  });
  const turns = async () => {
    for (let turn = 0; turn < 20; turn++) await null;
  };
  link.submit(first.intent);
  await turns();
  first.record.cancelSent = true;
  link.cancel(first.intent.clientOrderId);
  link.submit(second.intent);
  await turns();
  isThere = true;
  answer({ kind: "done", value: open });
  await turns();
  assert.deepEqual(calls, [
    "submit s1-0-a-s1",
    "cancel s1-0-a-s1, too early",
    "cancel s1-0-a-s1",
    "submit s1-0-b-s2",
  ]);
});
