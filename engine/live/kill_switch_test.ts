import assert from "node:assert/strict";
import { KillSwitch } from "./kill_switch.ts";

Deno.test("the kill switch is set until it is cleared, may flatten from then on, and holds where it cannot be read", async () => {
  const folder = await Deno.makeTempDir({ prefix: "kill_test_" });
  try {
    const kill = new KillSwitch(folder);
    assert.equal(kill.read(), null);
    await kill.set({ reason: "first", flatten: false, atMs: 1 });
    await kill.set({ reason: "second", flatten: true, atMs: 2 });
    assert.deepEqual(new KillSwitch(folder).read(), { reason: "first", flatten: true, atMs: 1 });
    assert.equal(await kill.clear(), true);
    assert.equal(await kill.clear(), false);
    for (const text of ["", "{", "[]", '{"by":"ann"}', '{"flatten":"yes"}']) {
      await Deno.writeTextFile(kill.path, text);
      assert.match(kill.read()!.reason, /cannot be read/);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
