import assert from "node:assert/strict";
import { oldSessions } from "../../engine/testing/old_sessions.ts";
import { withEmbedded } from "../../engine/testing/servers.ts";
import { retention } from "./retention.ts";
import type { TaskSurroundings } from "./surroundings.ts";

Deno.test("the nightly task archives old sessions where the settings say for how long, and leaves them where they do not", () =>
  withEmbedded(async ({ sql }, dataDir) => {
    await oldSessions({ sql });
    const run = (journalDays: number | null, dryRun: boolean) =>
      retention({ sql, dataDir, journalDays } as TaskSurroundings).run({ days: 30, dryRun }, undefined as never);
    assert.equal((await run(null, false)).journal, null);
    assert.equal((await run(365, true)).journal?.rows.fills, 4);
    assert.equal((await sql`select 1 from fills`).length, 9);
    const archived = await run(365, false);
    assert.deepEqual(archived.journal?.files.map(({ rows }) => rows), [4, 18, 4, 2, 4]);
    assert.equal((await sql`select 1 from fills`).length, 5);
    for (const { path } of archived.journal!.files) assert.ok((await Deno.stat(path)).size > 0);
  }));
