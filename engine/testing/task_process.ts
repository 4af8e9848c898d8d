// Test support only: a worker of its own, and the tasks that it works on. deno run engine/testing/task_process.ts URL
import { z } from "zod";
import { poolTo } from "../database/pool.ts";
import { defineTask, type Task, TaskQueue, TaskWorker } from "../tasks/mod.ts";

/** Leaves one row for each time it has its effect; a worker that dies is missed after two seconds. */
export const effectTask = defineTask({
  name: "leave_row",
  summary: "leave a row",
  payload: z.strictObject({ key: z.string() }),
  limits: { timeoutSeconds: 2, heartbeatSeconds: null, retries: 100, retryDelaySeconds: 1, longestDelaySeconds: 1 },
  async run({ key }, { once, attempt }) {
    await later(30 * Math.random());
    const result = await once(async (transaction) => {
      await transaction`insert into rows_left (key, attempt) values (${key}, ${attempt})`;
      await later(10 * Math.random());
      return { key };
    });
    await later(30 * Math.random());
    return result;
  },
});

/** Nothing but a task. */
export const smallTask = defineTask({
  name: "small",
  summary: "do nothing",
  payload: z.strictObject({ n: z.int() }),
  limits: { batch: 100 },
  run: ({ n }) => Promise.resolve({ n }),
});

/** All of them. */
export const TEST_TASKS: readonly Task[] = [effectTask, smallTask] as unknown as Task[];

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) {
  const sql = poolTo(Deno.args[0]!);
  const queue = await TaskQueue.open(sql, TEST_TASKS, { role: "worker" });
  await TaskWorker.start(queue, {
    concurrency: 4,
    onAttempt: ({ kind, name }) => {
      if (name === effectTask.name) console.log(kind);
    },
  });
  console.log("ready");
}
