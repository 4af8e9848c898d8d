// How a session's watchdog is doing, as a file that it writes anew with each look: status is read where no service runs.
import { z } from "zod";
import type { WatchReport } from "../../engine/live/mod.ts";

/** A report with when it was made and by whom. */
export interface WatchRecord extends WatchReport {
  readonly pid: number;
  readonly atMs: number;
  readonly barMs: number;
}

const schema = z.object({
  doing: z.enum(["watching", "closing"]),
  positions: z.number(),
  naked: z.number(),
  nakedMs: z.number(),
  longestNakedMs: z.number(),
  isDatabaseAway: z.boolean(),
  pid: z.number(),
  atMs: z.number(),
  barMs: z.number(),
});

/** Older than this it is of a watchdog that does not look any more. */
const LASTS_MS = 15_000;

function pathOf(folder: string, sessionId: string): string {
  return `${folder}/${sessionId}.json`;
}

/** Replaces the record. It need not outlive a loss of power. */
export function writeWatchRecord(folder: string, sessionId: string, record: WatchRecord): void {
  const path = pathOf(folder, sessionId);
  Deno.writeTextFileSync(`${path}.part`, `${JSON.stringify(record)}\n`);
  Deno.renameSync(`${path}.part`, path);
}

/** The last record of a session; null where there is none that can be read. */
export function readWatchRecord(folder: string, sessionId: string): WatchRecord | null {
  try {
    return schema.parse(JSON.parse(Deno.readTextFileSync(pathOf(folder, sessionId))));
  } catch {
    return null;
  }
}

/** A record in words. */
export function watchText(record: WatchRecord | null, nowMs: number): string {
  if (record === null) return "no watchdog has looked at it";
  const { positions, naked, nakedMs, longestNakedMs, barMs, atMs, pid, doing, isDatabaseAway } = record;
  const longest = `the longest without a stop was ${seconds(longestNakedMs)}, the bar is ${seconds(barMs)}`;
  if (nowMs - atMs > LASTS_MS) return `its watchdog has not looked since ${new Date(atMs).toISOString()}; ${longest}`;
  return [
    `watchdog is process ${pid}, ${doing}`,
    `positions ${positions}, without their stop ${naked}${naked === 0 ? "" : ` for ${seconds(nakedMs)}`}`,
    longest,
    ...(isDatabaseAway ? ["THE DATABASE IS AWAY"] : []),
  ].join("; ");
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
