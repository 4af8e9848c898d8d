import assert from "node:assert/strict";
import fc from "fast-check";
import { instrument } from "../market/mod.ts";
import { price, type Quantity, quantity, quantityToNumber } from "../money/mod.ts";
import { type ClientOrderId, type OrderIntent, PLAIN_TERMS } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { approve, newHistory, positionSize, PRE_TRADE_RULES, type RiskView } from "./mod.ts";

const spot = instrument({ exchange: "test", symbol: "BTC/USDT", tick: "0.01", lot: "0.001", minNotional: "5" });
const contract = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear", tick: "0.01", lot: "0.001" });

const intent: OrderIntent = {
  clientOrderId: "t-0-0-e0" as ClientOrderId,
  instrument: spot.id,
  book: 0,
  slot: "entry",
  decidedAtMs: 0 as TimestampMs,
  side: "buy",
  kind: "market",
  quantity: quantity("1"),
  price: null,
  reduceOnly: false,
  limitPrice: null,
  trail: null,
  terms: PLAIN_TERMS,
  sizeAtFill: null,
  reason: "test",
};
const view: RiskView = {
  instrument: spot,
  mark: 100,
  equity: 1_000,
  position: 0,
  freeCash: 1_000,
  grossExposure: 0,
  assetExposure: 0,
  orderNotional: 100,
  otherPositions: 0,
  held: [],
  instrumentNumber: 0,
  history: newHistory(1_000),
  leverage: 1,
  slotTaken: false,
  budget: null,
  marketClosed: null,
  halted: null,
};

Deno.test("an order within all limits is approved as it is", () => {
  assert.equal(approve(intent, view, PRE_TRADE_RULES).approved, intent);
});

Deno.test("each refusal has its code (15 cases)", () => {
  const close: Partial<OrderIntent> = { slot: "close", side: "sell", reduceOnly: true };
  const cases: [code: string, order: Partial<OrderIntent>, account: Partial<RiskView>][] = [
    ["halted", {}, { halted: "unknown order" }],
    ["duplicate", {}, { slotTaken: true }],
    ["size-below-lot", { quantity: quantity("0") }, {}],
    ["off-lot", { quantity: quantity("0.0005") }, {}],
    ["no-mark", {}, { mark: NaN }],
    ["no-mark", {}, { mark: 0 }],
    ["bad-price", { kind: "limit", price: price("0") }, {}],
    ["off-tick", { kind: "limit", price: price("99.999") }, {}],
    ["absurd-price", { kind: "limit", price: price("500.01") }, {}],
    ["absurd-price", { kind: "limit", price: price("19.99") }, {}],
    ["absurd-price", { kind: "stop-limit", price: price("101"), limitPrice: price("1010") }, {}],
    ["below-min-notional", { quantity: quantity("0.049") }, {}],
    ["more-than-held", close, { position: 0.5 }],
    ["more-than-held", { ...close, side: "buy" }, { position: 1 }],
    ["short-on-spot", { side: "sell" }, { position: 5 }],
    ["insufficient-funds", {}, { freeCash: 99.99 }],
    ["insufficient-funds", {}, { instrument: contract, grossExposure: 901 }],
    ["insufficient-funds", { quantity: quantity("30") }, { instrument: contract, leverage: 2.9 }],
  ];
  for (const [code, order, account] of cases) {
    const decision = approve({ ...intent, ...order }, { ...view, ...account }, PRE_TRADE_RULES);
    assert.equal(decision.refusal?.code, code);
    assert.equal(decision.approved, null);
  }
});

Deno.test("what makes a position smaller passes while trading is halted and without cash", () => {
  const close = { ...intent, slot: "close" as const, side: "sell" as const, reduceOnly: true };
  const decision = approve(close, { ...view, position: 1, halted: "quarantine", freeCash: -5 }, PRE_TRADE_RULES);
  assert.equal(decision.approved, close);
});

Deno.test("entries may rest anywhere within five times the market's price, and stops of positions beyond", () => {
  for (const own of ["500", "20"]) {
    const quantityOf = quantity(own === "500" ? "0.1" : "1");
    const order = { ...intent, kind: "limit" as const, price: price(own), quantity: quantityOf };
    assert.equal(approve(order, view, PRE_TRADE_RULES).refusal, null);
  }
  const stop = { ...intent, slot: "stop" as const, side: "sell" as const, kind: "stop" as const, reduceOnly: true };
  assert.equal(approve({ ...stop, price: price("10") }, { ...view, position: 1 }, PRE_TRADE_RULES).refusal, null);
});

Deno.test("a rule that throws stops the order", () => {
  assert.throws(() =>
    approve(intent, view, [() => {
      throw new Error("broken rule");
    }])
  );
});

const inputs = { instrument: spot, equity: 10_000, price: 100, stopPrice: 95, reserveFraction: 0.001 };

Deno.test("sizes: share of equity less the reserve, fixed amount, risk to the stop, units", () => {
  const size = (sizing: Parameters<typeof positionSize>[0]) => quantityToNumber(positionSize(sizing, inputs));
  assert.equal(size({ kind: "equity-fraction", fraction: 0.5 }), 49.95); // 5000 ÷ 100.1, down to the lot
  assert.equal(size({ kind: "fixed-notional", notionalQuote: 1_234.56 }), 12.345);
  assert.equal(size({ kind: "risk-per-trade", fraction: 0.01 }), 20); // loses 20 × 5 = 1 % of 10,000
  assert.equal(size({ kind: "units", units: 3.0007 }), 3);
});

Deno.test("a size never costs more than was meant, over 10,000 cases, and nothing comes of nonsense", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1e7, noNaN: true }),
      fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (equity, mark, fraction) => {
        const size = quantityToNumber(
          positionSize({ kind: "equity-fraction", fraction }, { ...inputs, equity, price: mark }),
        );
        assert.ok(size * mark * 1.001 <= equity * fraction * (1 + 1e-12));
      },
    ),
    { numRuns: 10_000 },
  );
  const nothing = (sizing: Parameters<typeof positionSize>[0], part: Partial<typeof inputs>) =>
    assert.equal(positionSize(sizing, { ...inputs, ...part }), 0n as Quantity);
  nothing({ kind: "risk-per-trade", fraction: 0.01 }, { stopPrice: NaN });
  nothing({ kind: "risk-per-trade", fraction: 0.01 }, { stopPrice: 100 });
  nothing({ kind: "equity-fraction", fraction: 1 }, { equity: -5 });
  nothing({ kind: "equity-fraction", fraction: 1 }, { price: NaN });
});
