import { cron } from "../time/mod.ts";
import { checkedPayload } from "./task.ts";
import { type TaskQueue } from "./task_queue.ts";

/** Work that is due again and again. */
export interface Schedule {
  /** Unique; another cron under the same one replaces it. */
  readonly id: string;
  /** Five fields, UTC, as `engine/time`'s `cron` reads them. */
  readonly cron: string;
  readonly task: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * Makes these the schedules, and no others. Whichever scheduler is awake puts a due task in, once; what was missed while
 * none was awake is put in once, too.
 *
 * @throws {InputError} of a cron, a task or a payload that is none.
 */
export async function putSchedules(queue: TaskQueue, schedules: readonly Schedule[]): Promise<void> {
  for (const { cron: text, task, payload } of schedules) {
    cron(text);
    checkedPayload(queue.task(task), payload);
  }
  for (const { id, cron: text, task, payload } of schedules) {
    await queue.boss.schedule(task, text, payload, { key: id, tz: "UTC", missed: "once" });
  }
  const wanted = new Set(schedules.map(({ task, id }) => `${task} ${id}`));
  for (const { name, key } of await queue.boss.getSchedules()) {
    if (!wanted.has(`${name} ${key}`)) await queue.boss.unschedule(name, key);
  }
}

/** A schedule with the next moment at which it is due, and the task that it put in last. */
export interface ScheduleState {
  readonly id: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly task: string;
  readonly payload: unknown;
  readonly nextAt: string | null;
  readonly lastTask: string | null;
}

/** The schedules of the queue. */
export async function scheduleStates(queue: TaskQueue): Promise<ScheduleState[]> {
  const schedules = await queue.boss.getSchedules();
  return schedules.map(({ key, cron: text, timezone, name, data, lastJobId }) => ({
    id: key,
    cron: text,
    timeZone: timezone,
    task: name,
    payload: data ?? null,
    nextAt: queue.boss.previewSchedule(text, { tz: timezone, count: 1 })[0]?.toISOString() ?? null,
    lastTask: lastJobId,
  }));
}
