import assert from "node:assert/strict";
import { JUPYTER_DISPLAY } from "./display/mod.ts";
import { instrument } from "./market/mod.ts";
import { trialLedger } from "./notebook_ledger.ts";
import { robustness } from "./robustness.ts";
import { sweep, walkForward } from "./studies.ts";
import { smaCross } from "./strategies/mod.ts";
import { plainHistory } from "./testing/random_history.ts";
import { inTemporaryFolder } from "./testing/temporary_folder.ts";
import { backtest } from "./workbench.ts";

const btc = plainHistory(instrument({ exchange: "test", symbol: "BTC/USDT" }), { seed: 3, length: 1_000 });

Deno.test("a notebook studies a strategy in one line: its run counts once, its replays never, and the verdict is shown", () =>
  inTemporaryFolder(async (dataDir) => {
    const options = { params: { fast: 3, slow: 9 }, fees: 5, samples: 5, dataDir };
    const study = await robustness(smaCross, btc, options);
    const run = await backtest(smaCross, btc, { params: { fast: 3, slow: 9 }, fees: 5, dataDir });
    assert.equal(study.run.hash, run.manifest.run.hash);
    assert.equal(study.actual.tradeCount, run.trades.length);
    assert.deepEqual((await trialLedger({ dataDir })).map(({ trials }) => trials), [1]);
    assert.equal(study.evidence.judgement?.trials, 1);
    await backtest(smaCross, btc, { params: { fast: 4, slow: 9 }, fees: 5, dataDir });
    assert.equal((await robustness(smaCross, btc, options)).evidence.judgement?.trials, 2);
    const shown = await study[JUPYTER_DISPLAY]();
    assert.match(shown["text/plain"]!, /^Verdict: /);
    assert.match(shown["text/html"]!, /would have to be true[^]*finding/);
  }));

Deno.test("the verdict knows of the sweep and the walk that it is given, and refuses those of another market", () =>
  inTemporaryFolder(async (dataDir) => {
    const grid = { fast: [3, 5], slow: [9, 20] }, costs = { fees: 5, dataDir };
    const swept = await sweep(smaCross, btc, grid, costs);
    const walk = await walkForward(smaCross, btc, grid, { ...costs, trainDays: 20, testDays: 5 });
    const options = { ...costs, params: { fast: 3, slow: 9 }, samples: 5 };
    const study = await robustness(smaCross, btc, { ...options, sweep: swept, walk });
    assert.deepEqual(study.evidence.overfitting, swept.overfitting);
    assert.equal(study.evidence.walks[0]!.cagrFraction, walk.metrics.cagrFraction);
    const said = study.verdict.unknown.join(" ");
    assert.doesNotMatch(said, /no walk-forward of it is kept|returns of other trials are not kept/);
    const eth = plainHistory(instrument({ exchange: "test", symbol: "ETH/USDT" }), { seed: 3, length: 1_000 });
    await assert.rejects(
      robustness(smaCross, eth, { ...options, sweep: swept }),
      /sweep is of .*BTC.* nothing about .*ETH/,
    );
  }));
