// A study as its user makes it: three commands over one market, and what they say when something is wrong.
import assert from "node:assert/strict";
import { swingingDays, withProgram } from "../testing/program.ts";

const MARKET = ["--strategy", "sma-cross", "--symbol", "BTC/USDT", "--timeframe", "1d"];
const GRID = ["--grid", "fast=2:5", "--grid", "slow=10:30:10"];

Deno.test("a sweep, a walk and a cross-validation count every trial once and say what it does to the best", () =>
  withProgram(swingingDays(500), async (program) => {
    const swept = JSON.parse((await program("sweep", ...MARKET, ...GRID, "--json")).stdout);
    assert.equal(swept.trials.length, 12);
    assert.equal(swept.judgement.trials, 12);
    assert.equal(swept.best.deflatedSharpe, swept.judgement.deflatedSharpe);
    assert.ok(swept.overfitting.pbo >= 0 && swept.overfitting.pbo <= 1 && swept.overfitting.days === 500);

    const windows = ["--train", "200d", "--test", "20w", "--gap", "24h"];
    const walked = JSON.parse(
      (await program("walk-forward", ...MARKET, ...GRID, ...windows, "--equity", "--json")).stdout,
    );
    assert.deepEqual([walked.steps.length, walked.windows], [3, 3]);
    assert.deepEqual(walked.layout, { trainDays: 200, testDays: 140, gapDays: 1 });
    assert.equal(walked.counted.appended, 3 * 13);
    assert.equal(walked.equity.equity.length, 500 - 201);
    assert.equal(walked.equity.equity.at(-1), walked.metrics.finalEquityQuote);
    const again = await program("walk-forward", ...MARKET, ...GRID, ...windows, "--resume");
    assert.match(again.stdout, /efficiency[^]*3 of 3 windows[^]*36 trials were there from an earlier run/);

    const validated = JSON.parse(
      (await program("cross-validate", ...MARKET, ...GRID, "--groups", "6", "--json")).stdout,
    );
    assert.deepEqual([validated.splits.length, validated.paths.length, validated.counted.appended], [15, 5, 0]);
    const { params } = validated.splits[0];
    assert.ok(params.fast >= 2 && params.slow >= 10);

    const { families: [family] } = JSON.parse((await program("ledger", "list", "--json")).stdout);
    assert.equal(family.trials, 12 + 39);
    const resumed = JSON.parse((await program("sweep", ...MARKET, ...GRID, "--resume", "--json")).stdout);
    assert.deepEqual([resumed.resumed, resumed.counted.appended, resumed.judgement.trials], [12, 0, 51]);
    assert.ok(resumed.best.deflatedSharpe < swept.best.deflatedSharpe, "more trials, less to believe");
    const text = (await program("sweep", ...MARKET, ...GRID)).stdout;
    assert.match(text, /among all 51 trials of its family[^]*deflated[^]*PBO/);
  }));

Deno.test("options that a spec says already are refused beside it, not passed over", () =>
  withProgram(swingingDays(60), async (program, dataDir) => {
    const markets = [{ exchange: "test", symbol: "BTC/USDT" }], path = `${dataDir}/spec.json`;
    await Deno.writeTextFile(path, JSON.stringify({ strategy: "sma-cross", markets, timeframe: "1d" }));
    for (const [command, option] of [["sweep", "--grid"], ["search", "--space"], ["walk-forward", "--grid"]]) {
      const windows = command === "walk-forward" ? ["--train", "20d", "--test", "20d"] : [];
      const args = [command!, "--spec", path, option!, "fast=2,3", ...windows];
      const { code, stderr } = await program(...args, "--from", "2020-01-01", "--taker-bps", "0");
      assert.equal(code, 2, command);
      assert.match(stderr, /--spec says all but what .* tries: leave out --from --taker-bps/);
    }
  }));

Deno.test("a study that cannot be made says what to do, and leaves the ledger as it was", () =>
  withProgram(swingingDays(60), async (program, _, ledger) => {
    await program("sweep", ...MARKET, ...GRID);
    const before = await Deno.readTextFile(ledger);
    const cases: [args: string[], code: number, message: RegExp][] = [
      [
        ["sweep", ...MARKET, "--grid", "fast=1:1000000", "--grid", "slow=1:1000"],
        1,
        /a grid of 1,000,000,000 points .* search instead/,
      ],
      [["sweep", ...MARKET], 2, /sweep needs --grid/],
      [["walk-forward", ...MARKET, ...GRID], 2, /walk-forward needs --train and --test, as in --train 365d --test 90d/],
      [
        ["walk-forward", ...MARKET, ...GRID, "--train", "365d", "--test", "90d"],
        1,
        /a training of 365 days leaves none to test on/,
      ],
      [
        ["walk-forward", ...MARKET, ...GRID, "--train", "a year", "--test", "9"],
        2,
        /"a year" is no length of time: write it as 90d/,
      ],
      [["walk-forward", ...MARKET, ...GRID, "--train", "20", "--test", "0"], 1, /a test of 0 days is none/],
      [["cross-validate", ...MARKET, ...GRID, "--groups", "100"], 1, /60 samples are too few for 100 groups/],
      [
        ["cross-validate", ...MARKET, ...GRID, "--groups", "4", "--test-groups", "4"],
        1,
        /4 of 4 groups cannot be the test/,
      ],
      [["sweep", ...MARKET, ...GRID, "--objective", "luck"], 2, /trials have no figure "luck"/],
    ];
    for (const [args, code, message] of cases) {
      const answer = await program(...args);
      assert.match(answer.stderr, message);
      assert.equal(answer.code, code, args.join(" "));
      assert.equal(await Deno.readTextFile(ledger), before);
    }
    await Deno.writeTextFile(ledger, before.slice(0, before.lastIndexOf("\n", before.length - 2) + 1));
    const cut = await program("sweep", ...MARKET, "--grid", "fast=6,7");
    assert.equal(cut.code, 1);
    assert.match(cut.stderr, /ledger .* was changed by hand, its last rows are not those that were written/);
  }));

Deno.test("who kills a sweep has seen the trials that it made: the ledger has them, each once, whatever is run afterwards", () =>
  withProgram(swingingDays(400), async (program, dataDir, ledger) => {
    const path = `${dataDir}/spec.json`, markets = [{ exchange: "test", symbol: "BTC/USDT" }];
    // One position at most is a rule of the event path, which takes its time.
    await Deno.writeTextFile(
      path,
      JSON.stringify({ strategy: "sma-cross", markets, timeframe: "1d", limits: { maxPositions: 1 } }),
    );
    const sweep = ["--spec", path, "--grid", "fast=2:40", "--grid", "slow=50:90:10"];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P=worker", "--no-prompt", "jobs/main.ts", "sweep", ...sweep],
      env: { CRYPTO_TRADER_DATA_DIR: dataDir, CRYPTO_TRADER_LEDGER: ledger, DATABASE_URL: "", REDIS_URL: "" },
      stdout: "null",
      stderr: "null",
    }).spawn();
    const rowsOf = async () => (await Deno.readTextFile(ledger).catch(() => "")).split("\n").length - 1;
    while (await rowsOf() < 16) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGKILL");
    await child.status;
    const seen = await rowsOf();
    assert.ok(seen < 195, "killed before its end");
    const listed = async () => JSON.parse((await program("ledger", "list", "--json")).stdout).families[0].trials;
    assert.equal(await listed(), seen);
    assert.equal((await program("ledger", "verify")).code, 0);
    const whole = JSON.parse((await program("sweep", ...sweep, "--json")).stdout);
    assert.deepEqual([whole.trials.length, whole.counted.appended, whole.counted.repeated], [195, 195 - seen, seen]);
    assert.equal(await listed(), 195);
  }));
