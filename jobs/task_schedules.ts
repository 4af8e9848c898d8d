// What is due again and again: minute, hour, day of month, month, day of week, all UTC.
import type { Schedule } from "../engine/tasks/mod.ts";

/** All schedules; the scheduler makes these the only ones. */
export const SCHEDULES: readonly Schedule[] = [
  { id: "nightly-retention", cron: "30 3 * * *", task: "retention", payload: { days: 30 } },
  { id: "hourly-candles", cron: "7 * * * *", task: "refresh_candles", payload: {} },
  { id: "weekly-kill-drill", cron: "0 4 * * 1", task: "kill_drill", payload: {} },
];
