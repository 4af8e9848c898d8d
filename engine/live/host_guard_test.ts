import assert from "node:assert/strict";
import type { TimestampMs } from "../time/mod.ts";
import { HostGuard } from "./host_guard.ts";

/** A machine whose clocks and loop do what a test says. */
class Machine {
  wallMs = 1_000_000;
  steadyMs = 5_000;
  skewMs: number | null;
  asked = 0;
  readonly alarms: string[] = [];
  readonly jumps: string[] = [];
  readonly #timers: { readonly atMs: number; readonly work: () => void }[] = [];
  readonly #stop = new AbortController();
  readonly guard: HostGuard;

  constructor(skewMs: number | null = 0) {
    this.skewMs = skewMs;
    this.guard = HostGuard.watch({
      real: {
        now: () => this.wallMs as TimestampMs,
        after: (delayMs, work) => {
          this.#timers.push({ atMs: this.steadyMs + delayMs, work });
          return () => {};
        },
      },
      monotonic: () => this.steadyMs,
      skewMs: () => {
        this.asked++;
        return this.skewMs === null ? Promise.reject(new Error("no answer")) : Promise.resolve(this.skewMs);
      },
      alarm: ({ code }) => this.alarms.push(code),
      jumped: (reason) => this.jumps.push(reason),
      signal: this.#stop.signal,
    });
  }

  /** Lets time pass, with each timer at its time, or all late by so much at once. */
  async pass(ms: number, stillMs = 0): Promise<void> {
    const untilMs = this.steadyMs + ms;
    for (let late = stillMs;; late = 0) {
      await Promise.resolve(); // what was asked is answered
      await Promise.resolve();
      this.#timers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#timers[0];
      if (next === undefined || next.atMs > untilMs) break;
      const atMs = Math.max(next.atMs + late, this.steadyMs);
      this.wallMs += atMs - this.steadyMs;
      this.steadyMs = atMs;
      this.#timers.shift()!.work();
    }
    if (untilMs > this.steadyMs) {
      this.wallMs += untilMs - this.steadyMs;
      this.steadyMs = untilMs;
    }
  }
}

Deno.test("a machine whose clock agrees and whose loop goes on is fit", async () => {
  const machine = new Machine();
  await machine.pass(3_600_000);
  assert.deepEqual([machine.guard.unfit, machine.alarms, machine.jumps], [null, [], []]);
});

Deno.test("after a loop that stood still nothing is opened for a while (fault 58)", async () => {
  const machine = new Machine();
  await machine.pass(1_000);
  await machine.pass(5_000, 4_500);
  assert.match(machine.guard.unfit!, /stood still for 4500 ms/);
  assert.deepEqual([machine.alarms, machine.jumps], [["stood-still"], []]);
  await machine.pass(10_000);
  assert.equal(machine.guard.unfit, null);
});

Deno.test("a clock that differs from the venue's opens nothing until it agrees, and is told of once (fault 46)", async () => {
  for (const skewMs of [500, -500, NaN]) {
    const machine = new Machine();
    await machine.pass(1_000);
    machine.skewMs = skewMs;
    await machine.pass(180_000);
    assert.match(machine.guard.unfit!, /clock differs by/);
    assert.deepEqual(machine.alarms, ["clock-skew"]);
    machine.skewMs = 499;
    await machine.pass(61_000);
    assert.equal(machine.guard.unfit, null);
  }
});

Deno.test("a venue that does not tell its clock for ten minutes leaves the machine unfit", async () => {
  const machine = new Machine();
  await machine.pass(1_000);
  machine.skewMs = null;
  await machine.pass(9 * 60_000);
  assert.equal(machine.guard.unfit, null);
  await machine.pass(2 * 60_000);
  assert.match(machine.guard.unfit!, /has not told its clock/);
});

Deno.test("a clock that was not told is asked for again soon, also right after the start", async () => {
  const machine = new Machine(null);
  await machine.pass(0);
  assert.match(machine.guard.unfit!, /has not told its clock/);
  machine.skewMs = 3;
  await machine.pass(3_000);
  assert.equal(machine.guard.unfit, null);
  const { asked } = machine;
  await machine.pass(59_000);
  assert.equal(machine.asked, asked + 1);
});

Deno.test("a wall clock that jumps is told, with a loop that stood still or not (fault 47)", async () => {
  for (const jumpMs of [3_600_000, -3_600_000, 1_100]) {
    const machine = new Machine();
    await machine.pass(1_000);
    machine.wallMs += jumpMs;
    await machine.pass(1_000);
    assert.deepEqual(machine.jumps, [`the machine's clock was set, or it slept: ${jumpMs} ms`]);
    await machine.pass(10_000);
    assert.equal(machine.jumps.length, 1);
    machine.asked = 0;
    await machine.pass(600_000);
    assert.equal(machine.asked, 10, "the venue is asked each minute, and not more often after a jump");
  }
});
