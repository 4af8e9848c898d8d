import { z } from "zod";
import { DAY_MS, systemClock } from "../../engine/time/mod.ts";
import { defineTask, forgetOlder, KEPT_DAYS } from "../../engine/tasks/mod.ts";
import type { TaskSurroundings } from "./surroundings.ts";

const payload = z.strictObject({
  /** What is older is removed; longer than the queue keeps tasks, so that no task can have its effect again. */
  days: z.int().min(2 * KEPT_DAYS).default(30),
  /** True: only count. */
  dryRun: z.boolean().default(false),
});

/**
 * Removes what nobody needs any more: progress, effects and texts of tasks that the queue has forgotten; and, where the
 * settings say for how long the journal keeps sessions, the rows of older ones, once they are archived.
 */
export function retention(surroundings: TaskSurroundings) {
  return defineTask({
    name: "retention",
    summary: "remove what tasks have left behind and is older than so many days, and archive old sessions",
    payload,
    run: async ({ days, dryRun }) => ({
      dryRun,
      removed: await forgetOlder(surroundings.sql, days, dryRun),
      journal: await thinJournal(surroundings, dryRun),
    }),
  });
}

/** What left the journal; null where it keeps everything. */
async function thinJournal({ sql, dataDir, journalDays }: TaskSurroundings, dryRun: boolean) {
  if (journalDays === null) return null;
  const { readSettings } = await import("../settings.ts"), { databaseUrl } = readSettings().values;
  const { thinnedJournal } = await import("../thinned_journal.ts");
  const endedBeforeMs = systemClock.now() - journalDays * DAY_MS;
  const { rows, files } = await thinnedJournal(
    sql,
    { dataDir, databaseUrl },
    { endedBeforeMs, dryRun },
    "task retention",
  );
  return { rows, files };
}
