import assert from "node:assert/strict";
import { timeLeft } from "./progress.ts";

Deno.test("the time left is estimated from the share that is done, once there is enough to tell", () => {
  assert.equal(timeLeft(100, 0.01), "");
  assert.equal(timeLeft(10_000, 0.25), "about 30 s left");
  assert.equal(timeLeft(60_000, 0.4), "about 1 min 30 s left");
  assert.equal(timeLeft(65_000, 1), "in 1 min 5 s");
});
