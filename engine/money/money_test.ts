import assert from "node:assert/strict";
import fc from "fast-check";
import {
  AMOUNT_DECIMALS,
  decimalToNumber,
  feeInAsset,
  feeOn,
  feeRateFromBps,
  floorToLot,
  formatDecimal,
  type Notional,
  notional,
  notionalFromNumber,
  notionalOf,
  parseDecimal,
  type Price,
  price,
  priceFromNumber,
  priceToNumber,
  type Quantity,
  quantity,
  quantityFromNumber,
  quantityToNumber,
  UNIT_DECIMALS,
  worthOfFee,
} from "./mod.ts";

const RUNS = { numRuns: 10_000 };
const ticks = fc.constantFrom("0.01", "0.05", "0.25", "0.1", "5", "0.00000001", "0.000000000001", "0.0003").map(price);
const decimals = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });

Deno.test("decimal text and exact integers are each other's inverse, over 10,000 numbers", () => {
  fc.assert(
    fc.property(decimals, fc.constantFrom(UNIT_DECIMALS, AMOUNT_DECIMALS, 0), (value, digits) => {
      assert.equal(parseDecimal(formatDecimal(value, digits), digits), value);
    }),
    RUNS,
  );
});

Deno.test("an exact number becomes the float64 nearest to it, over 10,000 numbers of either size", () => {
  fc.assert(
    // 10^22 is the last power of ten that a double holds.
    fc.property(decimals, fc.constantFrom(UNIT_DECIMALS, 22, 23, AMOUNT_DECIMALS), fc.nat(25), (value, digits, cut) => {
      const size = value / 10n ** BigInt(cut);
      const nearest = Number(formatDecimal(size, digits));
      assert.equal(decimalToNumber(size, digits), nearest);
    }),
    RUNS,
  );
});

Deno.test("decimal text that is no number, or finer than can be held, is refused with the text in the message", () => {
  for (const text of ["", "1,5", "abc", "1.2.3", "0x10", "--1", "NaN", "0.0000000000001"]) {
    assert.throws(() => price(text), (error: Error) => error.message.includes(`"${text}"`));
  }
  assert.equal(price("1e-8"), 10_000n);
});

Deno.test("rounding never gains a tick: down is at most the value and less than a tick below, up the mirror, over 10,000", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-7, max: 1e6, noNaN: true }), ticks, (value, tick) => {
      const width = priceToNumber(tick);
      const down = priceToNumber(priceFromNumber(value, tick, "down")),
        up = priceToNumber(priceFromNumber(value, tick, "up"));
      assert.ok(down <= value && value - down < width * (1 + 1e-9) + value * 1e-15, `${value} down to ${down}`);
      assert.ok(up >= value && up - value < width * (1 + 1e-9) + value * 1e-15, `${value} up to ${up}`);
      for (const rounding of ["down", "up", "nearest"] as const) {
        assert.equal(priceFromNumber(value, tick, rounding) % tick, 0n);
      }
    }),
    RUNS,
  );
});

Deno.test("the double nearest to a price on the grid is that price, whatever the rounding, over 10,000", () => {
  fc.assert(
    fc.property(ticks, fc.bigInt({ min: 1n, max: 10n ** 12n }), (tick, steps) => {
      const exact = (tick * steps % (10n ** 18n)) as Price;
      if (exact <= 0n) return;
      const onGrid = (exact - exact % tick) as Price;
      if (onGrid === 0n) return;
      const value = priceToNumber(onGrid);
      for (const rounding of ["down", "up", "nearest"] as const) {
        // Above 2^53 steps of the grid several prices share a double: then any of them is right.
        assert.equal(priceToNumber(priceFromNumber(value, tick, rounding)), value);
        if (Number(onGrid) < 2 ** 53) assert.equal(priceFromNumber(value, tick, rounding), onGrid);
      }
    }),
    RUNS,
  );
});

Deno.test("a quantity is rounded to the lot toward zero and never above what was asked for, over 10,000", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), ticks, (value, step) => {
      const lot = step as bigint as Quantity;
      const size = quantityFromNumber(value, lot);
      assert.equal(size % lot, 0n);
      assert.ok(quantityToNumber(size) <= value);
    }),
    RUNS,
  );
  assert.equal(floorToLot(quantity("-1.7"), quantity("0.5")), quantity("-1.5"));
});

Deno.test("prices and quantities that make no sense are refused", () => {
  for (const value of [0, -1, NaN, Infinity, 2 ** 60]) {
    assert.throws(() => priceFromNumber(value, price("0.01"), "down"));
  }
  for (const value of [-1e-9, NaN, Infinity]) assert.throws(() => quantityFromNumber(value, quantity("1")));
});

Deno.test("price times quantity is exact, over 10,000", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n }), fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (p, q) => {
      assert.equal(notionalOf(p as Price, q as Quantity), p * q);
    }),
    RUNS,
  );
  assert.equal(notionalOf(price("29789.27"), quantity("0.00000001")), notional("0.0002978927"));
});

Deno.test("a fee is rounded up, against the payer, and by less than one unit of its asset, over 10,000", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 32n }),
      fc.integer({ min: -2_000, max: 10_000 }).map((hundredths) => hundredths / 100),
      fc.constantFrom(0, 2, 8, 24),
      (amount, bps, digits) => {
        const rate = feeRateFromBps(bps), fee = feeOn(amount as Notional, rate, digits);
        const unit = 10n ** BigInt(AMOUNT_DECIMALS - digits), scaled = amount * rate, one = 10n ** 12n;
        assert.equal(fee % unit, 0n);
        assert.ok(fee * one >= scaled, "not less than due");
        assert.ok(fee * one - scaled < unit * one, "and by less than a unit");
      },
    ),
    RUNS,
  );
  assert.equal(feeOn(notional("12345.67"), feeRateFromBps(10), 8), notional("12.34567"));
  assert.throws(() => feeRateFromBps(20_000), /basis points/);
});

Deno.test("a fee in another asset is rounded up in that asset, and is worth what was due, over 10,000", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 32n), max: 10n ** 32n }),
      fc.bigInt({ min: 0n, max: 10n ** 26n }),
      fc.bigInt({ min: 10n ** 8n, max: 10n ** 17n }),
      fc.constantFrom(0, 2, 8, 12),
      (amount, fixed, at, digits) => {
        const rate = feeRateFromBps(7.5),
          own = feeInAsset(amount as Notional, rate, fixed as Notional, at as Price, digits);
        const unit = 10n ** BigInt(AMOUNT_DECIMALS - digits), size = amount < 0n ? -amount : amount;
        const due = size * rate + fixed * 10n ** 12n, paid = own * at; // in steps of 10^-36 of the quote asset
        assert.equal(own % unit, 0n);
        assert.ok(paid >= due && paid - due < unit * at, "against the payer, and by less than a unit");
        assert.equal(worthOfFee(own, at as Price), paid / 10n ** 12n);
      },
    ),
    RUNS,
  );
  // 0.075 % of 10,000 and 0.5 beside it are 8 USDT: 0.016 BNB at 500.
  const own = feeInAsset(notional("10000"), feeRateFromBps(7.5), notional("0.5"), price("500"), 8);
  assert.equal(formatDecimal(own, AMOUNT_DECIMALS), "0.016");
  assert.equal(worthOfFee(own, price("500")), notional("8"));
});

Deno.test("amounts of money are read as the decimals they print as", () => {
  assert.equal(notionalFromNumber(10000.1), notional("10000.1"));
  assert.equal(notionalFromNumber(1e21), notional("1000000000000000000000"));
  assert.throws(() => notionalFromNumber(NaN));
});
