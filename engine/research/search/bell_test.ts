import assert from "node:assert/strict";
import { normalCdf } from "../../metrics/mod.ts";
import { decay, normalArea } from "./bell.ts";

Deno.test("the tables of e^−q and of the normal distribution are right to 1e-8", () => {
  for (let q = 0; q < 39.9; q += 0.0137) {
    assert.ok(Math.abs(decay(q) - Math.exp(-q)) <= 1e-8 * Math.exp(-q), `decay(${q})`);
  }
  for (let z = -7.99; z < 7.99; z += 0.0137) assert.ok(Math.abs(normalArea(z) - normalCdf(z)) <= 1e-8, `area(${z})`);
  assert.deepEqual([decay(40), decay(Infinity), decay(NaN)], [0, 0, 0]);
  assert.deepEqual([normalArea(-9), normalArea(8), normalArea(-8), normalArea(0)], [0, 1, 0, 0.5]);
});
