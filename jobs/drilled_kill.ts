// A drill of the kill switch, told to the audit chain.
import type { Sql } from "../engine/database/mod.ts";
import { CodedError } from "../engine/errors/mod.ts";
import { type KillDrill, killDrill } from "../engine/live/mod.ts";
import { type AuditPlace, tellAfterwards } from "./audit.ts";
import { DRILL_FAILED, DRILL_HELD } from "./kill_drill_record.ts";

/**
 * Tries the kill switch on the disk of the data folder, and tells the audit chain how it went.
 *
 * @throws {CodedError} `kill-drill` where it does not work.
 */
export async function drilledKill(sql: Sql, place: AuditPlace, actor?: string): Promise<KillDrill> {
  const drill = await killDrill(place.dataDir, () => performance.now()), { faults } = drill;
  await tellAfterwards(sql, place, {
    action: faults.length === 0 ? DRILL_HELD : DRILL_FAILED,
    subject: place.dataDir,
    after: faults,
    ...(actor === undefined ? {} : { actor }),
  });
  if (faults.length === 0) return drill;
  throw new CodedError("kill-drill", `the kill switch does not work: ${faults.join("; ")}`);
}
