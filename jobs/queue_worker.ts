// The worker of the queue, as `worker` and `start` run it.
import { counted } from "../engine/errors/mod.ts";
import { TaskWorker } from "../engine/tasks/mod.ts";
import { attemptText } from "./attempt_text.ts";
import { note } from "./output.ts";
import { openQueue } from "./services.ts";
import { untilStopped } from "./stopping.ts";
import { tasksOf } from "./task_registry.ts";

/** Attempts that a worker has seen end. */
export interface WorkedAttempts {
  readonly completed: number;
  readonly failed: number;
}

/** Works until it is stopped; what it has not finished by then goes to another worker. */
export async function workOnQueue(concurrency: number, isSupervised: boolean): Promise<WorkedAttempts> {
  const { queue, close } = await openQueue("worker", tasksOf);
  let completed = 0, failed = 0;
  try {
    const worker = await TaskWorker.start(queue, {
      concurrency,
      onAttempt(event) {
        note(attemptText(event));
        if (event.kind === "completed") completed++;
        if (event.kind === "failed" || event.kind === "refused") failed++;
      },
    });
    note(`worker ${Deno.pid} is ready: ${counted(concurrency, "task")} of each kind at once`);
    await untilStopped(isSupervised);
    note("worker ends: what it has not finished goes to another one");
    await worker.close();
  } finally {
    await close();
  }
  return { completed, failed };
}
