// When the kill switch was tried last: the audit chain keeps it, so that nobody writes down a drill that was none.
import type { Sql } from "../engine/database/mod.ts";
import { formatTimestamp, type TimestampMs } from "../engine/time/mod.ts";
import { auditLogOn, type AuditPlace } from "./audit.ts";

/** What the audit chain calls a drill that held, and one that did not. */
export const DRILL_HELD = "kill.drill", DRILL_FAILED = "kill.drill.failed";

/** The last one. */
export interface KillDrillRecord {
  readonly atMs: number;
  readonly held: boolean;
}

/** When it was tried last, and whether it worked; null where it never was. */
export async function lastKillDrill(sql: Sql, place: AuditPlace): Promise<KillDrillRecord | null> {
  const log = auditLogOn(sql, place), held = await log.newest(DRILL_HELD), failed = await log.newest(DRILL_FAILED);
  if (held === undefined && failed === undefined) return null;
  const isHeld = (held?.seq ?? 0) > (failed?.seq ?? 0);
  return { atMs: (isHeld ? held! : failed!).atMs, held: isHeld };
}

/** In words, for who looks at what runs. */
export function drillText(drill: KillDrillRecord | null): string {
  if (drill === null) return "the kill switch was never tried: deno task autopilot drill";
  const at = formatTimestamp(drill.atMs as TimestampMs);
  return drill.held
    ? `the kill switch was tried last at ${at}`
    : `THE KILL SWITCH DID NOT WORK when it was tried at ${at}`;
}
