import type { TaskQueue, TaskRecord } from "../engine/tasks/mod.ts";
import { progress } from "./progress.ts";

const LOOK_MS = 300;

/** Waits until a task has ended, showing how far it is. Interrupted, it goes on without us. */
export async function settled(queue: TaskQueue, id: string, signal: AbortSignal): Promise<TaskRecord> {
  let shown: ReturnType<typeof progress> | undefined;
  try {
    for (;;) {
      const task = await queue.show(id);
      if (task.progress !== null) {
        shown ??= progress(task.name, task.progress.total);
        shown.advance(task.progress.done, task.progress.note ?? undefined);
      }
      if (["completed", "cancelled", "failed"].includes(task.state)) return task;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      signal.throwIfAborted();
    }
  } finally {
    shown?.end();
  }
}
