import assert from "node:assert/strict";
import { type Channel, type Delivery, type Notice, NotificationDesk } from "../engine/notifications/mod.ts";
import { SimulatedTime } from "../engine/testing/simulated_time.ts";
import type { TimestampMs } from "../engine/time/mod.ts";
import { LAST_NOTICES_MS, tellOnce } from "./notices.ts";

const NOTICE: Notice = {
  ...{ severity: "alarm", kind: "test", title: "a difference", text: "", subject: "it" },
  atMs: 0 as TimestampMs,
};

function deskOf(time: SimulatedTime, isUp: boolean) {
  const got: string[] = [], notes: string[] = [];
  const channel: Channel = {
    ...{ name: "mail", rate: { messages: 10, perMs: 1_000 } },
    notifier: {
      send({ title }): Promise<Delivery> {
        if (!isUp) return Promise.resolve({ kind: "notSent", reason: "it cannot be reached" });
        got.push(title);
        return Promise.resolve({ kind: "done", value: null });
      },
    },
  };
  const note = (sentence: string) => void notes.push(sentence);
  return {
    got,
    notes,
    desk: new NotificationDesk([channel], { clock: time, timer: time, windowMs: 60_000, note, secrets: [] }),
  };
}

Deno.test("a command that tells one thing ends in time while no channel can be reached, and says that it was not told", async () => {
  const time = new SimulatedTime(0 as TimestampMs), { desk, notes } = deskOf(time, false);
  let hasEnded = false;
  const told = tellOnce(NOTICE, desk).then(() => hasEnded = true);
  await time.advance(LAST_NOTICES_MS - 1);
  assert.ok(!hasEnded, "it is tried again for a while");
  await time.advance(1);
  assert.ok(hasEnded);
  await told;
  assert.match(notes.at(-1)!, /^mail has not got 1 of the last notices: it cannot be reached$/);
});

Deno.test("it ends at once where a channel takes it", async () => {
  const time = new SimulatedTime(0 as TimestampMs), { desk, got } = deskOf(time, true);
  await tellOnce(NOTICE, desk);
  assert.deepEqual(got, ["a difference"]);
});
