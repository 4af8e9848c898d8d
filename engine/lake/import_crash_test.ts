// An import is killed after every single change it makes to the file system, not only where the code has names for it.
import assert from "node:assert/strict";
import { instrument } from "../market/mod.ts";
import { dyingAfter } from "../testing/dying_after.ts";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { timeframe } from "../time/mod.ts";
import { importCandles, Lake } from "./mod.ts";

const HOUR_MS = 3_600_000, FEBRUARY_MS = Date.UTC(2024, 1, 1);
const SOURCE = { exchange: "test", symbol: "BTC/USDT", timeframe: "1h" };
const HOURS = {
  instrument: instrument({ exchange: "test", symbol: "BTC/USDT" }),
  timeframe: timeframe("1h"),
};

/** Hours `from` to `to` around midnight of 1 February, so that an import writes two months. */
async function fileOfHours(path: string, from: number, to: number): Promise<string> {
  const rows = Array.from({ length: to - from }, (_, i) => {
    const hour = from + i, price = 100 + hour % 7;
    return [FEBRUARY_MS + hour * HOUR_MS, price, price + 2, price - 2, price + 1, 50 + hour].join(",");
  });
  await Deno.writeTextFile(path, ["time,open,high,low,close,volume", ...rows].join("\n"));
  return path;
}

async function closesByMonth(root: string): Promise<Record<string, string>> {
  const lake = new Lake(root);
  try {
    assert.deepEqual((await lake.check()).issues, []);
    const months: Record<string, string> = {};
    const { openTimeMs, close, volume } = await lake.candles(HOURS);
    for (const [i, time] of openTimeMs.entries()) {
      const month = new Date(time).toISOString().slice(0, 7);
      months[month] = `${months[month] ?? ""}${time} ${close[i]} ${volume[i]}\n`;
    }
    return months;
  } finally {
    await lake.close();
  }
}

Deno.test("an import killed after any change to the files leaves each month old or new, and repeated ends as if undisturbed", () =>
  inTemporaryFolder(async (sources) => {
    const first = await fileOfHours(`${sources}/first.csv`, -12, 12);
    const second = await fileOfHours(`${sources}/second.csv`, -24, 24);
    const [before, after] = await inTemporaryFolder(async (root) => {
      await importCandles(root, first, SOURCE);
      const closes = await closesByMonth(root);
      await importCandles(root, second, SOURCE);
      return [closes, { closes: await closesByMonth(root), files: await filesBelow(root) }] as const;
    });
    const seen = new Set<string>();
    let finished = false;
    for (let changes = 0; !finished; changes++) {
      await inTemporaryFolder(async (root) => {
        await importCandles(root, first, SOURCE);
        finished = await dyingAfter(changes, () => importCandles(root, second, SOURCE));
        const halfway = await filesBelow(root);
        const months = Object.entries(await closesByMonth(root)).map(([month, closes]) => {
          assert.ok(closes === before[month] || closes === after.closes[month], `${month} after ${changes} changes`);
          return closes === before[month] ? "old" : "new";
        });
        seen.add(months.join(" "));
        assert.deepEqual(await filesBelow(root), halfway, "readers change nothing");
        await importCandles(root, second, SOURCE);
        assert.deepEqual(await filesBelow(root), after.files, `repeated after ${changes} changes`);
      });
    }
    assert.deepEqual([...seen], ["old old", "new old", "new new"]);
  }));
