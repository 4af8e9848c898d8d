import assert from "node:assert/strict";
import fc from "fast-check";
import { instrument } from "../market/mod.ts";
import { quantity, quantityFromNumber, quantityToNumber } from "../money/mod.ts";
import { type ClientOrderId, type OrderIntent, PLAIN_TERMS } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import {
  approve,
  limitRules,
  newHistory,
  PRE_TRADE_RULES,
  preTradeRules,
  type RiskRule,
  type RiskView,
} from "./mod.ts";

const btc = instrument({ exchange: "test", symbol: "BTC/USDT", lot: "0.001", minNotional: "5" });
const perpetual = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear", lot: "0.001" });
/** Two at a price of 100. */
const entry: OrderIntent = {
  clientOrderId: "t-0-0-e0" as ClientOrderId,
  instrument: btc.id,
  book: 0,
  slot: "entry",
  decidedAtMs: 0 as TimestampMs,
  side: "buy",
  kind: "market",
  quantity: quantity("2"),
  price: null,
  reduceOnly: false,
  limitPrice: null,
  trail: null,
  terms: PLAIN_TERMS,
  sizeAtFill: null,
  reason: "test",
};
const view: RiskView = {
  instrument: btc,
  mark: 100,
  equity: 1_000,
  position: 0,
  freeCash: 1_000,
  grossExposure: 400,
  assetExposure: 0,
  orderNotional: 200,
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
const rules = [
  ...PRE_TRADE_RULES,
  ...limitRules({ maxExposureFraction: 0.5, maxAssetExposureFraction: 0.3, shrinkToFit: true }),
];

Deno.test("an entry beyond an exposure limit is made as small as fits, lot by lot, with the limit's code", () => {
  const decision = approve(entry, view, rules); // 500 may be in the market, 400 are
  assert.equal(decision.approved?.quantity, quantity("1"));
  assert.deepEqual(decision.shrunk.map(({ code }) => code), ["max-exposure"]);
  const both = approve(entry, { ...view, grossExposure: 350, assetExposure: 266.66 }, rules);
  assert.equal(both.approved?.quantity, quantity("0.333")); // 33.34 of the asset are free
  assert.deepEqual(both.shrunk.map(({ code }) => code), ["max-exposure", "max-asset-exposure"]);
});

Deno.test("an entry for which no room is left, or too little for the market, is refused", () => {
  assert.equal(approve(entry, { ...view, grossExposure: 500 }, rules).refusal?.code, "max-exposure");
  assert.equal(approve(entry, { ...view, grossExposure: 497 }, rules).refusal?.code, "below-min-notional");
  assert.equal(approve(entry, { ...view, equity: NaN }, rules).refusal?.code, "max-exposure");
});

Deno.test("an entry beyond the cash is made as small as it allows, less the reserve, where limits shrink", () => {
  const funds = preTradeRules({ shrinkToFit: true }, 0.25);
  const decision = approve(entry, { ...view, freeCash: 150 }, funds); // 150 ÷ 1.25 = 120
  assert.equal(decision.approved?.quantity, quantity("1.2"));
  assert.deepEqual(decision.shrunk.map(({ code }) => code), ["insufficient-funds"]);
  assert.equal(approve(entry, { ...view, freeCash: -1 }, funds).refusal?.code, "insufficient-funds");
  assert.equal(approve(entry, { ...view, freeCash: 150 }, preTradeRules({}, 0.25)).refusal?.code, "insufficient-funds");
  const margin = { ...view, instrument: perpetual, grossExposure: 900 };
  assert.equal(approve(entry, margin, funds).approved?.quantity, quantity("0.8"));
});

Deno.test("what was made smaller stays so where the venue sizes at the fill", () => {
  const sized: OrderIntent = { ...entry, sizeAtFill: { kind: "equity-fraction", fraction: 0.2 } };
  assert.deepEqual(approve(sized, view, rules).approved?.sizeAtFill, { kind: "units", units: 1 });
});

Deno.test("rules that make an order smaller without end stop it", () => {
  let asked = 0;
  const never: RiskRule = ({ quantity }) => {
    asked++;
    return { code: "never", reason: "still too much", shrinkTo: quantity };
  };
  assert.equal(approve(entry, view, [never]).refusal?.code, "never");
  assert.ok(asked < 100, `asked ${asked} times`);
});

Deno.test("no approved entry is larger than asked for or leads beyond the limit, and none that fits is touched (10,000 cases)", () => {
  const exposure = fc.double({ min: 0, max: 600, noNaN: true });
  fc.assert(
    fc.property(exposure, exposure, fc.integer({ min: 1, max: 9_000 }), (gross, asset, lots) => {
      const size = quantityFromNumber(lots / 1_000, btc.lot), notional = quantityToNumber(size) * 100;
      const seen = { ...view, grossExposure: gross, assetExposure: asset, orderNotional: notional };
      const { approved } = approve({ ...entry, quantity: size }, seen, rules);
      const fits = gross + notional <= 500 && asset + notional <= 300;
      if (approved === null) return assert.ok(!fits || notional < 5);
      const done = quantityToNumber(approved.quantity) * 100;
      assert.ok(approved.quantity <= size && approved.quantity % btc.lot === 0n);
      assert.ok(gross + done <= 500 * (1 + 1e-12) && asset + done <= 300 * (1 + 1e-12));
      assert.equal(approved.quantity === size, fits);
      if (!fits) assert.ok(gross + done + 0.2 > 500 || asset + done + 0.2 > 300, "more would have fitted");
    }),
    { numRuns: 10_000 },
  );
});
