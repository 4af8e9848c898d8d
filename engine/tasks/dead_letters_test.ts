import assert from "node:assert/strict";
import { z } from "zod";
import { migrate } from "../database/mod.ts";
import { InputError } from "../errors/mod.ts";
import { until } from "../testing/cache_cases.ts";
import { testOnDatabases } from "../testing/servers.ts";
import { noteDeadLetter, takeDeadLetters } from "./dead_letters.ts";
import { defineTask, type Task } from "./task.ts";
import { TaskQueue } from "./task_queue.ts";
import { TaskWorker } from "./task_worker.ts";

const hopeless = defineTask({
  name: "hopeless",
  summary: "refuses what it is given",
  payload: z.strictObject({ n: z.int() }),
  limits: { retryDelaySeconds: 1, longestDelaySeconds: 1 },
  run: ({ n }) => Promise.reject(new InputError("no-such-number", `there is no ${n}`)),
}) as unknown as Task;

testOnDatabases(
  "a dead letter is taken by one of those who look, until it is told or was forgotten",
  async (database) => {
    const { sql } = database;
    await migrate(sql);
    assert.deepEqual(await takeDeadLetters(sql), [], "where there is no queue there is nothing to tell");
    const queue = await TaskQueue.open(sql, [hopeless], { role: "worker" });
    const worker = await TaskWorker.start(queue, { concurrency: 1 });
    const failed = async (n: number) => {
      const { id } = await queue.enqueue("hopeless", { n });
      await until(async () => (await queue.show(id)).state === "failed");
      return id;
    };
    const ids = [await failed(1), await failed(2)];
    const [mine, others] = await Promise.all([takeDeadLetters(sql), takeDeadLetters(sql)]);
    const taken = [...mine, ...others];
    assert.deepEqual(taken.map(({ task }) => task).sort(), [...ids].sort(), "each by one");
    const { name, error, atMs } = taken.find(({ task }) => task === ids[0])!;
    assert.deepEqual([name, error], ["hopeless", { code: "no-such-number", message: "there is no 1" }]);
    assert.ok(Math.abs(atMs - Date.now()) < 60_000);

    await noteDeadLetter(sql, taken[0]!, true);
    await noteDeadLetter(sql, taken[1]!, false);
    assert.deepEqual(
      (await takeDeadLetters(sql)).map(({ id }) => id),
      [taken[1]!.id],
      "who could not tell it gives it back",
    );
    assert.deepEqual(await takeDeadLetters(sql), []);
    await sql`update task_effects set at = now() - interval '11 minutes'`;
    assert.deepEqual((await takeDeadLetters(sql)).map(({ id }) => id), [taken[1]!.id], "its taker is gone");

    await noteDeadLetter(sql, taken[1]!, true);
    await queue.retry(ids[0]!);
    await until(async () => (await queue.show(ids[0]!)).state === "failed");
    assert.deepEqual((await takeDeadLetters(sql)).map(({ task }) => task), [ids[0]], "failing again is news again");
    await worker.close();
  },
);
