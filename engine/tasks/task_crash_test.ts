// Workers that are killed at any moment: each task has its effect once (fault 76, I2). CI kills few of them;
// CRYPTO_TRADER_TASK_KILLS=500 deno task test engine/tasks/task_crash_test.ts kills as many as the release wants.
import assert from "node:assert/strict";
import { migrate } from "../database/mod.ts";
import { withSystemServer } from "../testing/servers.ts";
import { poolTo } from "../database/pool.ts";
import { effectTask, TEST_TASKS } from "../testing/task_process.ts";
import { WorkerProcess } from "../testing/worker_process.ts";
import { TaskQueue } from "./task_queue.ts";

const KILLS = Number(Deno.env.get("CRYPTO_TRADER_TASK_KILLS") ?? 40);
/** So many that some are left for each worker that is killed. */
const TASKS = 8 * KILLS, WORKERS = 2;

Deno.test(`${KILLS} workers killed at random leave exactly one effect for each key, however many attempts`, () =>
  withSystemServer(async (databaseUrl) => {
    const url = databaseUrl.reveal(), sql = poolTo(url);
    try {
      await migrate(sql);
      await sql`create table rows_left (key text, attempt int)`;
      const queue = await TaskQueue.open(sql, TEST_TASKS, { role: "client" });
      const keys = Array.from({ length: TASKS }, (_, i) => `key ${i}`);
      let left = KILLS;
      const worker = async () => {
        while (left > 0) {
          left--;
          const process = new WorkerProcess(url);
          await process.heard("began");
          await new Promise((resolve) => setTimeout(resolve, 60 * Math.random()));
          await process.kill();
        }
      };
      const workers = Array.from({ length: WORKERS }, worker);
      // Put in while they are killed, each twice under its key.
      for (const key of [...keys, ...keys]) await queue.enqueue(effectTask.name, { key }, { key });
      await Promise.all(workers);
      const last = Array.from({ length: WORKERS }, () => new WorkerProcess(url));
      try {
        await allEnded(queue);
      } finally {
        await Promise.all(last.map((process) => process.kill()));
      }
      const rows = await sql`select key, count(*)::int as count from rows_left group by key order by key`;
      assert.deepEqual(rows.map(({ key }) => key), keys.toSorted());
      assert.ok(rows.every(({ count }) => count === 1), "a key has had its effect twice");
      const tasks = await queue.list({ limit: 2 * TASKS });
      assert.equal(tasks.length, TASKS);
      assert.ok(tasks.every(({ state }) => state === "completed"));
      const lost = tasks.filter(({ attempts }) => attempts > 1).length;
      assert.ok(lost >= KILLS / 4, `only ${lost} tasks lost a worker`);
      await queue.close();
    } finally {
      await sql.end({ timeout: 1 });
    }
  }));

async function allEnded(queue: TaskQueue): Promise<void> {
  for (let waited = 0; waited < 600; waited++) {
    const counts = await queue.counts();
    if (counts.every(({ state }) => state === "completed")) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.fail("some tasks have not ended");
}
