import { z } from "zod";
import { defineTask, forgetOlder, KEPT_DAYS } from "../../engine/tasks/mod.ts";
import type { TaskSurroundings } from "./surroundings.ts";

const payload = z.strictObject({
  /** What is older is removed; longer than the queue keeps tasks, so that no task can have its effect again. */
  days: z.int().min(2 * KEPT_DAYS).default(30),
  /** True: only count. */
  dryRun: z.boolean().default(false),
});

/** Removes what nobody needs any more: progress, effects and texts of tasks that the queue has forgotten. */
export function retention({ sql }: TaskSurroundings) {
  return defineTask({
    name: "retention",
    summary: "remove what tasks have left behind and is older than so many days",
    payload,
    run: async ({ days, dryRun }) => ({ dryRun, removed: await forgetOlder(sql, days, dryRun) }),
  });
}
