import assert from "node:assert/strict";
import { inTemporaryFolder } from "../../testing/temporary_folder.ts";
import { SendLock } from "./send_lock.ts";

Deno.test("trading processes share the lock, a watchdog has it alone, and whoever lets go makes room", () =>
  inTemporaryFolder((folder) => {
    const [first, second] = [false, false].map((isSole) => new SendLock(folder, "main-1", isSole)) as [
      SendLock,
      SendLock,
    ];
    const watchdog = new SendLock(folder, "main-1", true), other = new SendLock(folder, "main-2", true);
    assert.ok(first.hold() && second.hold() && first.hold());
    assert.ok(other.hold(), "each session has its own");
    assert.equal(watchdog.hold(), false);
    first.letGo();
    assert.equal(watchdog.hold(), false);
    second.close();
    assert.ok(watchdog.hold() && watchdog.isHeld);
    assert.equal(first.hold(), false);
    watchdog.letGo();
    assert.ok(first.hold());
    for (const lock of [first, watchdog, other]) lock.close();
    return Promise.resolve();
  }));
