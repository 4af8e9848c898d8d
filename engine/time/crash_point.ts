// Places at which a process may die in tests. Without a test that is armed they cost a look at a variable.

/** Where trading may be cut off: each is a different state of journal, venue and memory. Tests let processes die at all. */
export const CRASH_LABELS = [
  // a turn of a session
  "signal computed",
  "risk approved",
  "before commit",
  "before intent commit",
  "before sending commit",
  "before ack commit",
  "before fill commit",
  "before adjustment commit",
  "in commit: lease held",
  "in commit: inputs written",
  "after commit",
  "after intent commit",
  "after sending commit",
  "after ack commit",
  "after fill commit",
  "after adjustment commit",
  "before publish",
  "after publish",
  // an order on its way, and back
  "before submit",
  "after submit",
  "before sign",
  "after sign",
  "before lease re-check",
  "after lease re-check",
  "half of the request written",
  "request written",
  "response received",
  "response parsed",
  "fill received",
  "before cancel",
  "cancel written",
  "cancel acknowledged",
  "before query",
  "query answered",
  // leadership
  "before place claim",
  "after place claim",
  "before lease acquire",
  "after lease acquire",
  "before lease renew",
  "after lease renew",
  "before lease release",
  "after lease release",
  // what a successor does
  "recovery: before load",
  "recovery: after load",
  "recovery: before venue",
  "recovery: between pages",
  "recovery: after venue",
  "recovery: settled",
  // the kill switch
  "kill: before file",
  "kill: file synced",
  "kill: seen",
  "kill: between cancels",
  "kill: halted",
] as const;

/** Where a watchdog may be cut off: what is in its spool, on its way or at the venue differs. */
export const WATCHDOG_LABELS = [
  "watchdog: before approval",
  "watchdog: line written",
  "watchdog: line durable",
  "watchdog: before lease",
  "watchdog: leads",
  "watchdog: begun",
  "watchdog: before cancel",
  "watchdog: cancelled",
  "watchdog: before order",
  "watchdog: order durable",
  "watchdog: order answered",
  "watchdog: outcome durable",
  "watchdog: flat",
  "watchdog: before hand-over",
  "watchdog: handed over",
] as const;

/** One of either. */
export type CrashLabel = typeof CRASH_LABELS[number];
export type WatchdogLabel = typeof WATCHDOG_LABELS[number];

let passed: (label: CrashLabel | WatchdogLabel) => void = () => {};

/** A process comes by a place at which a test may let it die. */
export function crashPoint(label: CrashLabel | WatchdogLabel): void {
  passed(label);
}

/** For a test's process: hears of every place that it comes by. */
export function armCrashPoints(hear: (label: CrashLabel | WatchdogLabel) => void): void {
  passed = hear;
}
