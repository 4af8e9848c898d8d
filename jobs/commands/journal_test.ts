import assert from "node:assert/strict";
import { openDatabase } from "../../engine/database/mod.ts";
import { oldSessions } from "../../engine/testing/old_sessions.ts";
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { programOn } from "../testing/program.ts";

async function inDataFolder(work: (dataDir: string) => Promise<void>): Promise<void> {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "journal_test_" });
  try {
    await work(dataDir);
  } finally {
    await removeDataFolder(dataDir);
  }
}

Deno.test("the journal is thinned out, backed up and restored on an empty machine by commands", () =>
  inDataFolder(async (dataDir) => {
    const database = await openDatabase({ databaseUrl: null, dataDir });
    await oldSessions(database);
    const program = programOn(dataDir);
    const json = async (...args: string[]) => {
      const { stdout, stderr } = await program("journal", ...args, "--json");
      assert.notEqual(stdout, "", stderr);
      return JSON.parse(stdout);
    };
    const { files, sessions } = await json("retention", "--journal-days", "1");
    assert.deepEqual(files.map(({ rows }: { rows: number }) => rows), [4, 18, 4, 2, 4]);
    assert.equal(sessions.filter(({ keptFor }: { keptFor: string | null }) => keptFor !== null).length, 2);
    for (const { path } of files) assert.match(path, /archive\/\w+\/[\d-]{10}-[0-9a-f]{12}\.parquet$/);

    const saved = await json("backup", `${dataDir}/saved`);
    await database.close();
    assert.deepEqual((await json("verify")).faults, []);

    await inDataFolder(async (empty) => {
      await Deno.rename(`${dataDir}/saved`, `${empty}/saved`);
      const elsewhere = programOn(empty);
      const restored = await elsewhere("journal", "restore", `${empty}/saved`, "--json");
      assert.deepEqual(JSON.parse(restored.stdout).states, saved.states);
      const told = await elsewhere("audit", "list", "--json");
      assert.deepEqual(actionsIn(told.stdout), ["journal.restore", "journal.retention", "settings.change"]);
      assert.deepEqual(JSON.parse((await elsewhere("audit", "verify", "--json")).stdout).faults, []);
      const again = await elsewhere("journal", "restore", `${empty}/saved`);
      assert.equal(again.code, 1);
      assert.match(again.stderr, /the database has rows in \w+: a backup is restored into an empty one/);
    });
    const { stderr, code } = await program("journal", "retention");
    assert.deepEqual([code, /everything is kept: say for how long/.test(stderr)], [1, true]);
  }));

function actionsIn(list: string): string[] {
  return JSON.parse(list).rows.map(({ action }: { action: string }) => action);
}
