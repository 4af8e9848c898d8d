import assert from "node:assert/strict";
import { KillSwitch, type SessionRunner, SystemScheduler } from "../../engine/live/mod.ts";
import { inOpenFolder } from "../../engine/testing/servers.ts";
import { watchKill } from "./kill_watch.ts";

Deno.test("the kill file stops a session each time that it is set, also with nothing in it", () =>
  inOpenFolder(async (folder) => {
    const halts: string[] = [], stop = new AbortController(), kill = new KillSwitch(folder);
    const runner = {
      session: {} as SessionRunner["session"],
      halt: (reason: string) => void halts.push(reason),
    };
    const seen = async (count: number) => {
      for (let waitedMs = 0; halts.length < count; waitedMs += 20) {
        assert.ok(waitedMs < 3_000, `halted ${halts.length} times of ${count}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    watchKill(runner, kill, new SystemScheduler(), stop.signal);
    try {
      for (let time = 1; time <= 2; time++) {
        await Deno.writeTextFile(kill.path, "");
        await seen(time);
        await new Promise((resolve) => setTimeout(resolve, 250));
        assert.equal(halts.length, time, "once each time");
        assert.equal(await kill.clear(), true);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    } finally {
      stop.abort();
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }));
