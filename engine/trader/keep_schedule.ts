// A book whose strategy trades at certain hours only.
import type { Refusal } from "../risk/mod.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import type { BookRuntime } from "./trader.ts";

/** Places of the two series of a schedule in {@linkcode BookRuntime.scheduleValues}. */
const OPEN = 0, OUTSIDE = 1;

/** Why an entry that is decided now may not be made, or null. */
export function scheduleRefusal({ scheduleValues }: BookRuntime, nowMs: TimestampMs): Refusal | null {
  if (scheduleValues.length === 0 || scheduleValues[OPEN] === 1) return null;
  return { code: "schedule", reason: `${formatTimestamp(nowMs)} is outside the hours of its strategy` };
}

/** At a close outside the sessions: takes waiting entries back and, where the schedule says so, ends the position. */
export function keepSchedule({ scheduleValues, strategy, context }: BookRuntime): void {
  if (scheduleValues.length === 0 || scheduleValues[OUTSIDE] !== 1) return;
  const { position, entryPending, requests } = context;
  const closes = strategy.schedule!.closeAtEnd === true && (position !== 0 || entryPending);
  if (closes && !requests.some(({ kind }) => kind === "close")) context.exit("session-end");
  else if (entryPending) context.withdraw();
}
