import assert from "node:assert/strict";
import { z } from "zod";
import { type Database, migrate } from "../database/mod.ts";
import { InputError } from "../errors/mod.ts";
import { killServer } from "../testing/server_process.ts";
import { testOnDatabases, withEmbedded } from "../testing/servers.ts";
import { until } from "../testing/cache_cases.ts";
import { putSchedules, scheduleStates } from "./schedules.ts";
import { checkedPayload, defineTask, type Task, type TaskContext } from "./task.ts";
import { DEAD_LETTERS, idOf, TaskQueue } from "./task_queue.ts";
import { forgetOlder } from "./task_tables.ts";
import { TaskWorker } from "./task_worker.ts";

/** What a task does is said anew by each case. */
let work: (payload: { n: number }, context: TaskContext) => Promise<unknown> = () => Promise.resolve(null);
const limits = { retries: 2, retryDelaySeconds: 1, longestDelaySeconds: 1, timeoutSeconds: 2, heartbeatSeconds: null };
const job: Task = defineTask({
  name: "job",
  summary: "what the case says",
  payload: z.strictObject({ n: z.int().min(0), text: z.string().default("") }),
  limits,
  run: (payload, context) => work(payload, context),
}) as unknown as Task;
const other: Task = { ...job, name: "other" };

type Case = (queue: TaskQueue, database: Database) => Promise<void>;

/** Case names, each with what has to hold for a queue with one worker; `work` is what it does. */
const CASES: Readonly<Record<string, Case>> = {
  async "a task is put in, worked on once, and shows what came of it"(queue) {
    work = ({ n }, { progress }) => {
      progress(1, 2, "half");
      progress(2, 2, "done");
      return Promise.resolve({ doubled: 2 * n, text: `it's "${n}" 日本 🙂 \\` });
    };
    const { id, created } = await queue.enqueue("job", { n: 21 });
    assert.ok(created);
    await until(async () => (await queue.show(id)).state === "completed");
    const { result, payload, progress, attempts, error } = await queue.show(id);
    assert.deepEqual(result, { doubled: 42, text: `it's "21" 日本 🙂 \\` });
    assert.deepEqual(payload, { n: 21, text: "" });
    assert.deepEqual({ progress, attempts, error }, {
      progress: { done: 2, total: 2, note: "done" },
      attempts: 1,
      error: null,
    });
  },
  async "under one key a task is there once, and another payload under it is refused"(queue) {
    let times = 0;
    work = () => Promise.resolve(++times);
    const puts = await Promise.all(Array.from({ length: 10 }, () => queue.enqueue("job", { n: 1 }, { key: "k" })));
    assert.deepEqual(new Set(puts.map(({ id }) => id)), new Set([idOf("job", "k")]));
    assert.equal(puts.filter(({ created }) => created).length, 1);
    await until(async () => (await queue.show(puts[0]!.id)).state === "completed");
    assert.equal((await queue.enqueue("job", { n: 1 }, { key: "k" })).created, false, "also when it has ended");
    assert.equal((await queue.enqueue("other", { n: 1 }, { key: "k" })).created, true, "keys belong to their kind");
    await assert.rejects(queue.enqueue("job", { n: 2 }, { key: "k" }), /key "k" has been used for job with another/);
    await until(async () => (await queue.list({ name: "other" })).every(({ state }) => state === "completed"));
    assert.equal(times, 2);
  },
  async "what fails is tried again with a pause, and then lies among the dead letters until it is tried once more"(
    queue,
  ) {
    const startedMs: number[] = [];
    work = () => {
      startedMs.push(performance.now());
      return startedMs.length <= 3 ? Promise.reject(new Error(`no. ${startedMs.length}`)) : Promise.resolve("well");
    };
    const { id } = await queue.enqueue("job", { n: 1 });
    await until(async () => (await queue.show(id)).state === "failed");
    assert.equal(startedMs.length, 3);
    assert.ok(startedMs[1]! - startedMs[0]! > 400, "a pause, between a half and the whole of a second");
    const { error, attempts, mostAttempts } = await queue.show(id);
    assert.deepEqual({ error, attempts, mostAttempts }, {
      error: { code: "unexpected", message: "no. 3" },
      attempts: 3,
      mostAttempts: 3,
    });
    assert.ok((await queue.counts()).some(({ name, count }) => name === DEAD_LETTERS && count === 1));
    await queue.retry(id);
    await until(async () => (await queue.show(id)).state === "completed");
    assert.ok(!(await queue.counts()).some(({ name }) => name === DEAD_LETTERS));
    await assert.rejects(queue.retry(id), /is completed: only a failed or a cancelled one is tried again/);
  },
  async "input that is refused is not tried again"(queue) {
    let times = 0;
    work = () => {
      times++;
      return Promise.reject(new InputError("candles", "there are no candles: import some"));
    };
    const { id } = await queue.enqueue("job", { n: 1 });
    await until(async () => (await queue.show(id)).state === "failed");
    assert.deepEqual((await queue.show(id)).error, { code: "candles", message: "there are no candles: import some" });
    assert.equal(times, 1);
    await queue.boss.deleteStoredJobs("job");
  },
  async "a task that is worked on ends soon when it is cancelled, one that waits is never begun"(queue) {
    const reasons: unknown[] = [];
    work = (_, { signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason.code);
          reject(signal.reason);
        })
      );
    const { id } = await queue.enqueue("job", { n: 1 }), waiting = await queue.enqueue("job", { n: 2 });
    await until(async () => (await queue.show(id)).state === "active");
    assert.equal((await queue.cancel(waiting.id)).state, "cancelled");
    assert.equal((await queue.cancel(id)).state, "cancelled");
    await until(() => reasons.length === 1);
    assert.deepEqual(reasons, ["cancelled"]);
    work = () => Promise.resolve("later");
    await queue.retry(waiting.id);
    await until(async () => (await queue.show(waiting.id)).state === "completed");
    assert.equal((await queue.show(id)).state, "cancelled");
    await assert.rejects(queue.cancel(waiting.id), /is completed already: only one that has not ended is cancelled/);
  },
  async "an attempt that takes too long is aborted and tried again"(queue) {
    let aborted = 0;
    work = (_, { attempt, signal }) =>
      attempt > 1 ? Promise.resolve("quick") : new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          aborted++;
          reject(signal.reason);
        });
      });
    const { id } = await queue.enqueue("job", { n: 1 });
    await until(async () => (await queue.show(id)).state === "completed");
    assert.equal(aborted, 1);
    assert.equal((await queue.show(id)).attempts, 2);
  },
  async "an effect happens once, though its attempt fails after it, and what it gave is given again"(queue, { sql }) {
    const given: unknown[] = [];
    work = async ({ n }, { once, attempt }) => {
      given.push(
        await once(async (transaction) => {
          await transaction`insert into rows_left values (${n})`;
          return { attempt };
        }),
      );
      if (attempt < 3) throw new Error("after the effect");
      return given.length;
    };
    const { id } = await queue.enqueue("job", { n: 7 });
    await until(async () => (await queue.show(id)).state === "completed");
    assert.deepEqual(given, [{ attempt: 1 }, { attempt: 1 }, { attempt: 1 }]);
    assert.equal((await sql`select * from rows_left`).length, 1);
    // And one that fails in the middle of it has none.
    work = (_, { once }) =>
      once(async (transaction) => {
        await transaction`insert into rows_left values (8)`;
        throw new InputError("half", "no");
      });
    const failing = await queue.enqueue("job", { n: 8 });
    await until(async () => (await queue.show(failing.id)).state === "failed");
    assert.equal((await sql`select * from rows_left`).length, 1);
    await queue.boss.deleteStoredJobs("job");
  },
  async "tasks of a greater priority come first"(queue) {
    const order: number[] = [];
    work = async ({ n }) => {
      order.push(n);
      if (n === 0) await until(async () => (await queue.list({ name: "job", state: "created" })).length === 3);
    };
    await queue.enqueue("job", { n: 0 });
    await until(() => order.length === 1);
    for (const [n, priority] of [[1, 0], [2, 5], [3, 1]] as const) await queue.enqueue("job", { n }, { priority });
    await until(() => order.length === 4);
    assert.deepEqual(order, [0, 2, 3, 1]);
  },
  async "what is not there, and what no task takes, is told"(queue) {
    await assert.rejects(queue.show("nonsense"), /there is no task nonsense: tasks list shows those/);
    await assert.rejects(queue.show(crypto.randomUUID()), /there is no task/);
    await assert.rejects(queue.enqueue("jop", {}), /there is no task "jop": did you mean job\?/);
    await assert.rejects(queue.enqueue("job", { n: -1, m: 1 }), /job cannot take this payload: n: .*; payload: .*"m"/);
    assert.throws(() => checkedPayload(job, [1]), /job cannot take this payload: payload: /);
  },
  async "schedules are replaced as a whole, checked, and say when they are due, UTC"(queue) {
    const schedule = { id: "nightly", cron: "30 3 * * *", task: "job", payload: { n: 1 } };
    await putSchedules(queue, [schedule, { ...schedule, id: "old", cron: "0 0 1 1 *" }]);
    await putSchedules(queue, [schedule]);
    const [state, ...rest] = await scheduleStates(queue);
    assert.deepEqual(rest, []);
    assert.deepEqual({ ...state, nextAt: "" }, {
      ...{ id: "nightly", cron: "30 3 * * *", timeZone: "UTC", task: "job", payload: { n: 1 } },
      nextAt: "",
      lastTask: null,
    });
    assert.match(state!.nextAt!, /T03:30:00.000Z$/);
    await assert.rejects(putSchedules(queue, [{ ...schedule, cron: "61 * * * *" }]), /minute "61"/);
    await assert.rejects(putSchedules(queue, [{ ...schedule, payload: {} }]), /cannot take this payload: n/);
  },
  async "what tasks have left is counted, and removed when it is old enough"(queue, { sql }) {
    await sql`update task_effects set at = now() - interval '40 days'`;
    const [{ count }] = await sql`select count(*)::int as count from task_effects`;
    assert.ok(count > 0);
    const expected = { task_progress: 0, task_effects: count, task_texts: 0 };
    assert.deepEqual(await forgetOlder(queue.sql, 30, true), expected);
    assert.deepEqual(await forgetOlder(queue.sql, 30, false), expected);
    assert.deepEqual(await forgetOlder(queue.sql, 30, false), { ...expected, task_effects: 0 });
  },
};

testOnDatabases("queue of tasks", async (database, { context }) => {
  await migrate(database.sql);
  await database.sql`create table rows_left (n int)`;
  const queue = await TaskQueue.open(database.sql, [job, other], { role: "worker" });
  const worker = await TaskWorker.start(queue, { concurrency: 1 });
  for (const [name, holds] of Object.entries(CASES)) await context.step(name, () => holds(queue, database));
  await worker.close();
});

Deno.test("a server that is killed in the middle of the work loses no task, and doubles no effect", () =>
  withEmbedded(async (database, dataDir) => {
    const { sql } = database, patient: Task = { ...job, limits: { ...job.limits, retries: 20 } };
    await sql`create table rows_left (n int)`;
    const queue = await TaskQueue.open(sql, [patient], { role: "worker" });
    const worker = await TaskWorker.start(queue, { concurrency: 4 });
    work = ({ n }, { once }) =>
      once(async (transaction) => {
        await transaction`insert into rows_left values (${n})`;
        return n;
      });
    for (let n = 0; n < 60; n++) {
      if (n % 20 === 10) await killServer(dataDir);
      const isIn = () => queue.enqueue("job", { n }, { key: `key ${n}` }).then(() => true, () => false);
      await until(isIn); // whoever does not know whether it is in puts it in again
    }
    const all = async () => (await queue.list({ state: "completed" })).length === 60;
    await until(() => all().catch(() => false), 60_000);
    const rows = await sql`select n from rows_left order by n`;
    assert.deepEqual(rows.map(({ n }) => n), Array.from({ length: 60 }, (_, n) => n));
    await worker.close();
  }));
