import assert from "node:assert/strict";
import { inTemporaryFolder } from "../../engine/testing/temporary_folder.ts";
import { readWatchRecord, type WatchRecord, watchText, writeWatchRecord } from "./watch_record.ts";

const RECORD: WatchRecord = {
  ...{ doing: "watching", positions: 2, naked: 1, nakedMs: 1_500, longestNakedMs: 4_000, isDatabaseAway: false },
  ...{ pid: 7, atMs: Date.UTC(2026, 0, 5), barMs: 5_000 },
};

Deno.test("how a watchdog is doing is read where it wrote it, in words", () =>
  inTemporaryFolder(async (folder) => {
    assert.equal(readWatchRecord(folder, "main-1"), null);
    assert.equal(watchText(null, 0), "no watchdog has looked at it");
    writeWatchRecord(folder, "main-1", RECORD);
    const read = readWatchRecord(folder, "main-1");
    assert.deepEqual(read, RECORD);
    assert.equal(
      watchText(read, RECORD.atMs + 1_000),
      "watchdog is process 7, watching; positions 2, without their stop 1 for 1.5 s; " +
        "the longest without a stop was 4.0 s, the bar is 5.0 s",
    );
    assert.match(watchText({ ...RECORD, isDatabaseAway: true }, RECORD.atMs), /THE DATABASE IS AWAY/);
    assert.match(watchText(read, RECORD.atMs + 60_000), /^its watchdog has not looked since 2026-01-05T00:00:00\.000Z/);
    await Deno.writeTextFile(`${folder}/main-1.json`, "{");
    assert.equal(readWatchRecord(folder, "main-1"), null);
  }));
