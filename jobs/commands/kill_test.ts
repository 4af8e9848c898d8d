import assert from "node:assert/strict";
import { KillSwitch } from "../../engine/live/mod.ts";
import { programOn } from "../testing/program.ts";

Deno.test("whoever clears the kill switch and wants something stopped as well has cleared nothing", async () => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "kill_test_" }), kill = new KillSwitch(dataDir);
  const program = programOn(dataDir);
  try {
    assert.equal((await program("kill")).code, 0);
    assert.deepEqual([kill.read()!.reason, kill.read()!.flatten], ["a person", false]);
    for (const more of [["--flatten"], ["--reason", "a drill"]]) {
      const { code, stderr } = await program("kill", "--clear", ...more);
      assert.deepEqual([code, kill.read()!.reason], [2, "a person"]);
      assert.match(stderr, new RegExp(`error: --clear lets trading go on: leave out ${more[0]}, or --clear\n`));
    }
    assert.equal((await program("kill", "--clear")).code, 0);
    assert.equal(kill.read(), null);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
