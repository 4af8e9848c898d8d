// The day of a release, small: an hour of twenty markets around midnight, in as many real processes.
import assert from "node:assert/strict";
import { programOn } from "../testing/program.ts";
import type { PaperDayResult } from "./paper_day.ts";

Deno.test("an hour of twenty markets loses nothing to broken connections, 429 and 418, and its certificate explains all", async () => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "paper_day_test_" });
  await Deno.chmod(dataDir, 0o755); // the database's user has to reach its data where we are root
  try {
    const program = programOn(dataDir);
    const { stdout, stderr } = await program("release", "paper-day", "--hours", "1", "--mishaps", "0.2", "--json");
    const result: PaperDayResult = JSON.parse(stdout || "null") ?? assert.fail(stderr);
    assert.deepEqual(result.differences, []);
    assert.ok(result.fillsAtVenue > 0 && result.fillsInJournal === result.fillsAtVenue, stdout);
    assert.deepEqual(result.replay.differences, []);
    assert.deepEqual(result.fresh.unexplained, []);
    const explained = result.fresh.causes.reduce((sum, { pnlQuote }) => sum + pnlQuote, 0);
    assert.ok(Math.abs(explained - result.fresh.differenceQuote) < 1e-6, stdout);
    if (result.fresh.causes.length === 0) assert.equal(result.fresh.same, result.orders);
    assert.equal(result.restarts, 0, stderr);
    assert.equal(result.midnights, 1);
    assert.ok(result.disconnects >= 4 && (result.faults.limited ?? 0) > 0, stdout);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
