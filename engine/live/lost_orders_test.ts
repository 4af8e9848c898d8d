import assert from "node:assert/strict";
import type { VenueOrder } from "../exchanges/mod.ts";
import { instrument } from "../market/mod.ts";
import type { ClientOrderId } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { epochIn, lostOrders } from "./lost_orders.ts";
import { isOfSession } from "./session_tag.ts";

const MARKETS = ["BTC/USDT", "ETH/USDT"].map((symbol) =>
  instrument({ exchange: "test", symbol, kind: "spot", tick: "0.01", lot: "0.001" })
);
const FROM_MS = 1_000 as TimestampMs;

function lostIn(open: string[], history: string[] | null, journal: string[], unsent: string[] = []) {
  const told = (names: string[]) => names.map((clientOrderId) => ({ clientOrderId }) as VenueOrder);
  const ofBtc = (symbol: string, names: string[]) =>
    Promise.resolve({ kind: "done" as const, value: symbol === "BTC/USDT" ? told(names) : [] });
  return lostOrders({
    exchange: {
      openOrders: (symbol) => ofBtc(symbol, open),
      orders: ({ symbol, fromMs }) => {
        assert.equal(fromMs, FROM_MS);
        return history === null ? Promise.resolve({ kind: "unknown", reason: "" }) : ofBtc(symbol, history);
      },
    },
    instruments: MARKETS,
    store: {
      known: (names) => Promise.resolve({ kind: "done", value: new Set(names.filter((own) => journal.includes(own))) }),
    },
    isOurs: (id): id is ClientOrderId => isOfSession(id, "s1x"),
    isUnsent: (id) => unsent.includes(id),
  }, FROM_MS);
}

Deno.test("orders of our names that the journal lacks are lost; those of others, and those that it has, are not", async () => {
  const found = await lostIn(["s1x2-0-a-e1", "by-hand", "s1x1-0-a-s2"], ["s1x2-0-a-e1", "s1x3-1-b-e4", "s9x1-0-a-e1"], [
    "s1x1-0-a-s2",
  ]);
  assert.deepEqual(found, ["s1x2-0-a-e1", "s1x3-1-b-e4"]);
});

Deno.test("a venue that does not answer proves nothing", async () => {
  assert.equal(await lostIn([], null, []), null);
});

Deno.test("the epoch of an order stands in its name", () => {
  assert.deepEqual(
    ["s1x1-0-a-e1", "s1xz-0-a-e1", "s1x10-0-a-e1"].map((name) => epochIn(name as ClientOrderId, "s1x")),
    [1, 35, 36],
  );
});

Deno.test("an order at the venue that was never sent by what the journal has is lost, too", async () => {
  const journal = ["s1x1-0-a-e1", "s1x1-0-a-s2"];
  assert.deepEqual(await lostIn(["s1x1-0-a-s2"], ["s1x1-0-a-e1"], journal, ["s1x1-0-a-s2"]), ["s1x1-0-a-s2"]);
});
