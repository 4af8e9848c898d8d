import assert from "node:assert/strict";
import { gridFlag } from "./grid_flag.ts";

Deno.test("a grid's values are a range or a list, of numbers, words or truth values", () => {
  assert.deepEqual(gridFlag("slow=60:80:10", gridFlag("fast=5,10")), { fast: [5, 10], slow: [60, 70, 80] });
  assert.deepEqual(gridFlag("n=1:3"), { n: [1, 2, 3] });
  assert.deepEqual(gridFlag("kind=sma,ema"), { kind: ["sma", "ema"] });
  assert.deepEqual(gridFlag("on=true,false"), { on: [true, false] });
});

Deno.test("a grid that cannot be read says how one is written", () => {
  assert.throws(() => gridFlag("fast"), /not NAME=FROM:TO:STEP/);
  assert.throws(() => gridFlag("fast="), /no value for fast/);
  assert.throws(() => gridFlag("fast=1:x:2"), /is no range/);
  assert.throws(() => gridFlag("fast=1:2:3:4"), /is no range/);
  assert.throws(() => gridFlag("fast=1:9:0"), /has no end/);
  assert.throws(() => gridFlag("fast=1", { fast: [2] }), /fast has values twice/);
});
