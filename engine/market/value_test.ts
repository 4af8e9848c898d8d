import assert from "node:assert/strict";
import fc from "fast-check";
import { type Notional, notional, notionalToNumber, type Price, price, type Quantity, quantity } from "../money/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import {
  instrument,
  moveFraction,
  priceOfValue,
  profitNumber,
  quantityOfQuote,
  quantityWorth,
  settlementAsset,
  sizeOf,
  valueNumber,
  valueOf,
} from "./mod.ts";

const spot = instrument({ exchange: "test", symbol: "BTC/USDT" });
const linear = instrument({ exchange: "okx", symbol: "BTC/USDT", kind: "linear", contractSize: "0.01" });
const inverse = instrument({ exchange: "bitmex", symbol: "XBT/USD", kind: "inverse" });
const deribit = instrument({ exchange: "deribit", symbol: "BTC/USD", kind: "inverse", contractSize: "10" });

const anyPrice = fc.bigInt({ min: 1n, max: 10n ** 17n }).map((units) => units as Price);
const anyQuantity = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map((units) => units as Quantity);
const profit = (market: typeof spot, entry: string, exit: string, size: string) =>
  (valueOf(market, price(exit), quantity(size)) - valueOf(market, price(entry), quantity(size))) as Notional;

Deno.test("spot is worth price × quantity, and a linear contract its size of that", () => {
  assert.equal(valueOf(spot, price("29789.27"), quantity("0.00000001")), notional("0.0002978927"));
  assert.equal(valueOf(linear, price("50000"), quantity("-3")), notional("-1500"));
  assert.equal(valueNumber(linear, 50_000, -3), -1_500);
});

Deno.test("BitMEX, Perpetual Contracts Guide Examples: 15,000 XBTUSD from 750 to 800 gain 1.25 XBT", () => {
  // https://www.bitmex.com/app/perpetualContractsGuideExamples: entry value 20 XBT, 15,000 × 1 × (1/750 − 1/800)
  assert.equal(sizeOf(inverse, price("750"), quantity("15000")), notional("20"));
  assert.equal(profit(inverse, "750", "800", "15000"), notional("1.25"));
  assert.equal(profit(inverse, "750", "800", "-15000"), notional("-1.25"));
});

Deno.test("Deribit, Example (futures): 100 contracts of 10 USD from 600 to 700 gain 0.238095 BTC", () => {
  // https://www.deribit.com/docs/example-futures/: 1000/600 − 1000/700
  assert.equal(notionalToNumber(profit(deribit, "600", "700", "100")).toFixed(6), "0.238095");
  assertClose(profitNumber(deribit, 600, 700, 100), 1000 / 600 - 1000 / 700, "profit", 1e-15);
});

Deno.test("an inverse contract keeps its cash in the base asset, all others in the quote", () => {
  assert.deepEqual([spot, linear, inverse].map(settlementAsset), ["USDT", "USDT", "XBT"]);
});

Deno.test("what does not fit 24 digits is rounded against us, on either side, in 10,000 cases", () => {
  fc.assert(
    fc.property(fc.constantFrom(linear, inverse, deribit), anyPrice, anyQuantity, (market, at, size) => {
      const bought = valueOf(market, at, size), sold = valueOf(market, at, -size as Quantity);
      const lost = bought + sold;
      assert.ok(lost === 0n || lost === 1n, `buying and selling at one price loses ${lost}`);
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("a long position is worth more when the price rises, whatever the contract, in 10,000 cases", () => {
  fc.assert(
    fc.property(fc.constantFrom(spot, linear, inverse), anyPrice, anyPrice, anyQuantity, (market, a, b, size) => {
      const long = (size < 0n ? -size : size) as Quantity;
      const [low, high] = a < b ? [a, b] : [b, a];
      assert.ok(valueOf(market, high, long) >= valueOf(market, low, long));
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("sizes, profits and averages in float64 are the exact ones, in 10,000 cases", () => {
  const number = fc.double({ min: 0.01, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(spot, linear, inverse), number, number, number, (market, from, to, amount) => {
      const size = quantityWorth(market, from, amount);
      assertClose(Math.abs(valueNumber(market, from, size)), amount, "size", 1e-12);
      const value = valueNumber(market, to, size) - valueNumber(market, from, size);
      assert.ok(Math.abs(profitNumber(market, from, to, size) - value) <= 1e-9 * (amount + Math.abs(value)));
      assert.ok(Math.abs(moveFraction(market, from, to) * amount - value) <= 1e-9 * (amount + Math.abs(value)));
    }),
    { numRuns: 10_000 },
  );
  assert.equal(quantityOfQuote(inverse, 750, 15_000), 15_000);
  assert.equal(quantityOfQuote(linear, 50_000, 1_500), 3);
  assert.equal(priceOfValue(linear, notional("1500"), quantity("3")), price("50000"));
  assert.equal(priceOfValue(inverse, notional("-20"), quantity("15000")), price("750"));
});

Deno.test("an instrument refuses a contract size that is not above zero, on spot, and fees in what no contract gives", () => {
  const of = (part: object) => () => instrument({ exchange: "test", symbol: "BTC/USD", ...part });
  assert.throws(of({ contractSize: "2" }), /contractSize of BTC\/USD/);
  assert.throws(of({ kind: "inverse", contractSize: "0" }), /must be above zero/);
  assert.throws(of({ kind: "inverse", feeAsset: "received" }), /is a contract or may be sold short/);
});
