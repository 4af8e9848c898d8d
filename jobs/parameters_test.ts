import assert from "node:assert/strict";
import { parameter } from "./parameters.ts";

Deno.test("--param collects numbers, truth values and words by name; later ones win", () => {
  const read = ["fast=10", "slow=50", "stop=1.5", "trail=true", "mode=close", "fast=12"];
  assert.deepEqual(read.reduce((before, text) => parameter(text, before), {}), {
    fast: 12,
    slow: 50,
    stop: 1.5,
    trail: true,
    mode: "close",
  });
});

Deno.test("a parameter without a name or a value is refused with an example", () => {
  for (const text of ["fast", "=10", "fast 10"]) {
    assert.throws(() => parameter(text, {}), /is not NAME=VALUE, as in fast=10/);
  }
});
