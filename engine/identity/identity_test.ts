import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson, decodePlain, encodePlain, identityOf, sha256Hex } from "./mod.ts";

Deno.test("canonical JSON does not depend on the order of keys, and is JSON, over 2,000 values", () => {
  const shuffled = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(shuffled)
      : value !== null && typeof value === "object"
      ? Object.fromEntries(Object.entries(value).reverse().map(([key, inner]) => [key, shuffled(inner)]))
      : value;
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(canonicalJson(shuffled(value)), canonicalJson(value));
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
      assert.equal(identityOf(value), identityOf(shuffled(value)));
    }),
    { numRuns: 2_000 },
  );
  assert.equal(canonicalJson({ b: 10n, a: [1e21, -0, "é\n"], c: undefined }), '{"a":[1e+21,0,"é\\n"],"b":"10"}');
});

Deno.test("canonical JSON refuses what JSON cannot hold", () => {
  for (const value of [NaN, Infinity, () => {}, Symbol("x"), [NaN]]) assert.throws(() => canonicalJson(value));
});

Deno.test("SHA-256 equals the published vectors", () => {
  assert.equal(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(sha256Hex(new TextEncoder().encode("abc")), sha256Hex("abc"));
});

Deno.test("plain data survives being written down, bit for bit, over 5,000 values", () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(NaN, -0, Infinity, -Infinity));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      number,
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.bigInt(),
      fc.array(number).map((items) => Float64Array.from(items)),
      fc.array(tie("value")),
      fc.dictionary(fc.oneof(fc.string().filter((key) => key !== "__proto__"), fc.constant("$")), tie("value")).map((
        o,
      ) => ({ ...o })),
    ),
  }));
  fc.assert(fc.property(value, (data) => assert.deepStrictEqual(decodePlain(encodePlain(data)), data)), {
    numRuns: 5_000,
  });
});

Deno.test("plain data refuses things with a life of their own", () => {
  for (const value of [() => {}, new Map(), new Date(0), new (class Own {})()]) {
    assert.throws(() => encodePlain(value), /plain data/);
  }
});
