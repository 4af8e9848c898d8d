import { openDatabase, runningServer } from "../../engine/database/mod.ts";
import { TaskQueue } from "../../engine/tasks/mod.ts";
import { readSettings } from "../settings.ts";
import { NOTHING, TASKS } from "./queue_worker.ts";
import type { Workload } from "./workload.ts";

const ALONE = 1_000, TOGETHER = 6_000, PUTTERS = 8, WORKERS = 2;

/** The queue on an embedded database of its own: how long putting one task in takes, and how many two workers do. */
export const queueWorkload: Workload = {
  name: "queue",
  async run() {
    const { dataDir } = readSettings().values;
    await Deno.mkdir(dataDir, { recursive: true });
    const folder = await Deno.makeTempDir({ dir: dataDir, prefix: "bench_" });
    await Deno.chmod(folder, 0o755); // where we are root the server is another user
    const database = await openDatabase({ databaseUrl: null, dataDir: folder }, { connections: PUTTERS });
    try {
      const queue = await TaskQueue.open(database.sql, TASKS, { role: "client" });
      const latenciesMs = await putAlone(queue);
      await Promise.all(Array.from({ length: PUTTERS }, async () => {
        for (let n = 0; n < TOGETHER / PUTTERS; n++) await queue.enqueue(NOTHING, { n });
      }));
      const url = (await runningServer(folder))!.reveal();
      const tasksPerSecond = await worked(queue, url);
      await queue.close();
      const row = (figure: string, ours: number, unit: string, moreIsBetter = false) => {
        return { workload: "queue", figure, ours, unit, moreIsBetter };
      };
      return [
        row("enqueue_p50_ms", latenciesMs[Math.floor(ALONE / 2)]!, "ms"),
        row("enqueue_p99_ms", latenciesMs[Math.floor(ALONE * 0.99)]!, "ms"),
        row("small_tasks_per_second", tasksPerSecond, "1/s", true),
      ];
    } finally {
      await database.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
};

/** Milliseconds of each, the fastest first. */
async function putAlone(queue: TaskQueue): Promise<number[]> {
  const latenciesMs: number[] = [];
  for (let n = 0; n < ALONE; n++) {
    const startMs = performance.now();
    await queue.enqueue(NOTHING, { n });
    latenciesMs.push(performance.now() - startMs);
  }
  return latenciesMs.sort((a, b) => a - b);
}

/** From the first task that was begun to the last that was settled, by the database's clock. */
async function worked(queue: TaskQueue, url: string): Promise<number> {
  const script = new URL("./queue_worker.ts", import.meta.url).pathname;
  const rights = [
    "--allow-read",
    "--ignore-env",
    "--allow-net=127.0.0.1",
    "--allow-sys=hostname,cpus,systemMemoryInfo",
  ];
  const workers = Array.from({ length: WORKERS }, () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", ...rights, script, url],
      stdin: "null",
      stdout: "null",
    }).spawn());
  try {
    for (;;) {
      const counts = await queue.counts();
      if (counts.every(({ state }) => state === "completed")) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    for (const worker of workers) worker.kill("SIGTERM");
    await Promise.all(workers.map((worker) => worker.status));
  }
  const [{ seconds }] = await queue.sql`
    select extract(epoch from max(completed_on) - min(started_on))::float8 as seconds from pgboss.job
    where name = ${NOTHING}`;
  return (ALONE + TOGETHER) / seconds;
}
