import assert from "node:assert/strict";
import { readRun } from "../../engine/lake/mod.ts";
import { reportDocument } from "../../engine/metrics/mod.ts";
import { swingingDays, withProgram } from "../testing/program.ts";

const BACKTEST = ["backtest", "--json", "--symbol", "BTC/USDT", "--timeframe", "1d", "--strategy"];

Deno.test("a kept run and a published report hold until one candle, one parameter or one figure is changed", () =>
  withProgram(swingingDays(200), async (program, dataDir) => {
    const { hash } = JSON.parse(
      (await program(...BACKTEST, "sma-cross", "--param", "fast=5", "--param", "slow=20")).stdout,
    );
    const { hash: benchmark } = JSON.parse((await program(...BACKTEST, "buy-and-hold")).stdout);
    const page = `${dataDir}/report.json`, moved = (text: string) => JSON.parse(text) as { moved: { path: string }[] };
    const report = reportDocument(await readRun(dataDir, hash), { benchmark: await readRun(dataDir, benchmark) });
    await Deno.writeTextFile(page, JSON.stringify({ report, recent: null, venue: {} }));
    for (const name of [hash.slice(0, 8), `${dataDir}/runs/${hash}`, `${dataDir}/runs/${hash}/manifest.json`, page]) {
      const { code, stdout } = await program("verify", name);
      assert.match(stdout, /holds: every figure is what its inputs make of it today/, name);
      assert.equal(code, 0);
    }

    await Deno.writeTextFile(page, JSON.stringify({ ...report, equity: { ...report.equity, benchmarkLabel: "x" } }));
    const edited = await program("verify", page, "--json");
    assert.deepEqual(moved(edited.stdout).moved.map(({ path }) => path), ["equity.benchmarkLabel"]);
    assert.equal(edited.code, 1);
    await Deno.writeTextFile(page, JSON.stringify(report));

    const manifest = `${dataDir}/runs/${hash}/manifest.json`, text = await Deno.readTextFile(manifest);
    await Deno.writeTextFile(manifest, text.replace('"fast": 5', '"fast": 6'));
    const other = await program("verify", hash.slice(0, 8));
    assert.match(other.stdout, /the manifest was edited[^]*metrics\.sharpe[^]*trades moved, the first is number 1/);
    await Deno.writeTextFile(manifest, text);

    const row = swingingDays(200)[150]!.split(",");
    row[4] = String(Number(row[4]) + 0.5);
    await Deno.writeTextFile(`${dataDir}/BTCUSDT_1d.csv`, `time,open,high,low,close,volume\n${row.join(",")}\n`);
    const revision = await program("candles", "import", `${dataDir}/BTCUSDT_1d.csv`, "--exchange", "test", "--revise");
    assert.equal(revision.code, 0, revision.stdout + revision.stderr);
    for (const name of [hash.slice(0, 8), page]) {
      const { code, stdout } = await program("verify", name);
      assert.match(
        stdout,
        /does not hold[^]*the candles of test:BTC\/USDT are others now: values of them were changed/,
      );
      assert.equal(code, 1);
    }
    assert.match((await program("verify", "ffffffff")).stderr, /there is no run ffffffff/);
    assert.match((await program("verify", dataDir)).stderr, /holds no run, manifest.json is missing/);
    assert.match((await program("verify", "README.md")).stderr, /README.md is not JSON: give a run's folder/);
  }));
