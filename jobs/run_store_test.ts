import assert from "node:assert/strict";
import { parseRunSpec, runFromSource } from "../engine/backtest/mod.ts";
import { smaCross, type Strategy } from "../engine/strategies/mod.ts";
import { filesBelow, inTemporaryFolder } from "../engine/testing/temporary_folder.ts";
import { importCandles, Lake, listRuns, readRun, writeRun } from "../engine/lake/mod.ts";

Deno.test("a run is kept once, comes back as it was, and its manifest repeats it to the byte", () =>
  inTemporaryFolder(async (root) => {
    await importCandles(root, "data/samples/coinbase/BTCUSD_1d.parquet");
    const lake = new Lake(root), strategy = smaCross as unknown as Strategy;
    const run = async (spec: unknown) => {
      const parsed = parseRunSpec(spec);
      return await runFromSource(parsed, strategy.bind(parsed.params), lake);
    };
    const first = await run({
      strategy: "sma-cross",
      markets: [{ exchange: "coinbase", symbol: "BTC/USD" }],
      timeframe: "1d",
    });
    const folder = await writeRun(root, first);
    assert.deepEqual(await listRuns(root), [first.manifest.run.hash]);
    assert.deepEqual(await readRun(root, first.manifest.run.hash.slice(0, 8)), first);
    const files = await filesBelow(folder);
    assert.deepEqual(Object.keys(files).sort(), [
      "equity.parquet",
      "fills.parquet",
      "holdings.parquet",
      "manifest.json",
      "metrics.json",
      "trades.parquet",
    ]);
    const again = await run(JSON.parse(await Deno.readTextFile(`${folder}/manifest.json`)));
    await Deno.remove(folder, { recursive: true });
    assert.equal(await writeRun(root, again), folder);
    assert.deepEqual(await filesBelow(folder), files);
    await writeRun(root, again);
    assert.deepEqual(await filesBelow(folder), files);
    await assert.rejects(readRun(root, "0000"), /there is no run 0000/);
    for (const last of ["0", "1"]) await Deno.mkdir(`${root}/runs/${"0".repeat(63)}${last}`);
    await assert.rejects(readRun(root, "00"), /2 runs begin with "00": give more of the hash, as 0{10}$/);
    await Deno.remove(`${folder}/holdings.parquet`);
    const older = await readRun(root, first.manifest.run.hash);
    assert.deepEqual(older, { ...first, holdings: { closeTimeMs: new Float64Array(0), books: [] } });
    await lake.close();
  }));

Deno.test("what an interrupted write left is no run, and is cleared away by the next one", () =>
  inTemporaryFolder(async (root) => {
    await importCandles(root, "data/samples/coinbase/BTCUSD_1d.parquet");
    const lake = new Lake(root);
    const spec = parseRunSpec({
      strategy: "sma-cross",
      markets: [{ exchange: "coinbase", symbol: "BTC/USD" }],
      timeframe: "1d",
    });
    const run = await runFromSource(spec, (smaCross as unknown as Strategy).bind(), lake);
    const half = `${root}/runs/${run.manifest.run.hash}.tmp`;
    await Deno.mkdir(half, { recursive: true });
    await Deno.writeTextFile(`${half}/manifest.json`, "{");
    assert.deepEqual(await listRuns(root), []);
    await writeRun(root, run);
    assert.deepEqual(Array.from(Deno.readDirSync(`${root}/runs`), ({ name }) => name), [run.manifest.run.hash]);
    await lake.close();
  }));
