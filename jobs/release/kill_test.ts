// A few of the trials that deno task release kill makes.
import assert from "node:assert/strict";
import { killSurvives, killTrials } from "./kill.ts";

for (const isDatabaseDead of [false, true]) {
  const when = isDatabaseDead ? "its database is dead" : "it trades";
  Deno.test(`the kill switch stops a trading process within a second while ${when}`, async () => {
    const { lastOrderMs, after, trading } = await killTrials(5, isDatabaseDead, 40);
    assert.equal(after, 0);
    assert.ok(Math.max(...lastOrderMs) <= 1_000 && trading > 0, `${lastOrderMs} ms, ${trading} while it traded`);
  });
}

Deno.test("a kill switch that is set outlives the process, and lets go when it is cleared", async () => {
  const { after, trading } = await killSurvives(1, 40);
  assert.deepEqual([after, trading], [0, 1]);
});
