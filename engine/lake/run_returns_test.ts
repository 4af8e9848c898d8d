import assert from "node:assert/strict";
import { type RunRecord } from "../backtest/mod.ts";
import { dailyReturns } from "../metrics/mod.ts";
import { type Bar, HOUR_MS, runScript } from "../testing/scripted_run.ts";
import { inTemporaryFolder } from "../testing/temporary_folder.ts";
import { appendTrials, ledgerPath, readTrials, runReturns, writeRun } from "./mod.ts";

const bars: Bar[] = Array.from({ length: 80 }, (_, i) => {
  const close = 100 + 10 * Math.sin(i / 5);
  return [close, close + 1, close - 1, close];
});

/** Buys on one candle, and holds. */
const holding = (from: number, part = {}): Promise<RunRecord> =>
  runScript((context, candle) => candle === from && context.buy(), bars, part);

const hashOf = ({ manifest }: RunRecord) => manifest.run.hash;

Deno.test("returns of kept runs come over the same days, in the order that was asked for; others are left out", () =>
  inTemporaryFolder(async (root) => {
    assert.deepEqual((await runReturns(root, ["0".repeat(64)])).hashes, []);
    const early = await holding(3), late = await holding(30, { seed: 2 });
    const short = await holding(3, { to: new Date(HOUR_MS * 40).toISOString() });
    for (const run of [early, late, short]) await writeRun(root, run);
    const { hashes, dayMs, returns } = await runReturns(root, [short, late, early].map(hashOf));
    assert.deepEqual(hashes, [late, early].map(hashOf));
    const expected = dailyReturns(early.equity, 10_000);
    assert.deepEqual(returns[1], expected.returns.slice());
    assert.deepEqual(dayMs, expected.dayMs.slice());
  }));

Deno.test("a run that lost everything goes on with nothing, and is not left out", () =>
  inTemporaryFolder(async (root) => {
    const run = await holding(3),
      equity = { ...run.equity, equity: run.equity.equity.map((own, i) => i < 30 ? own : 0) };
    await writeRun(root, { ...run, equity });
    const { dayMs, returns: [returns] } = await runReturns(root, [hashOf(run)]);
    assert.deepEqual([dayMs.length, returns!.length], [4, 4]);
    assert.deepEqual(Array.from(returns!.subarray(1)), [-1, 0, 0]);
  }));

Deno.test("a run that is kept is counted, again only once, and a ledger that fails costs no run", () =>
  inTemporaryFolder(async (root) => {
    const run = await holding(3), problems: string[] = [];
    const counting = { uncounted: ({ message }: Error) => problems.push(message) };
    await writeRun(root, run, counting);
    await writeRun(root, run, counting);
    assert.deepEqual((await readTrials(ledgerPath(root))).map(({ hash, source }) => [hash, source]), [
      [hashOf(run), "backtest"],
    ]);
    await Deno.remove(`${root}/ledger`, { recursive: true });
    await Deno.writeTextFile(`${root}/ledger`, "");
    const other = await holding(20, { seed: 5 }), folder = await writeRun(root, other, counting);
    assert.ok((await Deno.stat(`${folder}/manifest.json`)).isFile);
    assert.match(problems.join(), /^the run is kept, and could not be counted as a trial: /);
    await Deno.remove(`${root}/ledger`);
    const elsewhere = `${root}/elsewhere/trials.jsonl`;
    await writeRun(root, other, { ledger: elsewhere });
    assert.equal((await appendTrials(elsewhere, await readTrials(elsewhere))).repeated, 1);
  }));
