import assert from "node:assert/strict";
import { swingingDays } from "../testing/program.ts";
import type { TaskContext } from "../../engine/tasks/mod.ts";
import { refreshCandles } from "./refresh_candles.ts";
import type { TaskSurroundings } from "./surroundings.ts";

Deno.test("files that have changed lately are taken into the lake, older ones are left alone, and a second time adds nothing", async () => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "refresh_test_" }), path = `${dataDir}/inbox/test`;
  try {
    await Deno.mkdir(path, { recursive: true });
    const file = (symbol: string) => `${path}/${symbol}_1d.csv`;
    for (const [symbol, days] of [["BTCUSDT", 30], ["ETHUSDT", 40]] as const) {
      await Deno.writeTextFile(file(symbol), ["time,open,high,low,close,volume", ...swingingDays(days)].join("\n"));
    }
    await Deno.utime(file("ETHUSDT"), new Date("2024-01-01"), new Date("2024-01-01"));
    const task = refreshCandles({ dataDir } as TaskSurroundings), said: string[] = [];
    const context: TaskContext = {
      id: "",
      attempt: 1,
      signal: new AbortController().signal,
      progress: (_done, _total, note) => said.push(note!),
      once: () => assert.fail("it has no effect on the database"),
    };
    const payload = task.payload.parse({ path: `${dataDir}/inbox`, days: 1 });
    assert.deepEqual(await task.run(payload, context), { files: 1, added: 30, revised: 0 });
    assert.deepEqual(await task.run(payload, context), { files: 1, added: 0, revised: 0 });
    assert.deepEqual(said, [file("BTCUSDT"), file("BTCUSDT")]);
    for (const outside of ["/etc", "../elsewhere", "data/../../x"]) {
      assert.ok(!task.payload.safeParse({ path: outside }).success);
    }
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
