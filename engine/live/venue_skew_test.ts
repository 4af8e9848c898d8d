import assert from "node:assert/strict";
import { SimulatedClock, type TimestampMs } from "../time/mod.ts";
import { venueSkewMs } from "./venue_skew.ts";

const START_MS = Date.UTC(2026, 10, 27) + 123;

/** The skew that is measured of a venue whose clock is ahead by so much, over lines that take so long each way. */
function measured(aheadMs: number, ways: readonly (readonly [there: number, back: number])[], stepMs = 1) {
  const clock = new SimulatedClock(START_MS as TimestampMs);
  const pass = (ms: number) => clock.advanceTo((clock.now() + ms) as TimestampMs);
  let call = 0;
  return venueSkewMs({
    time: () => {
      const [there, back] = ways[call++ % ways.length]!;
      pass(there);
      const value = Math.floor((clock.now() + aheadMs) / stepMs) * stepMs as TimestampMs;
      pass(back);
      return Promise.resolve({ kind: "done", value });
    },
  }, clock);
}

Deno.test("the skew of a venue's clock is the median of samples against the middle of each round trip", async () => {
  for (const ahead of [0, 40, -40, 3_600_000]) {
    assert.equal(await measured(ahead, [[20, 20], [500, 0], [5, 5], [0, 700], [30, 30]]), ahead);
  }
});

Deno.test("whole seconds differ by no more than what is beyond them", async () => {
  for (const ahead of [0, 400, -120]) assert.equal(await measured(ahead, [[7, 7], [130, 130]], 1_000), 0, `${ahead}`);
  assert.ok(await measured(2_000, [[7, 7], [130, 130]], 1_000) > 1_000);
  assert.ok(await measured(-2_000, [[7, 7], [130, 130]], 1_000) < -1_000);
});

Deno.test("a venue that does not tell its time has no skew that is known", async () => {
  const time = () => Promise.resolve({ kind: "refused", code: "not-supported", reason: "x does not tell" } as const);
  await assert.rejects(venueSkewMs({ time }, new SimulatedClock(START_MS as TimestampMs)), { code: "clock-unknown" });
});
