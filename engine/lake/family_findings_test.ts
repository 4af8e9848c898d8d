import assert from "node:assert/strict";
import type { OverfittingTests, RobustnessStudy, WalkForward } from "../research/mod.ts";
import { inTemporaryFolder } from "../testing/temporary_folder.ts";
import { keepOverfitting, keepWalk, readFindings } from "./family_findings.ts";
import { readRobustness, robustnessPath, writeRobustness } from "./robustness_file.ts";

const family = { strategy: "sma-cross", instrument: "test:BTC/USDT", timeframe: "1h" };
const tests = (trials: number, pbo: number) => ({ trials, days: 100, pbo }) as OverfittingTests;
const walk = (cagrFraction: number, steps = 1) =>
  ({
    windows: 1,
    steps: Array.from({ length: steps }, () => ({ test: { fromMs: 1, toMs: 2 } })),
    metrics: { cagrFraction, sharpe: 1 },
    judgement: { probabilisticSharpe: 0.9 },
    efficiencyRatio: null,
  }) as unknown as WalkForward;

Deno.test("of the sweeps of a family the one with the most trials is kept, of equal ones the last", () =>
  inTemporaryFolder(async (root) => {
    assert.deepEqual(await readFindings(root, family), { family, overfitting: null, walks: [] });
    for (const [trials, pbo, expected] of [[20, 0.1, 0.1], [5, 0.9, 0.1], [20, 0.3, 0.3], [50, 0.2, 0.2]] as const) {
      await keepOverfitting(root, family, tests(trials, pbo));
      assert.deepEqual((await readFindings(root, family)).overfitting, tests(trials === 5 ? 20 : trials, expected));
    }
    await keepOverfitting(root, family, { trials: 90, days: 1, reason: "too few" });
    assert.deepEqual((await readFindings(root, family)).overfitting, tests(50, 0.2));
    assert.equal((await readFindings(root, { ...family, timeframe: "1d" })).overfitting, null);
  }));

Deno.test("whole walks are kept once each, the one made last at the end", () =>
  inTemporaryFolder(async (root) => {
    for (const cagr of [0.1, 0.2, 0.1]) await keepWalk(root, family, walk(cagr));
    await keepWalk(root, family, walk(0.9, 0));
    assert.deepEqual((await readFindings(root, family)).walks.map(({ cagrFraction }) => cagrFraction), [0.2, 0.1]);
  }));

Deno.test("a study takes the place of an earlier one of the same run, unless it was interrupted and that one was not", () =>
  inTemporaryFolder(async (root) => {
    const study = (samples: number, interrupted = false) =>
      ({ run: { hash: "ab" }, settings: { samples }, interrupted }) as unknown as RobustnessStudy;
    assert.equal(await readRobustness(root, "ab"), null);
    for (const samples of [1, 2]) assert.ok(await writeRobustness(root, study(samples, true)));
    assert.equal(await writeRobustness(root, study(1)), robustnessPath(root, "ab"));
    await writeRobustness(root, study(2));
    assert.deepEqual(await readRobustness(root, "ab"), study(2));
    assert.equal(await writeRobustness(root, study(3, true)), null, "one that was interrupted leaves a whole one");
    assert.deepEqual(await readRobustness(root, "ab"), study(2));
    assert.deepEqual(Array.from(Deno.readDirSync(`${root}/robustness`), ({ name }) => name), ["ab.json"]);
  }));
