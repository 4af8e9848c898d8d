import assert from "node:assert/strict";
import fc from "fast-check";
import type { TimestampMs } from "../time/mod.ts";
import { clientOrderId } from "./client_order_id.ts";

Deno.test("the name of an order says its session, book, moment in base 36, slot and revision", () => {
  const decidedAtMs = Date.UTC(2024, 7, 5, 6) as TimestampMs;
  assert.equal(clientOrderId("run", 3, decidedAtMs, "stop", 12), "run-3-lzgl0w00-s12");
});

Deno.test("the moment in a name reads back as that moment, over 10,000 moments", () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(100_000_000), fc.maxSafeNat()), (timeMs) => {
      const [, , moment] = clientOrderId("run", 0, timeMs as TimestampMs, "entry", 0).split("-");
      assert.equal(parseInt(moment!, 36), timeMs);
      assert.equal(moment, timeMs.toString(36));
    }),
    { numRuns: 10_000 },
  );
});
