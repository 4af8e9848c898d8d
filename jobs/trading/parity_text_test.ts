import assert from "node:assert/strict";
import type { OrderOutcome, ParityCertificate, ParityOrder } from "../../engine/live/mod.ts";
import { paritySummary, parityTable } from "./parity_text.ts";

const NOTHING: ParityCertificate = {
  ...{ orders: [], same: 0, unordered: [], causes: [], withoutEffect: {}, unexplained: [] },
  ...{ sessionPnlQuote: 0, freshPnlQuote: 0, differenceQuote: 0 },
  ...{ groups: 0, lateGroups: 0, inputs: 118, allInputs: 120, runs: 1 },
};

Deno.test("a summary says how many of the inputs it is about", () => {
  assert.match(paritySummary(NOTHING), /^fresh run from candles alone, 118 of 120 inputs: 0 of 0 orders the same/);
});

Deno.test("a summary counts the orders that a replay does not order among those that are not the same", () => {
  assert.match(paritySummary({ ...NOTHING, unordered: ["a"] }), /: 0 of 1 order the same \(0\.00 %\); result/);
});

Deno.test("prices are told on the tick of their market, and with more digits where two differ by less", () => {
  const told = (tick: string, here: number | null, fresh: number | null) => {
    const outcome = (averagePrice: number | null): OrderOutcome => ({
      ...{ decidedAtMs: 0, quantity: "2", filled: "2", averagePrice, filledAtMs: null, fees: "", state: "filled" },
    });
    const order: ParityOrder = {
      ...{ key: "k", clientOrderId: "a", symbol: "SHIB/USDT", tick, side: "buy", kind: "market", slot: "entry" },
      ...{ session: outcome(here), fresh: outcome(fresh), causes: [] },
    };
    return parityTable({ ...NOTHING, orders: [order] }).match(/\d+\.\d{2,}/g);
  };
  assert.deepEqual(told("0.00000001", 0.00001234, 0.00001567), ["0.00001234", "0.00001567"]);
  assert.deepEqual(told("0.01", 42_000.5, 42_000.5), ["42000.50"]);
  assert.deepEqual(told("0.01", 42_000.5, 42_000.5025), ["42000.500", "42000.503"]);
  assert.deepEqual(told("0.01", 42_000.5, null), ["42000.50"]);
  assert.deepEqual(told("0.01", null, 42_000.5), ["42000.50"]);
});
