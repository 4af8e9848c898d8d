// The day of a release, small: an hour of twenty markets around midnight, with a trader in a process of its own.
import assert from "node:assert/strict";
import { inDataFolder } from "./paper.ts";
import { paperDay } from "./paper_day.ts";

Deno.test("an hour of twenty markets loses nothing to broken connections, 429 and 418, and its certificate explains all", async () => {
  const said: string[] = [];
  const result = await inDataFolder((settings) =>
    paperDay(
      {
        ...{ hours: 1, speed: 60, markets: 20, seed: 1, timeframe: "5m" },
        ...{ disconnectHours: 0.2, limitedHours: 0.3, bannedHours: 0.6 },
      },
      settings,
      (line) => said.push(line),
    )
  );
  const told = JSON.stringify(result, null, 1);
  assert.deepEqual(result.differences, []);
  assert.ok(result.fillsAtVenue > 0 && result.fillsInJournal === result.fillsAtVenue, told);
  assert.deepEqual(result.replay.differences, []);
  assert.deepEqual(result.fresh.unexplained, []);
  const explained = result.fresh.causes.reduce((sum, { pnlQuote }) => sum + pnlQuote, 0);
  assert.ok(Math.abs(explained - result.fresh.differenceQuote) < 1e-6, told);
  // A machine that is busy with other things may be late, which is named then.
  if (result.fresh.causes.length === 0) assert.equal(result.fresh.same, result.orders);
  assert.equal(result.restarts, 0, said.join("\n"));
  assert.equal(result.midnights, 1);
  assert.ok(result.disconnects >= 4 && (result.faults.limited ?? 0) > 0, told);
});
