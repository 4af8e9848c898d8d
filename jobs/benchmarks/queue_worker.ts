// A worker of the queue's workload: deno run jobs/benchmarks/queue_worker.ts URL
import { z } from "zod";
import { openDatabase } from "../../engine/database/mod.ts";
import { Secret } from "../../engine/errors/mod.ts";
import { defineTask, type Task, TaskQueue, TaskWorker } from "../../engine/tasks/mod.ts";

/** The kind of task that is measured. */
export const NOTHING = "nothing";

/** It does nothing, a hundred at a time. */
export const TASKS: readonly Task[] = [
  defineTask({
    name: NOTHING,
    summary: "do nothing",
    payload: z.strictObject({ n: z.int() }),
    limits: { batch: 100 },
    run: ({ n }) => Promise.resolve({ n }),
  }) as unknown as Task,
];

if (import.meta.main) {
  const databaseUrl = new Secret("databaseUrl", Deno.args[0]!);
  const { sql } = await openDatabase({ databaseUrl, dataDir: "data" });
  await TaskWorker.start(await TaskQueue.open(sql, TASKS, { role: "worker" }), { concurrency: 2 });
}
