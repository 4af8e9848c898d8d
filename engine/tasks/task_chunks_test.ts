import assert from "node:assert/strict";
import { InputError } from "../errors/mod.ts";
import { until } from "../testing/cache_cases.ts";
import { withEmbedded } from "../testing/servers.ts";
import type { Task } from "./task.ts";
import { CHUNK_TASK, ChunkBoard, chunkTask } from "./task_chunks.ts";
import { TaskQueue } from "./task_queue.ts";
import { TaskWorker } from "./task_worker.ts";

Deno.test("chunks come back as their worker wrote them, are made once, and are made again only after they failed", () =>
  withEmbedded(async ({ sql }) => {
    const traded: string[] = [];
    let isDamaged = false;
    const task = chunkTask(sql, ({ text }, points) => {
      if (isDamaged) return Promise.reject(new InputError("candles", "the lake has other candles"));
      traded.push(points);
      return Promise.resolve(`${text} traded ${points} ☃`);
    }) as unknown as Task;
    const queue = await TaskQueue.open(sql, [task], { role: "worker" });
    const worker = await TaskWorker.start(queue, { concurrency: 2 }), board = await ChunkBoard.open(queue);
    const study = await board.post('{"b":1,"a":2}');
    assert.equal(await board.post('{"b":1,"a":2}'), study, "a study is kept once");
    const answers = await Promise.all(["[1]", "[2]", "[3]"].map((points) => board.trade(study, points)));
    assert.deepEqual(answers, ["[1]", "[2]", "[3]"].map((points) => `{"b":1,"a":2} traded ${points} ☃`));

    // Who asks again, as after its own death, gets what was made.
    const again = await ChunkBoard.open(queue);
    assert.equal(await again.trade(study, "[2]"), answers[1]);
    assert.deepEqual(traded.toSorted(), ["[1]", "[2]", "[3]"]);

    isDamaged = true;
    await assert.rejects(
      again.trade(study, "[4]"),
      /a worker of the sweep failed: the lake has other candles; what was done before is kept/,
    );
    isDamaged = false;
    assert.match(await again.trade(study, "[4]"), /traded \[4\]/);

    // What is still waited for at the end is taken back.
    await worker.queue.boss.offWork(CHUNK_TASK);
    const late = again.trade(study, "[5]");
    await until(async () => (await queue.list({ state: "created" })).length === 1);
    await Promise.all([again.close(), assert.rejects(late, /the study has ended/)]);
    assert.equal((await queue.list({ state: "cancelled" })).length, 1);
    await board.close();
    await worker.close();
  }));
