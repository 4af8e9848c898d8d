import assert from "node:assert/strict";
import { BaseStrategy, type DecisionContext, defineStrategy, limitAt, percent } from "../strategies/mod.ts";
import { HELD_CONFIG } from "../testing/held_position.ts";
import { ranSession } from "../testing/scripted_session.ts";
import type { TimestampMs } from "../time/mod.ts";
import { SessionRunner } from "./session_runner.ts";
import { SystemScheduler } from "./system_scheduler.ts";
import { WorldClock } from "./world/world_clock.ts";

/** Waits far below the market. */
class Patient extends BaseStrategy {
  readonly series = [];
  decide(context: DecisionContext): void {
    if (context.entryPending || context.position !== 0) return;
    context.buy({ at: limitAt(context.close * 0.8), stop: percent(5) });
  }
}

const PATIENT = defineStrategy({ id: "patient", params: {}, create: () => new Patient() }).bind();

Deno.test("whoever is stopped for good takes back what waits to open a position; one that is to go on leaves it", async () => {
  const left = [];
  for (const isForGood of [true, false]) {
    let resting = 0;
    const { venue, store } = await ranSession({
      ...{ seed: 1, hours: 1, strategies: [PATIENT] },
      // The first two cancels get no answer, and do not arrive.
      faults: { scripted: [1, 2].map((n) => ({ at: "cancel" as const, n, fault: "lost-request" as const })) },
      atMinute: (minute, runner) => {
        if (minute !== 30) return;
        resting = runner.session!.trader.state.orders.filter(({ state }) => state === "open").length;
        void runner.close("stopped", isForGood);
      },
    });
    const kept = [...store.journal.kept.orders.values()].filter(({ state }) => state === "open");
    left.push([resting, venue.openOrders().length, kept.length]);
  }
  assert.deepEqual(left, [[1, 0, 0], [1, 1, 1]]);
});

Deno.test("a lease is not given back as free of what a predecessor sent before that can no longer arrive", async () => {
  const real = new SystemScheduler(), released: string[] = [];
  const startWith = (isClean: boolean) =>
    SessionRunner.start({
      ...{ config: HELD_CONFIG, lengthMs: 60_000, requestsEndMs: 60_000, scheduler: real, real },
      lease: {
        acquire: () => Promise.resolve({ kind: "done", value: { epoch: 2, validUntilMs: Infinity, isClean } }),
        renew: (lease) => Promise.resolve({ kind: "done", value: lease }),
        release: () => {
          released.push(isClean ? "clean" : "not clean");
          return Promise.resolve({ kind: "done", value: undefined });
        },
      },
      storeOf: () => ({
        load: () => new Promise(() => {}),
        commit: () => new Promise(() => {}),
        known: () => new Promise(() => {}),
      }),
      exchange: {} as never,
      fetchCandles: () => Promise.resolve(null),
      ...{
        monotonic: () => performance.now(),
        wallMs: () => performance.now(),
        killed: () => null,
        mode: () => "trade" as const,
      },
      ...{ alarm: () => {}, hearForeign: () => {}, ended: () => {} },
    });
  const runners = [startWith(false), startWith(true)];
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const runner of runners) await runner.close("stopped");
  assert.deepEqual(released, ["clean"]);
});

Deno.test("a leader that cannot read the account says so once, and asks ever more rarely", async () => {
  const clock = new WorldClock(0), alarms: string[] = [];
  let asked = 0;
  const refused = () => {
    asked++;
    clock.stir();
    return Promise.resolve({ kind: "refused" as const, code: "authentication", reason: "-2015" });
  };
  const runner = SessionRunner.start({
    ...{ config: HELD_CONFIG, lengthMs: 60_000, requestsEndMs: 0, scheduler: clock, real: clock },
    lease: {
      acquire: () => Promise.resolve({ kind: "done", value: { epoch: 2, validUntilMs: Infinity, isClean: true } }),
      renew: (lease) => Promise.resolve({ kind: "done", value: lease }),
      release: () => Promise.resolve({ kind: "done", value: undefined }),
    },
    storeOf: () => ({
      load: () => Promise.resolve({ kind: "done", value: { snapshot: null, inputs: [], earlier: [] } }),
      commit: () => Promise.resolve({ kind: "done", value: undefined }),
      known: () => Promise.resolve({ kind: "done", value: new Set() }),
    }),
    exchange: { openOrders: refused, orders: refused } as never,
    fetchCandles: () => Promise.resolve(null),
    ...{ monotonic: () => clock.now(), wallMs: () => clock.now(), killed: () => null, mode: () => "trade" as const },
    ...{ alarm: ({ code }) => void alarms.push(code), hearForeign: () => {}, ended: () => {} },
  });
  for (let second = 1; second <= 600; second++) {
    clock.stir();
    await clock.runTo(second * 1_000);
    for (let turn = 0; turn < 40; turn++) await null;
  }
  runner.stop("enough");
  assert.deepEqual(alarms, ["venue-silent"]);
  assert.ok(asked > 200 && asked < 300, `${asked} requests in ten minutes`);
});

Deno.test("a machine that wakes sends nothing before its lease is renewed, though its clock of running time stood still", async () => {
  const sent: number[] = [];
  for (const renews of [true, false]) {
    const clock = new WorldClock(0), done = <T>(value: T) => Promise.resolve({ kind: "done" as const, value });
    let orders = 0;
    const runner = SessionRunner.start({
      config: { ...HELD_CONFIG, books: [{ strategy: EAGER, instrument: 0 }] },
      ...{ lengthMs: 60_000, requestsEndMs: 0, scheduler: clock },
      real: { now: () => 0 as TimestampMs, after: clock.after.bind(clock) },
      lease: {
        acquire: () => done({ epoch: 2, validUntilMs: 3_000, isClean: true }),
        renew: (lease) => renews ? done(lease) : new Promise(() => {}),
        release: () => done(undefined),
      },
      storeOf: () => ({
        load: () => done({ snapshot: null, inputs: [], earlier: [] }),
        commit: () => done(undefined),
        known: () => done(new Set<string>()),
      }),
      exchange: {
        submit: () => {
          orders++;
          return new Promise(() => {});
        },
        ...{ openOrders: () => done([]), orders: () => done([]), fills: () => done([]), balances: () => done([]) },
      } as never,
      fetchCandles: () => done([CANDLE]).then(({ value }) => clock.now() < 60_000 ? [] : value),
      ...{ monotonic: () => 0, wallMs: () => clock.now(), killed: () => null, mode: () => "trade" as const },
      ...{ alarm: () => {}, hearForeign: () => {}, ended: () => {} },
    });
    for (let second = 1; second <= 70; second++) {
      clock.stir();
      await clock.runTo(second * 1_000);
      for (let turn = 0; turn < 60; turn++) await null;
    }
    runner.stop("enough");
    sent.push(orders);
  }
  assert.deepEqual(sent, [1, 0]);
});

const CANDLE = { instrument: 0, openTimeMs: 0 as TimestampMs, open: 100, high: 100, low: 100, close: 100, volume: 1 };

/** Buys at once. */
class Eager extends BaseStrategy {
  readonly series = [];
  decide(context: DecisionContext): void {
    if (!context.entryPending && context.position === 0) context.buy({ stop: percent(5) });
  }
}

const EAGER = defineStrategy({ id: "eager", params: {}, create: () => new Eager() }).bind();
