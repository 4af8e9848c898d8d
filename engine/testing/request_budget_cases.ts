// What every request budget must do, whoever keeps the count: in this process, in a table or in Redis.
import assert from "node:assert/strict";
import type { RateLimit, RequestBudget, RequestUse } from "../market/mod.ts";
import { SimulatedClock, type TimestampMs } from "../time/mod.ts";

/** Ten a minute, one of them kept for cancels and one for orders; clocks differ by a second at most. */
const LIMIT: RateLimit = {
  venue: "binance",
  address: "10.0.0.1",
  name: "weight",
  shape: "window",
  weight: 10,
  windowMs: 60_000,
  cancelWeight: 1,
  tradingWeight: 1,
  guardMs: 1_000,
};
const MINUTE = 1_800_000_000_000;
const at = (secondOfMinute: number) => MINUTE + secondOfMinute * 1000 as TimestampMs;

/** Case names, each with what has to hold for a budget on a clock. */
export const REQUEST_BUDGET_CASES: Readonly<Record<string, (make: BudgetMaker) => Promise<void>>> = {
  async "data leave a share for orders, and orders one for cancels and queries"(make) {
    const { budget } = make(at(5));
    for (let i = 0; i < 8; i++) assert.ok((await budget.reserve(LIMIT, 1, "data")).granted);
    assert.deepEqual(await budget.reserve(LIMIT, 1, "data"), spentUntil(at(61)));
    assert.ok((await budget.reserve(LIMIT, 1, "order")).granted);
    assert.deepEqual(await budget.reserve(LIMIT, 1, "order"), spentUntil(at(61)));
    assert.ok((await budget.reserve(LIMIT, 1, "cancel")).granted);
    assert.deepEqual(await budget.reserve(LIMIT, 1, "query"), spentUntil(at(61)));
  },
  async "a new minute begins with nothing spent but what is still on its way"(make) {
    const { budget, clock } = make(at(5));
    const first = await granted(budget, 4, "data");
    await granted(budget, 3, "data");
    await budget.report(LIMIT, first, { status: 200, usedWeight: 4 });
    clock.advanceTo(at(62));
    assert.equal((await budget.reserve(LIMIT, 6, "data")).granted, false, "3 of the last minute may count in this one");
    assert.ok((await budget.reserve(LIMIT, 5, "data")).granted);
  },
  async "an answer that comes in the next minute changes nothing in it"(make) {
    const { budget, clock } = make(at(5));
    const late = await granted(budget, 7, "data");
    clock.advanceTo(at(62));
    await budget.report(LIMIT, late, { status: 200, usedWeight: 7 });
    assert.equal((await budget.reserve(LIMIT, 2, "data")).granted, false);
    assert.ok((await budget.reserve(LIMIT, 1, "data")).granted);
  },
  async "what others spend from the same address counts as soon as the venue tells it"(make) {
    const { budget } = make(at(5));
    await budget.report(LIMIT, await granted(budget, 1, "data"), { status: 200, usedWeight: 7 });
    assert.ok((await budget.reserve(LIMIT, 1, "data")).granted);
    assert.equal((await budget.reserve(LIMIT, 1, "data")).granted, false);
  },
  async "near the edge of a minute a request counts on both sides of it, and waits where one of them is full"(make) {
    const { budget, clock } = make(at(5));
    await answered(budget, 7, "data");
    clock.advanceTo(at(59.5));
    await answered(budget, 1, "order"); // so near to the end the answer says nothing of the minute it counts in
    clock.advanceTo(at(60.5));
    assert.ok((await budget.reserve(LIMIT, 1, "order")).granted);
    assert.deepEqual(await budget.reserve(LIMIT, 1, "order"), spentUntil(at(61)), "9 of the last minute are taken");
    assert.ok((await budget.reserve(LIMIT, 1, "cancel")).granted);
    assert.deepEqual(await budget.reserve(LIMIT, 1, "cancel"), spentUntil(at(61)));
    clock.advanceTo(at(61));
    assert.ok((await budget.reserve(LIMIT, 5, "data")).granted, "3 of this minute are taken");
    assert.equal((await budget.reserve(LIMIT, 1, "data")).granted, false);
  },
  async "what the venue tells just after a minute's beginning may be of the minute before, and is left out"(make) {
    const { budget, clock } = make(at(5));
    await answered(budget, 7, "data");
    clock.advanceTo(at(60.5));
    await budget.report(LIMIT, await granted(budget, 1, "data"), { status: 200, usedWeight: 8 });
    clock.advanceTo(at(61));
    assert.ok((await budget.reserve(LIMIT, 7, "data")).granted);
  },
  async "a 429 stops everything for as long as the venue says, and without a word until the next minute"(make) {
    const { budget, clock } = make(at(5));
    await budget.report(LIMIT, await granted(budget, 1, "data"), { status: 429, retryAfterMs: 30_000 });
    for (const use of ["data", "order", "query", "cancel"] as const) {
      assert.deepEqual(await budget.reserve(LIMIT, 1, use), {
        granted: false,
        retryAtMs: at(35),
        reason: "throttled",
      });
    }
    clock.advanceTo(at(35));
    await budget.report(LIMIT, await granted(budget, 1, "data"), { status: 429 });
    assert.deepEqual(await budget.reserve(LIMIT, 1, "cancel"), {
      granted: false,
      retryAtMs: at(61),
      reason: "throttled",
    });
  },
  async "a 418 bans, and a shorter 429 after it does not shorten the ban"(make) {
    const { budget, clock } = make(at(5));
    const [first, second] = [await granted(budget, 1, "data"), await granted(budget, 1, "data")];
    await budget.report(LIMIT, first, { status: 418 });
    await budget.report(LIMIT, second, { status: 429, retryAfterMs: 1_000 });
    clock.advanceTo(at(100));
    const banned = { granted: false, retryAtMs: at(125), reason: "banned" };
    assert.deepEqual(await budget.reserve(LIMIT, 1, "cancel"), banned);
    clock.advanceTo(at(125));
    assert.ok((await budget.reserve(LIMIT, 1, "data")).granted);
  },
  async "limits of other venues, addresses and names are counted apart"(make) {
    const { budget } = make(at(5));
    await granted(budget, 8, "data");
    for (const other of [{ venue: "coinbase" }, { address: "10.0.0.2" }, { name: "orders" }]) {
      assert.ok((await budget.reserve({ ...LIMIT, ...other }, 8, "data")).granted);
    }
  },
  async "a bucket never lets more than its weight through in any stretch, and refills"(make) {
    const { budget, clock } = make(at(5));
    const bucket: RateLimit = { ...LIMIT, name: "requests", shape: "bucket", windowMs: 1_000, cancelWeight: 0 };
    const sentMs: number[] = [];
    while (clock.now() < at(10)) {
      const decision = await budget.reserve(bucket, 1, "data");
      if (decision.granted) sentMs.push(clock.now());
      else clock.advanceTo(decision.retryAtMs);
    }
    assert.ok(sentMs.length >= 40, `${sentMs.length} requests in 5 seconds of 10 a second`);
    sentMs.forEach((ms, i) => {
      const until = sentMs.findIndex((later) => later >= ms + 1_000);
      assert.ok((until < 0 ? sentMs.length : until) - i <= 10, `more than 10 in the second after ${ms}`);
    });
  },
};

/** Makes a budget, with nothing spent, on a clock that shows a moment. */
export type BudgetMaker = (nowMs: TimestampMs) => { readonly budget: RequestBudget; readonly clock: SimulatedClock };

function spentUntil(retryAtMs: TimestampMs) {
  return { granted: false, retryAtMs, reason: "spent" };
}

async function granted(budget: RequestBudget, weight: number, use: RequestUse) {
  const decision = await budget.reserve(LIMIT, weight, use);
  assert.ok(decision.granted, "a request was refused");
  return decision;
}

async function answered(budget: RequestBudget, weight: number, use: RequestUse) {
  await budget.report(LIMIT, await granted(budget, weight, use), { status: 200 });
}
