import assert from "node:assert/strict";
import { JUPYTER_DISPLAY } from "./display/mod.ts";
import { instrument } from "./market/mod.ts";
import { trialLedger } from "./notebook_ledger.ts";
import { search } from "./search.ts";
import { smaCross } from "./strategies/mod.ts";
import { plainHistory } from "./testing/random_history.ts";
import { inTemporaryFolder } from "./testing/temporary_folder.ts";

const btc = plainHistory(instrument({ exchange: "test", symbol: "BTC/USDT" }), { seed: 3, length: 2_000 });
const space = { fast: { from: 2, to: 19 }, slow: { from: 20, to: 120, log: true } };

Deno.test("a search in a notebook counts its trials, judges the best one and shows itself", () =>
  inTemporaryFolder(async (dataDir) => {
    const study = await search(smaCross, btc, space, {
      trials: 40,
      constraints: ["tradeCount>=20"],
      certify: 1,
      dataDir,
    });
    assert.equal(study.trials.length, 40);
    assert.ok(study.best!.metrics.tradeCount! >= 20);
    assert.equal(study.judgement!.trials, 40);
    assert.equal(study.best!.deflatedSharpe, study.judgement!.deflatedSharpe);
    assert.equal((await trialLedger({ dataDir }))[0]!.trials, 40);
    assert.ok("pbo" in study.overfitting);
    assert.equal(study.importance!.parameters.length, 2);
    const shown = await study[JUPYTER_DISPLAY]();
    assert.match(
      shown["text/plain"]!,
      /40 trials of sma-cross by tpe with seed 1, the best by sharpe where tradeCount>=20/,
    );
    assert.match(shown["text/plain"]!, /depends on (fast|slow) \d+ %[^]*The best stands on [^]*Luck alone gives/);
    assert.match(shown["text/html"]!, /tradeCount&gt;=20/);

    // More trials go on from there, and cost the first ones nothing.
    const more = await search(smaCross, btc, space, {
      trials: 60,
      constraints: ["tradeCount>=20"],
      resume: study,
      dataDir,
    });
    assert.deepEqual(more.trials.slice(0, 40), study.trials);
    assert.equal((await trialLedger({ dataDir }))[0]!.trials, 60);
  }));

Deno.test("several objectives show their front, a loss its values, and workers change nothing", () =>
  inTemporaryFolder(async (dataDir) => {
    const objective = ["totalReturnFraction", "-maxDrawdownFraction"] as const;
    const options = { objective, sampler: "nsga-ii", trials: 64, dataDir } as const;
    const alone = await search(smaCross, btc, space, options);
    assert.match(
      (await alone[JUPYTER_DISPLAY]())["text/plain"]!,
      /a front of \d+ by totalReturnFraction and maxDrawdown/,
    );
    const { trials } = await search(smaCross, btc, space, { ...options, workers: 3 });
    assert.deepEqual(trials, alone.trials);
    const loss = await search(smaCross, btc, space, { loss: ({ sharpe }) => -sharpe!, trials: 20, dataDir });
    assert.equal(loss.best!.values[0], -loss.best!.metrics.sharpe!);
    assert.match((await loss[JUPYTER_DISPLAY]())["text/plain"]!, /the best by the least loss[^]*loss/);
  }));

Deno.test("unrounded trials are counted, and what cannot be searched is said", () =>
  inTemporaryFolder(async (dataDir) => {
    const study = await search(smaCross, btc, space, { trials: 10, money: "unrounded", dataDir });
    assert.equal(study.judgement!.trials, 10);
    assert.equal((await trialLedger({ dataDir })).reduce((sum, { trials }) => sum + trials, 0), 10);
    await assert.rejects(search(smaCross, btc, { fast: { from: 9, to: 3 } }), /fast from 9 to 3 is empty/);
    await assert.rejects(search(smaCross, btc, space, { constraints: ["trades>3"] }), /is no constraint/);
  }));
