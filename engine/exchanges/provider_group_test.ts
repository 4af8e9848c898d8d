import assert from "node:assert/strict";
import type { Outcome } from "../errors/mod.ts";
import type { RateLimit, RequestBudget } from "../market/mod.ts";
import { SimulatedClock, type TimestampMs } from "../time/mod.ts";
import { BudgetGate } from "./budget_gate.ts";
import type { Exchange } from "./exchange.ts";
import { ProviderGroup, type ProviderSwitch } from "./provider_group.ts";
import { ProviderHealth } from "./provider_health.ts";

const START = 1_800_000_000_000 as TimestampMs;
const named = (id: string) => ({ id }) as Exchange;
const done: Outcome<string> = { kind: "done", value: "here" };
const failed: Outcome<string> = { kind: "unknown", reason: "it broke" };

Deno.test("the preferred provider is asked; another takes over when it fails; and it is asked again after its rest", async () => {
  const clock = new SimulatedClock(START), switches: ProviderSwitch[] = [];
  const group = new ProviderGroup([named("first"), named("second")], clock, (change) => switches.push(change));
  let isFirstWell = true;
  const asked: string[] = [];
  const ask = async () => {
    asked.length = 0;
    const { provider } = await group.ask("BTC/USDT", ({ id }) => {
      asked.push(id);
      return Promise.resolve(id === "first" && !isFirstWell ? failed : done);
    });
    return provider;
  };
  assert.equal(await ask(), "first");
  isFirstWell = false;
  for (let i = 0; i < 3; i++) assert.equal(await ask(), "second");
  assert.deepEqual(asked, ["first", "second"], "three failures in a row");
  assert.equal(await ask(), "second");
  assert.deepEqual(asked, ["second"], "one that rests is not asked while another is well");
  clock.advanceTo(START + 15_000 as TimestampMs);
  assert.equal(await ask(), "second");
  assert.deepEqual(asked, ["first", "second"], "after its rest one request decides");
  clock.advanceTo(START + 30_000 as TimestampMs);
  await ask();
  assert.deepEqual(asked, ["second"], "a failure doubles the rest");
  clock.advanceTo(START + 45_000 as TimestampMs);
  isFirstWell = true;
  assert.equal(await ask(), "first");
  assert.deepEqual(switches.map(({ from, to, reason }) => [from, to, reason]), [
    ["first", "second", "first: it broke"],
    ["second", "first", "it is back"],
  ]);
});

Deno.test("a provider that does not have the market is passed over without harm to its health", async () => {
  const group = new ProviderGroup([named("first"), named("second")], new SimulatedClock(START));
  const answer = await group.ask<string>(
    "DOGE/USDT",
    ({ id }) =>
      Promise.resolve(id === "first" ? { kind: "refused", code: "unknown-symbol", reason: "no market" } : done),
  );
  assert.equal(answer.provider, "second");
  assert.ok(group.scores.every(({ score }) => score > 0.99));
  await assert.rejects(
    group.ask<string>(
      "X/USDT",
      () => Promise.resolve({ kind: "refused", code: "unknown-symbol", reason: "no market" }),
    ),
    /nobody has X\/USDT \(first: no market; second: no market\): check its name/,
  );
});

Deno.test("when nobody answers, all are asked again after each pause, and then what they said is told", async () => {
  const group = new ProviderGroup([named("first"), named("second")], new SimulatedClock(START));
  let asked = 0;
  const ask = (lucky: number) =>
    group.ask("BTC/USDT", () => Promise.resolve(++asked === lucky ? done : failed), { pausesMs: [1, 1] });
  assert.equal((await ask(5)).provider, "first");
  asked = 0;
  await assert.rejects(ask(0), /nobody gives BTC\/USDT \(first: it broke; second: it broke\): try again later/);
  assert.equal(asked, 6);
});

Deno.test("waiting for a turn in the budget is not the provider's slowness", async () => {
  const clock = new SimulatedClock(START), group = new ProviderGroup([named("first")], clock);
  const budget: RequestBudget = {
    reserve: () => {
      const retryAtMs = START + 500 as TimestampMs;
      if (clock.now() < retryAtMs) {
        clock.advanceTo(retryAtMs);
        return Promise.resolve({ granted: false, retryAtMs: retryAtMs + 500 as TimestampMs, reason: "spent" });
      }
      return Promise.resolve({ granted: true, weight: 1, windowStartMs: 0, isAtStart: false });
    },
    report: () => Promise.resolve(),
  };
  const gate = new BudgetGate({ venue: "first" } as RateLimit, budget, clock), startMs = performance.now();
  await group.ask("BTC/USDT", async () => {
    await gate.enter(1, "data");
    return done;
  });
  assert.ok(performance.now() - startMs > 400, "it has waited");
  assert.ok(group.scores[0]!.score > 0.99, `${group.scores[0]!.score}`);
});

Deno.test("slow answers and stale ones lower a score as failures do, and half of it is left", () => {
  const after = (latencyMs: number, staleMs: number) => {
    const health = new ProviderHealth();
    for (let i = 0; i < 40; i++) health.note({ isSuccess: true, latencyMs, staleMs }, START);
    return health;
  };
  assert.ok(after(50, 0).score > 0.97 && after(50, 0).isUsable(START));
  assert.ok(Math.abs(after(3_000, 0).score - 0.5) < 0.01);
  assert.ok(Math.abs(after(0, 60_000).score - 0.5) < 0.01);
  assert.ok(!after(4_000, 0).isUsable(START) && !after(50, 90_000).isUsable(START));
});
