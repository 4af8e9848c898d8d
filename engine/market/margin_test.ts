// Margin and liquidation prices beside the examples that venues publish.
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bankruptcyPrice,
  initialMargin,
  instrument,
  largestNotional,
  liquidationPrice,
  maintenanceMargin,
  type MarginTier,
  marginTiers,
  profitNumber,
  sizeNumber,
} from "./mod.ts";

const linear = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear" });
const inverse = instrument({ exchange: "test", symbol: "BTC/USD", kind: "inverse" });
const flat = (maintenanceRate: number, maintenanceAmount = 0) =>
  marginTiers([{ fromNotional: 0, maintenanceRate, maintenanceAmount, maxLeverage: 1 }]);
/** Bybit's BTCUSD: prices of longs are rounded up to the tick of 0.5. */
const onTick = (price: number) => Math.ceil(price * 2) / 2;
const cents = (value: number) => value.toFixed(2);

Deno.test("Binance, How to Calculate Liquidation Price of USDⓈ-M Futures Contracts: its two positions, cross and isolated", () => {
  // https://www.binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93 for the formula; its figures (wallet balance
  // 1,535,443.01; TMM and UPNL of the other position) as tests of freqtrade quote them, freqtrade/leverage/test_leverage.py
  const wallet = 1_535_443.01;
  const eth = { instrument: linear, quantity: 3_683.979, entryPrice: 1_456.84 };
  const btc = { instrument: linear, quantity: 109.488, entryPrice: 32_481.98 };
  const cross = (own: typeof eth, others: number, profit: number, rate: number, amount: number) =>
    cents(liquidationPrice({ ...own, collateral: wallet - others + profit }, flat(rate, amount), "mark"));
  assert.equal(cross(eth, 71_200.81144, -56_354.57, 0.1, 135_365), "1153.26");
  assert.equal(cross(btc, 356_512.508, -448_192.89, 0.025, 16_300), "26316.89");
  assert.equal(cross(eth, 0, 0, 0.1, 135_365), "1114.78");
  assert.equal(cross(btc, 0, 0, 0.025, 16_300), "18778.73");
});

Deno.test("Binance, COIN-M Futures: the maintenance amount of a tier follows from the one below", () => {
  // https://www.binance.com/es/support/faq/ceccfcfb4e3a45e3b48b0b1bb1a8ae46: 50 BTC × (5 % − 2.5 %) + 0.56 BTC = 1.81 BTC
  const [, , own] = marginTiers([
    { fromNotional: 0, maintenanceRate: 0.004 },
    { fromNotional: 20, maintenanceRate: 0.025, maintenanceAmount: 0.56 },
    { fromNotional: 50, maintenanceRate: 0.05 },
  ]);
  assert.equal(cents(own!.maintenanceAmount), "1.81");
});

Deno.test("Bybit, Liquidation Price (USDT Contract): long 1 BTC at 20,000 with 50x is liquidated at 19,700", () => {
  // https://testnet.bybit.com/en-US/help-center/s/article/Liquidation-Price-USDT-Contract: margin 400, maintenance 100
  const tiers = flat(0.005), collateral = initialMargin(null, 20_000, 50);
  assert.equal(collateral, 400);
  assert.equal(maintenanceMargin(tiers, 20_000), 100);
  const own = { instrument: linear, quantity: 1, entryPrice: 20_000, collateral };
  assert.equal(liquidationPrice(own, tiers, "entry"), 19_700);
  assert.equal(liquidationPrice({ ...own, quantity: -1 }, tiers, "entry"), 20_300);
});

Deno.test("Bybit, Bankruptcy Price: long 1 BTC at 10,000 with 50x loses its margin at 9,800", () => {
  // https://mobie.io/faq/what-is-bybits-bankruptcy-price-how-can-i-calculate-it, which quotes Bybit's help
  assert.equal(bankruptcyPrice({ instrument: linear, quantity: 1, entryPrice: 10_000, collateral: 200 }), 9_800);
});

Deno.test("Bybit, What Is the Insurance Fund: BTCUSD long at 11,383.50 with 10x and 25x, inverse", () => {
  // https://learn.bybit.com/trading/what-is-the-insurance-fund: liquidated at 10,396.00, bankrupt at 10,348.60; 25x at
  // 10,999; the venue rounds to its tick of 0.5, and margin is that of the position's value at the entry
  const own = (leverage: number) => {
    const quantity = 10_000, entryPrice = 11_383.5;
    return { instrument: inverse, quantity, entryPrice, collateral: quantity / entryPrice / leverage };
  };
  assert.equal(onTick(liquidationPrice(own(10), flat(0.005), "entry")), 10_396);
  assert.equal(bankruptcyPrice(own(10)).toFixed(1), "10348.6");
  assert.equal(onTick(liquidationPrice(own(25), flat(0.005), "entry")), 10_999);
});

Deno.test("Bybit, How to Calculate Liquidation Price (Inverse Contract): cross, with the fee to close", () => {
  // https://help.bybit.com/hc/en-us/articles/360039261334: 0.5 BTC, long 10,000 at 8,000, 0.075 % fee at the bankruptcy
  // price of 5,718.57; liquidated at 5,739.50
  const fee = 10_000 * 0.00075 / 5_718.57;
  const own = { instrument: inverse, quantity: 10_000, entryPrice: 8_000, collateral: 0.5 - fee };
  assert.equal(onTick(liquidationPrice(own, flat(0.005), "entry")), 5_739.5);
  assert.equal(cents(1.00075 * bankruptcyPrice({ ...own, collateral: 0.5 })), "5718.57");
});

Deno.test("Bybit, Isolated Mode (Unified Trading Account): 60,000 BTCUSD short at 50,000 with 10x", () => {
  // https://testnet.bybit.com/ar-SA/help-center/article/Liquidation-Price-Calculation-under-Isolated-Mode-Unified-Trading-Account:
  // value 1.2, margin 0.12, maintenance 0.006 BTC; 60,000 ÷ (1.2 − (0.12 − 0.006))
  const value = sizeNumber(inverse, 50_000, 60_000), tiers = flat(0.005);
  assert.deepEqual([value, initialMargin(null, value, 10)], [1.2, 0.12]);
  assert.equal(maintenanceMargin(tiers, value).toFixed(3), "0.006");
  const own = { instrument: inverse, quantity: -60_000, entryPrice: 50_000, collateral: 0.12 };
  assert.equal(cents(liquidationPrice(own, tiers, "entry")), cents(60_000 / (1.2 - (0.12 - 0.006))));
});

Deno.test("BitMEX, Isolated and Cross Margin Examples: 20 ETHUSDT at 1,000 on 10,000 of wallet, cross", () => {
  // https://www.bitmex.com/app/isolatedMarginExamples: margin 400, maintenance 200, liquidated at 510, bankrupt at 500
  const own = { instrument: linear, quantity: 20, entryPrice: 1_000, collateral: 10_000 };
  assert.equal(initialMargin(null, 20_000, 50), 400);
  assert.equal(maintenanceMargin(flat(0.01), 20_000), 200);
  assert.equal(liquidationPrice(own, flat(0.01), "entry"), 510);
  assert.equal(bankruptcyPrice(own), 500);
});

Deno.test("BitMEX, Isolated and Cross Margin Examples: 100 XBT posted 4, liquidated at 97 of 100", () => {
  // https://www.bitmex.com/app/isolatedMarginExamples, a maintenance margin of 1 %
  const own = { instrument: linear, quantity: 1, entryPrice: 100, collateral: 4 };
  assert.equal(liquidationPrice(own, flat(0.01), "entry"), 97);
});

Deno.test("Kraken, Inverse Futures Margin Schedule: each part of a position takes the rate of its level", () => {
  // https://support.kraken.com/hc/en-us/articles/15579128794772: maintenance 1 %, 2 % and 3 % of the parts of the position
  // up to 500,000, 1,000,000 and 3,000,000 contracts; leverage 50x, 25x, 17x
  const tiers = marginTiers([
    { fromNotional: 0, maintenanceRate: 0.01, maxLeverage: 50 },
    { fromNotional: 500_000, maintenanceRate: 0.02, maxLeverage: 25 },
    { fromNotional: 1_000_000, maintenanceRate: 0.03, maxLeverage: 17 },
  ]);
  assert.equal(cents(maintenanceMargin(tiers, 1_000_000)), "15000.00");
  assert.equal(cents(maintenanceMargin(tiers, 2_000_000)), "45000.00");
  assert.deepEqual([50, 20, 10].map((leverage) => largestNotional(tiers, leverage)), [500_000, 1_000_000, Infinity]);
  assert.equal(initialMargin(tiers, 500_000, 50), 20_000);
});

Deno.test("Deribit, Linear Perpetual: 25 BTC at 100,000 with 1.125 % keep 28,125 USDC", () => {
  // https://support.deribit.com/hc/en-us/articles/25944738177565-Linear-Perpetual
  assert.equal(cents(maintenanceMargin(flat(0.01125), 2_500_000)), "28125.00");
});

const tiersOf = fc.array(
  fc.record({ step: fc.integer({ min: 1, max: 100_000 }), rise: fc.double({ min: 0, max: 0.02, noNaN: true }) }),
  {
    minLength: 1,
    maxLength: 6,
  },
).map((steps) => {
  let fromNotional = 0, maintenanceRate = 0.001;
  return marginTiers(steps.map(({ step, rise }, i): MarginTier => {
    fromNotional = i === 0 ? 0 : fromNotional + step;
    maintenanceRate += rise;
    return { fromNotional, maintenanceRate };
  }));
});

Deno.test("at the liquidation price what is left is the maintenance margin, before it more, after it less, in 10,000 cases", () => {
  const position = fc.record({
    instrument: fc.constantFrom(linear, inverse),
    quantity: fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: -1_000_000, max: -1 })),
    entryPrice: fc.double({ min: 1, max: 100_000, noNaN: true }),
    leverage: fc.integer({ min: 1, max: 50 }),
    basis: fc.constantFrom("mark" as const, "entry" as const),
  });
  fc.assert(
    fc.property(position, tiersOf, ({ leverage, basis, ...own }, tiers) => {
      const size = sizeNumber(own.instrument, own.entryPrice, own.quantity), collateral = size / leverage;
      const price = liquidationPrice({ ...own, collateral }, tiers, basis);
      const left = (at: number) =>
        collateral + profitNumber(own.instrument, own.entryPrice, at, own.quantity) -
        maintenanceMargin(tiers, basis === "entry" ? size : sizeNumber(own.instrument, at, own.quantity));
      if (price === 0 || price === Infinity) {
        return assert.ok(left(price === 0 ? own.entryPrice * 1e-9 : own.entryPrice * 1e9) > -1e-6 * size);
      }
      const scale = 1e-9 * (size + sizeNumber(own.instrument, price, own.quantity) + collateral);
      assert.ok(Math.abs(left(price)) <= scale, `${left(price)} is left at ${price}`);
      const away = own.quantity > 0 ? 1 : -1;
      assert.ok(left(price * (1 + away * 1e-3)) > 0 && left(price * (1 - away * 1e-3)) < 0);
      const bankrupt = bankruptcyPrice({ ...own, collateral });
      assert.ok(own.quantity > 0 ? bankrupt <= price : bankrupt >= price, "bankrupt before liquidated");
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("a table of tiers that cannot be says which tier and why (5 cases)", () => {
  const tier = (fromNotional: number, maintenanceRate: number, maxLeverage?: number): MarginTier =>
    maxLeverage === undefined ? { fromNotional, maintenanceRate } : { fromNotional, maintenanceRate, maxLeverage };
  const cases: [MarginTier[], RegExp][] = [
    [[tier(5, 0.01)], /margin tier 1 begins at 5/],
    [[tier(0, 0.01), tier(0, 0.02)], /margin tier 2 begins at 0/],
    [[tier(0, 0)], /maintenanceRate of 0/],
    [[tier(0, 0.02), tier(10, 0.01)], /do not fall/],
    [[tier(0, 0.02, 100)], /maxLeverage of 100/],
  ];
  for (const [tiers, message] of cases) assert.throws(() => marginTiers(tiers), message);
});
