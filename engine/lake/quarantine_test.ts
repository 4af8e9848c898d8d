import assert from "node:assert/strict";
import { instrument } from "../market/mod.ts";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { timeframe } from "../time/mod.ts";
import { importCandles, Lake } from "./mod.ts";

const SOURCE = "data/samples/coinbase/BTCUSD_1h.parquet";
const HOURS = { instrument: instrument({ exchange: "coinbase", symbol: "BTC/USD" }), timeframe: timeframe("1h") };
const MAY = "candles/exchange=coinbase/symbol=BTC%2FUSD/timeframe=1h/month=2018-05";

async function withDamagedMay(work: (root: string, lake: Lake) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (root) => {
    await importCandles(root, SOURCE);
    const lake = new Lake(root);
    try {
      await work(root, lake);
    } finally {
      await lake.close();
    }
  });
}

async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[at]! ^= 0x10;
  await Deno.writeFile(path, bytes);
}

Deno.test("a damaged month is set aside with its sidecar, is missing then, and comes back with the import of its source", () =>
  withDamagedMay(async (root, lake) => {
    const whole = await lake.candles(HOURS), before = await filesBelow(root);
    await flipByte(`${root}/${MAY}.parquet`, 5000);
    await assert.rejects(lake.candles(HOURS), { code: "partition-damaged" }, "also by a lake that has read it before");
    await assert.rejects(importCandles(root, SOURCE), { code: "partition-damaged" });
    const [moved, ...others] = await lake.quarantine();
    assert.deepEqual(others, []);
    assert.equal(moved!.partition, `${MAY}.parquet`);
    assert.deepEqual(moved!.sources, ["BTCUSD_1h.parquet"]);
    assert.deepEqual((await lake.check()).issues, []);
    const without = await lake.candles(HOURS);
    assert.ok(whole.length - without.length > 700, "May is missing");
    const [imported] = await importCandles(root, SOURCE);
    assert.deepEqual(imported!.partitions, ["2018-05"]);
    assert.deepEqual(await lake.candles(HOURS), whole);
    const after = await filesBelow(root), aside = Object.keys(after).filter((name) => name.startsWith("quarantine/"));
    assert.deepEqual(aside.sort(), [moved!.movedTo, moved!.movedTo.replace(/parquet$/, "json")].sort());
    for (const name of aside) delete after[name];
    assert.deepEqual(after, before);
  }));

Deno.test("a month that is gone leaves no gap in silence, and a second damage of a month does not replace the first", () =>
  withDamagedMay(async (root, lake) => {
    const path = `${root}/${MAY}.parquet`, movedTo: string[] = [];
    for (const at of [3000, 4000]) {
      await flipByte(path, at);
      movedTo.push((await lake.quarantine())[0]!.movedTo);
      await importCandles(root, SOURCE);
    }
    await Deno.remove(path);
    await assert.rejects(lake.candles(HOURS), /month=2018-05.parquet is gone, though its sidecar is there/);
    movedTo.push((await lake.quarantine())[0]!.movedTo);
    assert.equal(new Set(movedTo).size, 3);
    assert.match(movedTo[2]!, /month=2018-05\.lost\.parquet$/);
    assert.deepEqual(await lake.quarantine(), []);
  }));
