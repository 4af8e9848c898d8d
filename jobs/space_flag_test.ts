import assert from "node:assert/strict";
import { constraintFlag, lossOfFile, objectiveFlag, spaceFlag } from "./space_flag.ts";

Deno.test("a space is read parameter by parameter: ranges, steps, ratios and values", () => {
  const space = ["fast=5:50", "slow=20:200:log", "width=0:1:0.1", "size=1:64:1:log", "kind=sma,ema", "n=3,5"].reduce(
    (before, text) => spaceFlag(text, before),
    {},
  );
  assert.deepEqual(space, {
    fast: { from: 5, to: 50 },
    slow: { from: 20, to: 200, log: true },
    width: { from: 0, to: 1, step: 0.1 },
    size: { from: 1, to: 64, step: 1, log: true },
    kind: ["sma", "ema"],
    n: [3, 5],
  });
  assert.throws(() => spaceFlag("fast"), /not NAME=FROM:TO/);
  assert.throws(() => spaceFlag("fast=1:2", { fast: [1] }), /fast has a range twice/);
  assert.throws(() => spaceFlag("fast=1:log"), /is no range/);
  assert.throws(() => spaceFlag("fast=1:2:3:4"), /is no range/);
  assert.throws(() => spaceFlag("fast=a:b"), /"a" is not a number/);
});

Deno.test("objectives and constraints are collected in their order", () => {
  assert.deepEqual(objectiveFlag("-feesQuote", objectiveFlag("sharpe")).map(({ direction }) => direction), [
    "max",
    "min",
  ]);
  assert.deepEqual(constraintFlag("sharpe<=3", constraintFlag("tradeCount>=30")).map(({ is }) => is), [">=", "<="]);
});

Deno.test("a file without a function is no loss", async () => {
  await assert.rejects(lossOfFile("no_such_file.ts"), /no_such_file.ts cannot be loaded/);
  await assert.rejects(lossOfFile(new URL("main.ts", import.meta.url).pathname), /main.ts exports no loss: write/);
});
