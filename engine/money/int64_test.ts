import assert from "node:assert/strict";
import fc from "fast-check";
import { int64FromNumber, PARTS, splitInt64 } from "./int64.ts";

const RUNS = { numRuns: 10_000 };
const LEAST = -(2n ** 63n), MOST = 2n ** 63n - 1n;

Deno.test("the two parts of an integer of 64 bits are the integer, over 10,000 and at the bounds", () => {
  const isSplit = (value: bigint) => {
    assert.ok(splitInt64(value));
    const [high, low] = PARTS;
    assert.equal(BigInt(high!) + BigInt(low!), value);
  };
  fc.assert(fc.property(fc.bigInt({ min: LEAST, max: MOST }), isSplit), RUNS);
  [LEAST, MOST, 0n, -1n, 2n ** 32n, 2n ** 32n - 1n, -(2n ** 32n)].forEach(isSplit);
});

Deno.test("an integer beyond 64 bits is not split, over 10,000", () => {
  const beyond = fc.oneof(fc.bigInt({ min: MOST + 1n }), fc.bigInt({ max: LEAST - 1n }));
  fc.assert(fc.property(beyond, (value) => assert.ok(!splitInt64(value))), RUNS);
});

Deno.test("a whole double below 2^63 becomes the integer that it is, over 10,000", () => {
  const whole = fc.double({ min: 0, max: 2 ** 63, maxExcluded: true, noNaN: true }).map(Math.floor);
  fc.assert(fc.property(whole, (value) => assert.equal(int64FromNumber(value), BigInt(value))), RUNS);
  assert.equal(int64FromNumber(2 ** 53 - 1), BigInt(2 ** 53 - 1));
});
