import assert from "node:assert/strict";
import { killDrill } from "./kill_drill.ts";
import { KillSwitch } from "./kill_switch.ts";

Deno.test("a drill finds that the kill switch works, leaves nothing, and touches no switch that is set", async () => {
  const folder = await Deno.makeTempDir({ prefix: "kill_drill_test_" });
  try {
    await new KillSwitch(folder).set({ reason: "for real", flatten: true, atMs: 1 });
    const { faults, stoppedMs } = await killDrill(folder, () => performance.now());
    assert.deepEqual(faults, []);
    assert.ok(stoppedMs > 0 && stoppedMs < 1_000);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["KILL"]);
    assert.equal(new KillSwitch(folder).read()!.reason, "for real");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a drill finds a switch that does not work, or works too late", async () => {
  const folder = await Deno.makeTempDir({ prefix: "kill_drill_test_" }), { set } = KillSwitch.prototype;
  try {
    KillSwitch.prototype.set = () => Promise.resolve();
    const { faults } = await killDrill(folder, () => 0);
    assert.ok(faults.some((fault) => /went through after the switch was set/.test(fault)));
    KillSwitch.prototype.set = set;
    let nowMs = 0;
    const late = await killDrill(folder, () => nowMs += 1_500);
    assert.deepEqual(late.faults, ["the switch worked after 1500 ms, the most is 1000"]);
  } finally {
    KillSwitch.prototype.set = set;
    await Deno.remove(folder, { recursive: true });
  }
});
