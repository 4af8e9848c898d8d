import assert from "node:assert/strict";
import { swingingDays, withProgram } from "../testing/program.ts";

const BACKTEST = ["backtest", "--json", "--strategy", "sma-cross", "--symbol", "BTC/USDT", "--timeframe", "1d"];
const of = (fast: number) => [...BACKTEST, "--param", `fast=${fast}`, "--param", "slow=20"];

Deno.test("backtests are counted once each, judged by the count, and what was tampered with is named", () =>
  withProgram(swingingDays(200), async (program, _, ledger) => {
    const empty = await program("ledger", "list");
    assert.match(empty.stdout, /no trials yet/);
    assert.match((await program("ledger", "show")).stderr, /the ledger has no trials yet/);
    const runs = [];
    for (const fast of [3, 5, 8, 5]) runs.push(JSON.parse((await program(...of(fast))).stdout));
    assert.deepEqual(runs.map(({ trial }) => trial.judgement.trials), [1, 2, 3, 3]);
    assert.deepEqual(runs[3], { ...runs[1], trial: runs[3].trial });

    const { families: [family] } = JSON.parse((await program("ledger", "list", "--json")).stdout);
    assert.deepEqual([family.strategy, family.instrument, family.timeframe], ["sma-cross", "test:BTC/USDT", "1d"]);
    assert.equal(family.trials, 3);
    const sharpes = runs.slice(0, 3).map(({ metrics }) => metrics.sharpe);
    assert.ok(Math.abs(family.judgement.sharpe - Math.max(...sharpes)) < 1e-9);
    assert.ok(family.judgement.deflatedSharpe < family.judgement.probabilisticSharpe);
    const best = runs[sharpes.indexOf(Math.max(...sharpes))];
    assert.deepEqual([family.best.hash, family.best.params], [best.hash, best.spec.params]);

    const shown = JSON.parse((await program("ledger", "show", "--json", "--blocks", "4", "--resamples", "50")).stdout);
    assert.deepEqual([shown.keptRuns.trials, shown.keptRuns.days, shown.keptRuns.blocks], [3, 200, 4]);
    assert.ok(shown.keptRuns.pbo >= 0 && shown.keptRuns.pbo <= 1);
    assert.ok(shown.keptRuns.superiorPredictiveAbility.consistent <= 1);
    const text = await program("ledger", "show");
    assert.match(text.stdout, /3 trials; the best is run [^]*Bonferroni[^]*PBO[^]*SPA/);
    assert.match((await program("ledger", "show", "--strategy", "macd-trend")).stderr, /it has sma-cross on test:BTC/);

    const whole = await program("ledger", "verify", "--json");
    assert.deepEqual([whole.code, JSON.parse(whole.stdout).faults], [0, []]);
    const rows = (await Deno.readTextFile(ledger)).trimEnd().split("\n");
    await Deno.writeTextFile(ledger, `${rows.toSpliced(1, 1).join("\n")}\n`);
    const spoilt = await program("ledger", "verify", "--json"), { faults } = JSON.parse(spoilt.stdout);
    assert.equal(spoilt.code, 1);
    assert.deepEqual(faults.map(({ kind, sequence }: { kind: string; sequence: number }) => [kind, sequence]), [[
      "deleted",
      2,
    ]]);
    const refused = await program("ledger", "list");
    assert.deepEqual([refused.code, refused.stdout], [1, ""]);
    assert.match(refused.stderr, /cannot be counted, before line 2, row 2 is missing/);
  }));

Deno.test("a ledger that cannot be used costs no run: it is kept, and the warning says what is wrong", () =>
  withProgram(swingingDays(200), async (program, _, ledger) => {
    await Deno.mkdir(ledger.replace(/\/[^/]+$/, ""));
    await Deno.writeTextFile(ledger, "time,open,high\n");
    const { code, stdout, stderr } = await program(...of(3)), { hash, trial } = JSON.parse(stdout);
    assert.deepEqual([code, trial], [0, undefined]);
    assert.match(
      stderr,
      /warning: the run is kept, and could not be counted as a trial: the trial ledger .* row 1 cannot be read/,
    );
    assert.ok((await Deno.stat(ledger.replace("ledger/trials.jsonl", `runs/${hash}/manifest.json`))).isFile);
    assert.equal(await Deno.readTextFile(ledger), "time,open,high\n");
  }));
