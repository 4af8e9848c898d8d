// From a grid to a verdict, as its user goes: three commands.
import assert from "node:assert/strict";
import { swingingDays, withProgram } from "../testing/program.ts";

const MARKET = ["--strategy", "sma-cross", "--symbol", "BTC/USDT", "--timeframe", "1d"];
const GRID = ["--grid", "fast=2:5", "--grid", "slow=10:30:10"];
const ONE = [...MARKET, "--param", "fast=3", "slow=20"];

Deno.test("a sweep, a walk and a study of robustness end in a verdict that knows of all three", () =>
  withProgram(swingingDays(500), async (program, dataDir) => {
    const alone = JSON.parse((await program("robustness", ...ONE, "--samples", "6", "--json")).stdout);
    assert.equal(alone.evidence.judgement.trials, 1);
    assert.deepEqual([alone.evidence.walks, alone.evidence.overfitting.reason !== undefined], [[], true]);

    const swept = JSON.parse((await program("sweep", ...MARKET, ...GRID, "--json")).stdout);
    await program("walk-forward", ...MARKET, ...GRID, "--train", "200d", "--test", "140d");
    const study = JSON.parse((await program("robustness", ...ONE, "--samples", "6", "--json")).stdout);
    assert.equal(study.run.hash, alone.run.hash);
    assert.equal(study.evidence.judgement.trials, 12 + 3 * 12 + 3, "the replays are no trials");
    assert.deepEqual(study.evidence.overfitting, swept.overfitting);
    assert.deepEqual(study.evidence.walks.map((walk: { windows: number }) => walk.windows), [3]);
    assert.equal(study.bootstrap.stationary.samples, 6);
    assert.ok(study.verdict.conditions.length > 0);
    assert.deepEqual(study.crisis.missing.length, 3, "of the four crises only August 2024 is in the data");
    assert.deepEqual(study.costs, alone.costs);

    const { file, ...kept } = study;
    assert.equal(file, `${dataDir}/robustness/${study.run.hash}.json`);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(file)), kept);

    const text = await program("robustness", study.run.hash.slice(0, 12), "--samples", "6");
    assert.match(
      text.stdout,
      /Verdict: [^]*would have to be true[^]*best of 51 trials[^]*the run[^]*holding[^]*kept in /,
    );
    assert.deepEqual(JSON.parse(await Deno.readTextFile(file)), kept, "by its hash it is the same study");
    const byManifest = ["robustness", `${dataDir}/runs/${study.run.hash}/manifest.json`, "--samples", "6", "--json"];
    assert.deepEqual(JSON.parse((await program(...byManifest)).stdout), study);
    const seeded = JSON.parse(
      (await program("robustness", study.run.hash, "--samples", "6", "--seed", "7", "--block", "30", "--json")).stdout,
    );
    assert.deepEqual([seeded.settings.seed, seeded.settings.blockCandles], [7, 30]);
    assert.notDeepEqual(seeded.bootstrap, study.bootstrap);
  }));

Deno.test("a study that cannot be made says what to do", () =>
  withProgram(swingingDays(60), async (program, dataDir) => {
    const cases: [args: string[], code: number, message: RegExp][] = [
      [["robustness"], 2, /robustness needs --strategy and --symbol and --timeframe, or --spec FILE/],
      [["robustness", "abc"], 1, /there is no run abc/],
      [["robustness", "abc", "--strategy", "sma-cross"], 2, /abc says what is run: leave out --strategy/],
      [["robustness", "none.json"], 1, /none.json cannot be read/],
      [["robustness", ...ONE, "--samples", "0"], 1, /samples of 0 cannot be studied/],
      [
        ["robustness", ...ONE, "--block", "1000"],
        1,
        /blocks of 1000 candles cannot be studied: use 1 to the 60 that there are/,
      ],
    ];
    for (const [args, code, message] of cases) {
      const answer = await program(...args);
      assert.match(answer.stderr, message);
      assert.equal(answer.code, code, args.join(" "));
    }
    const { run } = JSON.parse((await program("robustness", ...ONE, "--samples", "2", "--json")).stdout);
    await Deno.remove(`${dataDir}/candles`, { recursive: true });
    const gone = await program("robustness", run.hash);
    assert.match(gone.stderr, /the lake no longer has the candles that run .* was made of: import them again/);
    assert.equal(gone.code, 1);
  }));
