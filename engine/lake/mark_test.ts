import assert from "node:assert/strict";
import { instrument } from "../market/mod.ts";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { timeframe } from "../time/mod.ts";
import { importCandles, Lake } from "./mod.ts";

const HOUR_MS = 3_600_000, NEW_YEAR_MS = Date.UTC(2024, 0, 1);
const HOURS = { instrument: instrument({ exchange: "binance", symbol: "BTC/USDT" }), timeframe: timeframe("1h") };
const NAMED = { exchange: "binance", symbol: "BTC/USDT", timeframe: "1h" };

/** A line of Binance's archive: the mark price has neither volume nor trades. */
const archived = (hour: number, open: number) =>
  [NEW_YEAR_MS + hour * HOUR_MS, open, open + 2, open - 2, open + 1, 0, 0, 0, 3600, 0, 0, 0].join(",");
const ARCHIVE = [0, 1, 2].map((hour) => archived(hour, 42_000 + hour)).join("\n");

async function fileOf(root: string, name: string, text: string): Promise<string> {
  const path = `${root}/${name}`;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text);
  return path;
}

Deno.test("candles of the mark price stand beside those of trades, and neither is taken for the other", async () => {
  await inTemporaryFolder(async (root) => {
    const trades = await fileOf(root, "BTCUSDT-1h-2024-01.csv", archived(0, 41_990));
    const mark = await fileOf(root, "markPriceKlines/BTCUSDT/1h/BTCUSDT-1h-2024-01.csv", ARCHIVE);
    await importCandles(`${root}/lake`, trades, NAMED);
    const [counts] = await importCandles(`${root}/lake`, mark, { ...NAMED, kind: "mark" });
    assert.deepEqual([counts!.rows, counts!.added, counts!.partitions], [3, 3, ["2024-01"]]);
    const lake = new Lake(`${root}/lake`);
    const traded = await lake.candles(HOURS), marked = await lake.mark(HOURS);
    assert.deepEqual([Array.from(traded.open), Array.from(marked.open)], [[41_990], [42_000, 42_001, 42_002]]);
    assert.deepEqual((await lake.list()).map(({ rows }) => rows), [1]);
    assert.deepEqual((await lake.list("mark")).map(({ symbol, rows }) => [symbol, rows]), [["BTC/USDT", 3]]);
    const [difference] = (await lake.sql(
      "select avg(m.open - c.open) as basis from candles c join mark m using (exchange, symbol, timeframe, open_time)",
    )).toArray();
    assert.equal(difference.basis, 10);
    const sound = await lake.check();
    assert.deepEqual([sound.partitions, sound.rows, sound.issues], [2, 4, []]);
    const before = await filesBelow(`${root}/lake`);
    assert.deepEqual(Object.keys(before).filter((name) => name.endsWith("parquet")).sort(), [
      "candles/exchange=binance/symbol=BTC%2FUSDT/timeframe=1h/month=2024-01.parquet",
      "mark/exchange=binance/symbol=BTC%2FUSDT/timeframe=1h/month=2024-01.parquet",
    ]);
    await importCandles(`${root}/lake`, mark, { ...NAMED, kind: "mark" });
    assert.deepEqual(await filesBelow(`${root}/lake`), before, "a second import changes nothing");
    await assert.rejects(
      importCandles(`${root}/lake`, mark, NAMED),
      /is of the mark price by its name: import it with --kind mark/,
    );
    await lake.close();
  });
});

Deno.test("mark prices need no column of volume, trades do", async () => {
  await inTemporaryFolder(async (root) => {
    const file = await fileOf(root, "mark.csv", `startTime,open,high,low,close\n${NEW_YEAR_MS},5,6,4,5`);
    const map = { time: "startTime" };
    await assert.rejects(importCandles(`${root}/lake`, file, { ...NAMED, map }), /has no column volume/);
    await importCandles(`${root}/lake`, file, { ...NAMED, map, kind: "mark" });
    const lake = new Lake(`${root}/lake`);
    assert.deepEqual(Array.from((await lake.mark(HOURS)).volume), [0]);
    await lake.close();
  });
});

Deno.test("a month of mark prices that was damaged or lost is found by the check", async () => {
  await inTemporaryFolder(async (root) => {
    await importCandles(`${root}/lake`, await fileOf(root, "m.csv", ARCHIVE), { ...NAMED, kind: "mark" });
    const name = "mark/exchange=binance/symbol=BTC%2FUSDT/timeframe=1h/month=2024-01.parquet";
    const path = `${root}/lake/${name}`, bytes = await Deno.readFile(path), lake = new Lake(`${root}/lake`);
    await Deno.writeFile(path, bytes.map((byte, i) => i === 40 ? byte ^ 1 : byte));
    assert.deepEqual((await lake.check()).issues.map(({ partition }) => partition), [name]);
    await Deno.remove(path);
    assert.match((await lake.check()).issues[0]!.problem, /is gone, though its sidecar is there/);
    await lake.close();
  });
});

Deno.test("a market without mark prices is refused with the way to get them", async () => {
  await inTemporaryFolder(async (root) => {
    await assert.rejects(
      new Lake(root).mark(HOURS),
      /no 1h candles of the mark price of binance:BTC\/USDT: import them with candles import FILE --kind mark/,
    );
  });
});
