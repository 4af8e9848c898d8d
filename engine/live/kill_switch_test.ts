import assert from "node:assert/strict";
import { KillSwitch } from "./kill_switch.ts";

async function onFolder(work: (kill: KillSwitch, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "kill_test_" });
  try {
    await work(new KillSwitch(folder), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Does work on a disk that takes files, and no byte of them. */
async function onFullDisk(work: () => Promise<void>): Promise<void> {
  const { write } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.write = () => Promise.reject(new Error("No space left on device (os error 28)"));
  try {
    await work();
  } finally {
    Deno.FsFile.prototype.write = write;
  }
}

Deno.test("the kill switch is set until it is cleared, may flatten from then on, and holds where it cannot be read", () =>
  onFolder(async (kill, folder) => {
    assert.equal(kill.read(), null);
    await kill.set({ reason: "first", flatten: false, atMs: 1 });
    await kill.set({ reason: "second", flatten: true, atMs: 2 });
    await kill.set({ reason: "third", flatten: false, atMs: 3 });
    assert.deepEqual(new KillSwitch(folder).read(), { reason: "first", flatten: true, atMs: 1 });
    assert.equal(await kill.clear(), true);
    assert.equal(await kill.clear(), false);
    for (const text of ["{", "[]", '{"by":"ann"}', '{"flatten":"yes"}']) {
      await Deno.writeTextFile(kill.path, text);
      assert.match(kill.read()!.reason, /cannot be read/);
    }
    await Deno.writeTextFile(kill.path, "\n");
    assert.deepEqual(kill.read(), { reason: "set without a reason", flatten: false, atMs: 0 });
    await kill.set({ reason: "close", flatten: true, atMs: 4 });
    assert.deepEqual(kill.read(), { reason: "close", flatten: true, atMs: 4 });
  }));

Deno.test("the kill switch is set on a full disk, and whoever set it hears what it cannot say", () =>
  onFolder(async (kill, folder) => {
    await onFullDisk(() =>
      assert.rejects(kill.set({ reason: "a person", flatten: true, atMs: 1 }), {
        code: "kill-words",
        message:
          /^the kill switch is set and stops all trading, but it can neither say why nor close positions: .*No space/,
      })
    );
    assert.deepEqual(kill.read(), { reason: "set without a reason", flatten: false, atMs: 0 });
    await kill.clear();
    await kill.set({ reason: "first", flatten: false, atMs: 2 });
    await onFullDisk(() => assert.rejects(kill.set({ reason: "", flatten: true, atMs: 3 }), { code: "kill-words" }));
    assert.deepEqual(kill.read(), { reason: "first", flatten: false, atMs: 2 });
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["KILL"]);
  }));

Deno.test("of several who set the kill switch at the same moment none fails, and a flatten is never lost", () =>
  onFolder(async (kill, folder) => {
    for (let round = 0; round < 50; round++) {
      await Promise.all(
        [false, true, false, true].map((flatten, i) =>
          new KillSwitch(folder).set({ reason: `${i}`, flatten, atMs: 1 + i })
        ),
      );
      assert.equal(kill.read()!.flatten, true, `round ${round}`);
      await kill.clear();
    }
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("a folder of its name stops trading, and whoever wants positions closed hears that it is one", () =>
  onFolder(async (kill) => {
    await Deno.mkdir(kill.path);
    await kill.set({ reason: "a person", flatten: false, atMs: 1 });
    await assert.rejects(kill.set({ reason: "a person", flatten: true, atMs: 1 }), {
      code: "kill-words",
      message: /KILL is a folder: remove it, and set the switch again$/,
    });
    assert.match(kill.read()!.reason, /cannot be read/);
  }));

Deno.test("a kill switch that cannot be set says so", () =>
  onFolder(async (_, folder) => {
    await Deno.writeTextFile(`${folder}/data`, "");
    await assert.rejects(new KillSwitch(`${folder}/data`).set({ reason: "", flatten: false, atMs: 1 }), {
      code: "kill-file",
      message: /^the kill switch is NOT set: /,
    });
  }));
