// A search as its user starts it: what it keeps, counts and says, and what it says when something is wrong.
import assert from "node:assert/strict";
import { swingingDays, withProgram } from "../testing/program.ts";

const MARKET = ["--strategy", "sma-cross", "--symbol", "BTC/USDT", "--timeframe", "1d"];
const SPACE = ["--space", "fast=2:9", "--space", "slow=10:60:log"];

Deno.test("a search is kept, counted, judged, and goes on with more trials to the study that it would have been", () =>
  withProgram(swingingDays(500), async (program, _, ledger) => {
    const search = async (...args: string[]) =>
      JSON.parse((await program("search", ...MARKET, ...SPACE, "--json", ...args)).stdout);
    const few = await search("--trials", "20", "--certify", "1");
    assert.deepEqual([few.trials.length, few.ended, few.judgement.trials], [20, "trials", 20]);
    assert.ok(few.certificates[0].equal);
    const rows = (await Deno.readTextFile(ledger)).trimEnd().split("\n");
    assert.equal(rows.length, 20);
    assert.ok(rows.every((row) => row.includes('"source":"search"')));

    const more = await search("--trials", "40", "--resume", "--workers", "2");
    assert.deepEqual([more.resumed, more.trials.length, more.judgement.trials], [20, 40, 40]);
    assert.deepEqual(more.trials.slice(0, 20), few.trials);
    const anew = await search("--trials", "40");
    assert.deepEqual([anew.resumed, anew.counted.appended, anew.trials], [0, 0, more.trials]);

    const text = (await program("search", ...MARKET, ...SPACE, "--trials", "40", "--resume")).stdout;
    assert.match(text, /40 trials of sma-cross by tpe[^]*40 of them were there[^]*depends on: [^]*The best stands on/);
    const front = await search("--sampler", "nsga-ii", "--objective", "sharpe", "--objective", "-feesQuote");
    assert.deepEqual(front.objectives.map(({ direction }: { direction: string }) => direction), ["max", "min"]);
    assert.ok(front.front.length >= 1 && front.front[0].index === front.best.index);
  }));

Deno.test("what cannot be searched says what to do; an objective that is NaN everywhere is counted and said", () =>
  withProgram(swingingDays(200), async (program, dataDir, ledger) => {
    const cases: [args: string[], code: number, message: RegExp][] = [
      [["--space", "fast=50:5"], 1, /fast from 50 to 5 is empty: write the smaller number first/],
      [["--space", "quick=2:9"], 1, /no parameter "quick", but fast, slow/],
      [["--sampler", "tpee"], 2, /no sampler "tpee".*did you mean tpe/],
      [["--trials", "0"], 2, /cannot have 0 trials/],
      [["--seed", "1.5"], 2, /cannot have the seed 1.5/],
      [["--constraint", "trades>=3"], 2, /trials have no figure "trades"/],
      [["--constraint", "tradeCount>3"], 2, /"tradeCount>3" is no constraint: write it as in tradeCount>=30/],
      [["--objective", "luck"], 2, /trials have no figure "luck"/],
      [["--objective", "sharpe", "--objective", "-sharpe"], 2, /sharpe is an objective twice/],
      [["--space", "fast=300:500", "--space", "slow=10:200"], 1, /refuses every point that was tried of the space/],
      [["--sampler", "cma-es", "--objective", "sharpe", "--objective", "calmar"], 2, /best of one figure, not of 2/],
    ];
    for (const [args, code, message] of cases) {
      const answer = await program("search", ...MARKET, ...args);
      assert.match(answer.stderr, message);
      assert.equal(answer.code, code, args.join(" "));
      await assert.rejects(Deno.stat(ledger));
    }
    await Deno.writeTextFile(`${dataDir}/loss.ts`, "export default () => NaN;");
    const nothing = await program("search", ...MARKET, ...SPACE, "--trials", "12", "--loss", `${dataDir}/loss.ts`);
    assert.equal(nothing.code, 0);
    assert.match(nothing.stdout, /no trial has a best: the loss is not defined for any of them/);
    assert.match(nothing.stdout, /12 trials are new to the ledger/);
  }));
