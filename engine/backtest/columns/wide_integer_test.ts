import assert from "node:assert/strict";
import fc from "fast-check";
import { type Notional, notionalToNumber } from "../../money/mod.ts";
import { DecimalScale, WideInteger } from "./wide_integer.ts";

const runs = { numRuns: 20_000 };
const wide = fc.bigInt({ min: -(2n ** 102n), max: 2n ** 102n });
const natural = fc.bigInt({ min: 0n, max: 2n ** 103n });
const factor = fc.oneof(fc.integer({ min: 0, max: 2 ** 31 }), fc.maxSafeInteger().map(Math.abs));

Deno.test("wide integers add like bigints", () => {
  fc.assert(
    fc.property(wide, wide, fc.constantFrom(1, -1), (a, b, sign) => {
      const sum = WideInteger.of(a);
      sum.add(WideInteger.of(b), sign);
      assert.equal(sum.toBigInt(), a + BigInt(sign) * b);
      assert.equal(sum.isNegative, a + BigInt(sign) * b < 0n);
    }),
    runs,
  );
});

Deno.test("wide integers multiply like bigints", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), factor, (a, b) => {
      const product = new WideInteger();
      product.product(a, 0, b);
      if (!product.isTooWide) assert.equal(product.toBigInt(), BigInt(a) * BigInt(b));
    }),
    runs,
  );
});

Deno.test("wide integers divide like bigints, down and up", () => {
  fc.assert(
    fc.property(
      natural,
      fc.oneof(fc.constantFrom(3, 1000, 1e11, 1e15), fc.integer({ min: 1, max: 2 ** 31 })),
      fc.integer({ min: -2, max: 2 }),
      fc.boolean(),
      (a, divisor, beside, isWhole) => {
        const d = BigInt(divisor), own = isWhole ? a / d * d + BigInt(beside) : a;
        if (own < 0n) return;
        const [down, up] = [WideInteger.of(own), WideInteger.of(own)];
        down.divide(divisor, false);
        up.divide(divisor, true);
        assert.equal(down.toBigInt(), own / d);
        assert.equal(up.toBigInt(), (own + d - 1n) / d);
      },
    ),
    runs,
  );
});

Deno.test("a wide integer becomes the double that money becomes", () => {
  fc.assert(
    fc.property(wide, fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 100 }), (a, decimals, shift) => {
      const own = a >> BigInt(shift);
      const expected = notionalToNumber((own * 10n ** BigInt(24 - decimals)) as Notional);
      assert.equal(WideInteger.of(own).toNumber(new DecimalScale(decimals)), expected);
    }),
    runs,
  );
});
