import assert from "node:assert/strict";
import { z } from "zod";
import { migrate, openDatabase } from "../engine/database/mod.ts";
import { InputError } from "../engine/errors/mod.ts";
import type { Delivery, Notice } from "../engine/notifications/mod.ts";
import { defineTask, type Task, TaskQueue, TaskWorker } from "../engine/tasks/mod.ts";
import { until } from "../engine/testing/cache_cases.ts";
import { withEmbedded } from "../engine/testing/servers.ts";
import { SimulatedTime } from "../engine/testing/simulated_time.ts";
import type { TimestampMs } from "../engine/time/mod.ts";
import { deadLetterCharge, LOOK_MS } from "./dead_letter_charge.ts";

const hopeless = defineTask({
  name: "hopeless",
  summary: "refuses what it is given",
  payload: z.strictObject({ n: z.int() }),
  run: ({ n }) => Promise.reject(new InputError("no-such-number", `there is no ${n}`)),
}) as unknown as Task;

Deno.test("a letter is told once; refused or of unknown fate it is tried again after ten minutes, not sent at once", () =>
  withEmbedded(async ({ sql }, dataDir) => {
    await migrate(sql);
    const queue = await TaskQueue.open(sql, [hopeless], { role: "worker" });
    const worker = await TaskWorker.start(queue, { concurrency: 1 });
    const { id } = await queue.enqueue("hopeless", { n: 1 });
    await until(async () => (await queue.show(id)).state === "failed");

    const sent: Notice[] = [];
    let delivery: Delivery = { kind: "refused", code: "smtp-535", reason: "the password is wrong" };
    const send = (notice: Notice) => {
      sent.push(notice);
      return Promise.resolve(delivery);
    };
    const time = new SimulatedTime(0 as TimestampMs), open = () => openDatabase({ databaseUrl: null, dataDir });
    const running = await deadLetterCharge(open, { send }, time).start();
    const look = async () => {
      await until(() => time.waiting === 1);
      await time.advance(LOOK_MS);
      await until(() => time.waiting === 1);
    };
    const lookOften = async () => {
      for (let n = 0; n < 5; n++) await look();
    };
    const tenMinutesPass = () => sql`update task_effects set at = at - interval '11 minutes'`;

    await lookOften();
    assert.deepEqual(sent.map(({ title }) => title), ["hopeless has failed for good"], "refused");
    await tenMinutesPass();
    delivery = { kind: "unknown", reason: "the line broke" };
    await lookOften();
    assert.equal(sent.length, 2, "unknown");
    await tenMinutesPass();
    delivery = { kind: "notSent", reason: "the desk is closed" };
    await until(async () => {
      await look();
      return sent.length > 3;
    });
    delivery = { kind: "done", value: null };
    const before = sent.length;
    await until(async () => {
      await look();
      return sent.length > before;
    });
    await tenMinutesPass();
    await lookOften();
    assert.equal(sent.length, before + 1, "told once");
    await running.stop();
    await worker.close();
  }));
