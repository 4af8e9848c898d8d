import assert from "node:assert/strict";
import type { RateLimit, RequestBudget } from "../market/mod.ts";
import { openExchange } from "./open_exchange.ts";

Deno.test("a process keeps to its share of a limit, and to all of it where nobody else has one", async () => {
  const limits: RateLimit[] = [];
  const budget: RequestBudget = {
    reserve(limit, weight) {
      limits.push(limit);
      return Promise.resolve({ granted: true, weight, windowStartMs: 0, isAtStart: false });
    },
    report: () => Promise.resolve(),
  };
  for (const share of [undefined, 0.8, 1e-9]) {
    // Nobody listens there: the budget is asked before.
    const exchange = await openExchange("loopback", {
      ...{ baseUrl: "http://127.0.0.1:1", budget, limit: { weight: 1_001 } },
      ...(share === undefined ? {} : { share }),
    });
    await exchange.time();
    await exchange.close();
  }
  assert.deepEqual(limits.map(({ weight }) => weight), [1_001, 800, 1]);
  assert.ok(
    limits.every(({ cancelWeight }) => cancelWeight === limits[0]!.cancelWeight),
    "cancels keep what they have",
  );
});
