import assert from "node:assert/strict";
import { SimulatedClock, type TimestampMs } from "../engine/time/mod.ts";
import { MOST_RESTARTS, RESTART_WINDOW_MS, RestartBudget } from "./restart_budget.ts";
import { type Charge, type ChargeFailure, type RunningCharge, Supervisor } from "./supervisor.ts";

const START = 1_800_000_000_000 as TimestampMs;

/** A charge that is killed by hand; it says in `log` what is done with it. */
class Puppet implements Charge {
  isAside = false;
  readonly start = () => {
    this.log.push(`start ${this.name}`);
    this.starts++;
    if (this.failure !== null) return Promise.reject(new Error(this.failure));
    const { promise, resolve } = Promise.withResolvers<string>();
    this.die = resolve;
    const running: RunningCharge = {
      detail: `start ${this.starts}`,
      ended: promise,
      stop: () => {
        this.log.push(`stop ${this.name}`);
        return Promise.resolve();
      },
    };
    return Promise.resolve(running);
  };
  starts = 0;
  failure: string | null = null;
  die: (reason: string) => void = () => {};

  constructor(readonly name: string, readonly log: string[] = []) {}

  async diesAgain(reason: string): Promise<void> {
    const { starts } = this;
    this.die(reason);
    for (let i = 0; i < 200 && this.starts === starts; i++) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("more than three restarts in ten minutes are refused, and allowed again later", () => {
  const clock = new SimulatedClock(START), budget = new RestartBudget(clock);
  assert.deepEqual(Array.from({ length: 5 }, () => budget.spend()), [1, 2, MOST_RESTARTS, null, null]);
  clock.advanceTo(START + RESTART_WINDOW_MS - 1 as TimestampMs);
  assert.equal(budget.spend(), null);
  clock.advanceTo(START + RESTART_WINDOW_MS as TimestampMs);
  assert.equal(budget.spend(), 1);
});

Deno.test("what dies is started again, then stays down and is told, while the others go on", async () => {
  const clock = new SimulatedClock(START), said: string[] = [], log: string[] = [], stop = new AbortController();
  const [database, worker] = [new Puppet("database", log), new Puppet("worker", log)];
  const failures: ChargeFailure[] = [], onFailure = (failure: ChargeFailure) => failures.push(failure);
  const supervisor = new Supervisor([database, worker], {
    clock,
    note: (line) => said.push(line),
    onFailure,
    pauseMs: 1,
  });
  const ended = supervisor.run(stop.signal);
  while (worker.starts === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  for (let i = 0; i < 4; i++) await worker.diesAgain("signal SIGKILL");
  assert.equal(worker.starts, 4);
  assert.ok(said.includes("worker ended (signal SIGKILL): starting it again, 3 of 3 times in ten minutes"));
  assert.match(said.at(-1)!, /^worker ended \(signal SIGKILL\) and stays down: .* run deno task start again$/);
  assert.deepEqual(
    failures.map(({ name, reason, restarts }) => [name, reason, restarts]),
    [1, 2, 3, null].map((restarts) => ["worker", "signal SIGKILL", restarts]),
  );
  assert.deepEqual(supervisor.states.map(({ state }) => state), ["running", "down"]);
  clock.advanceTo(START + RESTART_WINDOW_MS as TimestampMs);
  await database.diesAgain("status 1");
  assert.equal(database.starts, 2);
  stop.abort();
  assert.deepEqual(await ended, [
    { name: "database", state: "stopped", restarts: 1 },
    { name: "worker", state: "down", restarts: 3 },
  ]);
});

Deno.test("all are started in their order, and stopped in the other one", async () => {
  const log: string[] = [], stop = new AbortController();
  const puppets = ["database", "worker", "scheduler"].map((name) => new Puppet(name, log));
  const supervisor = new Supervisor(puppets, { clock: new SimulatedClock(START), note: () => {} });
  const ended = supervisor.run(stop.signal);
  while (puppets[2]!.starts === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  stop.abort();
  await ended;
  assert.deepEqual(log, [
    ...["start database", "start worker", "start scheduler"],
    ...["stop scheduler", "stop worker", "stop database"],
  ]);
});

Deno.test("what cannot be started is tried three times more; when nothing is left, the supervisor ends", async () => {
  const puppet = new Puppet("worker"), said: string[] = [];
  puppet.failure = "no database is running";
  const options = { clock: new SimulatedClock(START), note: (line: string) => said.push(line), pauseMs: 1 };
  const states = await new Supervisor([puppet], options).run(new AbortController().signal);
  assert.equal(puppet.starts, 4);
  assert.deepEqual(states, [{ name: "worker", state: "down", restarts: 3 }]);
  assert.match(said.at(-1)!, /no database is running.* and run deno task start again$/);

  await new Supervisor([puppet], { ...options, command: "deno task other" }).run(new AbortController().signal);
  assert.match(said.at(-1)!, /run deno task other again$/);
});

Deno.test("what only looks at the others ends with them, and does not keep the supervisor alone", async () => {
  const log: string[] = [], worker = new Puppet("worker", log), watch = new Puppet("watch", log);
  watch.isAside = true;
  const options = { clock: new SimulatedClock(START), note: () => {}, pauseMs: 1 };
  const ended = new Supervisor([worker, watch], options).run(new AbortController().signal);
  while (watch.starts === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  for (let i = 0; i < 3; i++) await worker.diesAgain("status 1");
  worker.die("status 1");
  assert.deepEqual((await ended).map(({ name, state }) => [name, state]), [["worker", "down"], ["watch", "stopped"]]);
  assert.equal(log.at(-1), "stop watch");
});

Deno.test("what ends by itself while another one is being stopped is not started again", async () => {
  const clock = new SimulatedClock(START), stop = new AbortController();
  const first = new Puppet("first"), second = new Puppet("second"), slow = Promise.withResolvers<void>();
  const start = async () => ({ ...await second.start(), stop: () => slow.promise });
  const ended = new Supervisor([first, { name: "second", start }], { clock, note: () => {}, pauseMs: 1 }).run(
    stop.signal,
  );
  while (second.starts === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  stop.abort();
  await new Promise((resolve) => setTimeout(resolve, 5));
  first.die("status 0");
  await new Promise((resolve) => setTimeout(resolve, 20));
  slow.resolve();
  assert.deepEqual((await ended).map(({ state, restarts }) => [state, restarts]), [["stopped", 0], ["stopped", 0]]);
  assert.equal(first.starts, 1);
});
