import type { Sql } from "../engine/database/mod.ts";
import { applyRetention, type Retention, type RetentionOptions } from "../engine/journal/mod.ts";
import { type AuditPlace, toldTo } from "./audit.ts";
import { parquetArchive } from "./journal_archive.ts";

/** Archives and removes old sessions, told to the audit chain first; a dry run, or one with nothing to do, tells nothing. */
export async function thinnedJournal(
  sql: Sql,
  place: AuditPlace,
  options: RetentionOptions,
  actor?: string,
): Promise<Retention> {
  const plan = await applyRetention(sql, { ...options, dryRun: true }, parquetArchive(place.dataDir));
  if (options.dryRun || Object.values(plan.rows).every((count) => count === 0)) return plan;
  const act = {
    action: "journal.retention",
    subject: `sessions that ended before ${new Date(options.endedBeforeMs).toISOString()}`,
    before: plan.sessions,
    after: plan.sessions.filter(({ keptFor }) => keptFor !== null),
    ...(actor === undefined ? {} : { actor }),
  };
  return await toldTo(sql, place, act, () => applyRetention(sql, options, parquetArchive(place.dataDir)));
}
