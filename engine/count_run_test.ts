import assert from "node:assert/strict";
import fc from "fast-check";
import { JUPYTER_DISPLAY } from "./display/mod.ts";
import { ledgerPath, readTrials } from "./lake/mod.ts";
import { instrument } from "./market/mod.ts";
import { trialLedger } from "./notebook_ledger.ts";
import { smaCross } from "./strategies/mod.ts";
import { randomCandles } from "./testing/random_candles.ts";
import { inTemporaryFolder } from "./testing/temporary_folder.ts";
import { timeframe } from "./time/mod.ts";
import { sweep } from "./studies.ts";
import { backtest } from "./workbench.ts";

const btc = fc.sample(
  randomCandles(instrument({ exchange: "test", symbol: "BTC/USDT" }), timeframe("1h"), 0, 400),
  { numRuns: 9, seed: 1 },
).find(({ length }) => length > 200)!;

Deno.test("each different backtest of a notebook counts once, and the ledger shows its family", () =>
  inTemporaryFolder(async (dataDir) => {
    for (const fast of [2, 3, 4, 3]) await backtest(smaCross, btc, { params: { fast, slow: 9 }, dataDir });
    const trials = await readTrials(ledgerPath(dataDir)), families = await trialLedger({ dataDir });
    assert.deepEqual(trials.map(({ source, params }) => [source, params.fast]), [
      ["notebook", 2],
      ["notebook", 3],
      ["notebook", 4],
    ]);
    assert.deepEqual(families.map(({ strategy, trials }) => [strategy, trials]), [["sma-cross", 3]]);
    assert.match((await families[JUPYTER_DISPLAY]())["text/plain"]!, /test:BTC\/USDT .* 3 /);
  }));

Deno.test("trials of a sweep are counted in the order of the grid, one that was a backtest before only once", () =>
  inTemporaryFolder(async (dataDir) => {
    const run = await backtest(smaCross, btc, { params: { fast: 3, slow: 9 }, dataDir });
    const study = await sweep(smaCross, btc, { fast: [2, 3, 4], slow: [9, 12] }, { dataDir });
    const trials = await readTrials(ledgerPath(dataDir));
    assert.equal(study.trials.length, 6);
    assert.deepEqual(trials.map(({ source, params: { fast, slow } }) => [source, fast, slow]), [
      ["notebook", 3, 9],
      ["sweep", 2, 9],
      ["sweep", 2, 12],
      ["sweep", 3, 12],
      ["sweep", 4, 9],
      ["sweep", 4, 12],
    ]);
    assert.equal(trials[0]!.hash, run.manifest.run.hash);
    await sweep(smaCross, btc, { fast: [2], slow: [9] }, { dataDir, money: "unrounded" });
    const after = await readTrials(ledgerPath(dataDir));
    assert.deepEqual([after.length, after.at(-1)!.source], [7, "unrounded sweep"]);
  }));

Deno.test("a backtest whose ledger cannot be written is there all the same, and says so once", () =>
  inTemporaryFolder(async (dataDir) => {
    await Deno.writeTextFile(`${dataDir}/ledger`, "a file where a folder should be");
    const said: string[] = [], { warn } = console;
    console.warn = (text: string) => said.push(text);
    try {
      for (const fast of [2, 3]) {
        const run = await backtest(smaCross, btc, { params: { fast, slow: 9 }, dataDir });
        assert.equal(run.manifest.params!.fast, fast);
      }
    } finally {
      console.warn = warn;
    }
    assert.equal(said.length, 1);
    assert.match(said[0]!, /runs are not counted as trials: /);
  }));
