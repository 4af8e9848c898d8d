import { Command } from "commander";
import { counted } from "../../engine/errors/mod.ts";
import { putSchedules } from "../../engine/tasks/mod.ts";
import { auditLogOn } from "../audit.ts";
import { anchorEachMinute } from "../audit_anchoring.ts";
import { answer, note } from "../output.ts";
import { openQueue } from "../services.ts";
import { readSettings } from "../settings.ts";
import { untilStopped } from "../stopping.ts";
import { tasksOf } from "../task_registry.ts";
import { SCHEDULES } from "../task_schedules.ts";

/** `scheduler`: puts the tasks that are due into the queue. Several may run: each task is put in once. */
export function schedulerCommand(): Command {
  return new Command("scheduler")
    .description(
      "Put the tasks of jobs/task_schedules.ts into the queue when they are due, and anchor the audit chain, until Ctrl-C.",
    )
    .option("--supervised", "end when standard input does, as with the process that has started this one")
    .action(async (flags: { json?: boolean; supervised?: boolean }) => {
      const { queue, database, close } = await openQueue("scheduler", tasksOf);
      const stopAnchoring = anchorEachMinute(auditLogOn(database.sql, readSettings().values));
      try {
        await putSchedules(queue, SCHEDULES);
        note(`scheduler ${Deno.pid} is ready: ${counted(SCHEDULES.length, "schedule")}, UTC`);
        await untilStopped(flags.supervised ?? false);
      } finally {
        stopAnchoring();
        await close();
      }
      answer(flags, { schedules: SCHEDULES }, () => "scheduler has ended");
    });
}
