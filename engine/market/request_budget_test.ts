import assert from "node:assert/strict";
import fc from "fast-check";
import { REQUEST_BUDGET_CASES } from "../testing/request_budget_cases.ts";
import { SimulatedClock, type TimestampMs } from "../time/mod.ts";
import { ProcessBudget, type RateLimit } from "./mod.ts";

for (const [name, holds] of Object.entries(REQUEST_BUDGET_CASES)) {
  Deno.test(`budget of one process: ${name}`, async () => {
    await holds((nowMs) => {
      const clock = new SimulatedClock(nowMs);
      return { budget: new ProcessBudget(clock), clock };
    });
  });
}

Deno.test("whatever the delays and a clock that differs by the guard, the venue counts no window above its limit (5,000 histories)", async () => {
  const limit: RateLimit = {
    venue: "venue",
    address: "here",
    name: "weight",
    shape: "window",
    weight: 20,
    windowMs: 10_000,
    cancelWeight: 0,
    tradingWeight: 0,
    guardMs: 500,
  };
  const pauseMs = fc.oneof(fc.constant(0), fc.nat(50), fc.nat(900), fc.nat(9_000));
  const request = fc.record({
    use: fc.constantFrom("data" as const, "order" as const, "cancel" as const),
    weight: fc.integer({ min: 1, max: 9 }),
    pauseMs,
    onTheWayMs: fc.oneof(fc.nat(100), fc.nat(1_500)),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { minLength: 30, maxLength: 60 }),
      fc.integer({ min: -500, max: 500 }),
      async (requests, skewMs) => {
        const clock = new SimulatedClock(1_800_000_000_000 as TimestampMs), budget = new ProcessBudget(clock);
        const counted = new Map<number, number>();
        let answers: { atMs: number; report: () => Promise<void> }[] = [];
        for (const { use, weight, pauseMs, onTheWayMs } of requests) {
          clock.advanceTo(clock.now() + pauseMs as TimestampMs);
          for (const { report } of answers.filter(({ atMs }) => atMs <= clock.now())) await report();
          answers = answers.filter(({ atMs }) => atMs > clock.now());
          const decision = await budget.reserve(limit, weight, use);
          if (!decision.granted) continue;
          // The venue counts a request when it arrives, by its own clock, and answers after as long again.
          const window = Math.floor((clock.now() + onTheWayMs + skewMs) / limit.windowMs);
          counted.set(window, (counted.get(window) ?? 0) + weight);
          const report = () => budget.report(limit, decision, { status: 200, usedWeight: counted.get(window)! });
          answers.push({ atMs: clock.now() + 2 * onTheWayMs, report });
        }
        assert.ok([...counted.values()].every((used) => used <= limit.weight));
      },
    ),
    { numRuns: 5_000 },
  );
});
