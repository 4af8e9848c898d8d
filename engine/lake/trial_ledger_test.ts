import assert from "node:assert/strict";
import { isIntact, sha256Hex } from "../identity/mod.ts";
import { exampleTrial, exampleTrials } from "../testing/example_trials.ts";
import { inTemporaryFolder } from "../testing/temporary_folder.ts";
import { appendTrials, checkLedger, ledgerPath, readTrials, TrialLedger } from "./mod.ts";
import { asWriterOf } from "./writer_lock.ts";

const linesOf = async (path: string) => (await Deno.readTextFile(path)).trimEnd().split("\n");
const writeLines = (path: string, lines: readonly string[]) =>
  Deno.writeTextFile(path, lines.map((l) => `${l}\n`).join(""));

/** Works with a ledger of six trials. */
function withSix(work: (path: string, lines: string[]) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (root) => {
    const path = ledgerPath(root);
    await appendTrials(path, exampleTrials(0, 6));
    await work(path, await linesOf(path));
  });
}

const faultsOf = async (path: string) =>
  (await checkLedger(path)).faults.map(({ kind, sequence }) => `${kind} ${sequence}`);

Deno.test("trials come back in the order in which they were appended, and count once a run hash", () =>
  inTemporaryFolder(async (root) => {
    const path = ledgerPath(root);
    assert.deepEqual(await readTrials(path), []);
    assert.deepEqual(await appendTrials(path, exampleTrials(0, 3)), { appended: 3, repeated: 0, total: 3 });
    const again = [exampleTrial(1, { source: "backtest" }), exampleTrial(3), exampleTrial(3)];
    assert.deepEqual(await appendTrials(path, again), { appended: 1, repeated: 2, total: 4 });
    assert.deepEqual(await readTrials(path), exampleTrials(0, 4));
    assert.deepEqual((await checkLedger(path)).faults, []);
  }));

Deno.test("the same trials leave the same bytes, in one batch or in many, by one writer or by several in turn", () =>
  inTemporaryFolder(async (root) => {
    const trials = exampleTrials(0, 40), [whole, parts] = [`${root}/whole.jsonl`, `${root}/parts.jsonl`];
    await appendTrials(whole, trials);
    const writers = [new TrialLedger(parts), new TrialLedger(parts), new TrialLedger(parts)];
    for (let i = 0; i < 40; i += 4) await writers[i / 4 % 3]!.append(trials.slice(i, i + 4));
    assert.equal(await Deno.readTextFile(parts), await Deno.readTextFile(whole));
    assert.equal((await writers[0]!.append(trials)).repeated, 40);
  }));

Deno.test("the rows' hashes are those of the engine's own SHA-256, whatever is in them", () =>
  inTemporaryFolder(async (root) => {
    const path = ledgerPath(root), strange = exampleTrial(0, { params: { note: 'é "\\ 😀 \ud800' } });
    await appendTrials(path, [strange, exampleTrial(1)]);
    for (const line of await linesOf(path)) assert.ok(isIntact(line, sha256Hex));
    assert.deepEqual((await checkLedger(path)).faults, []);
  }));

Deno.test("writers that come at once wait for each other, and nothing is lost", () =>
  inTemporaryFolder(async (root) => {
    const path = ledgerPath(root);
    await Promise.all(Array.from({ length: 8 }, (_, i) => appendTrials(path, exampleTrials(i * 5, i * 5 + 5))));
    const { trials, faults } = await checkLedger(path);
    assert.deepEqual([trials.length, faults], [40, []]);
  }));

Deno.test("who cannot wait longer for another writer is told who it is", () =>
  withSix((path) =>
    asWriterOf(path, 0, async () => {
      await assert.rejects(
        new TrialLedger(path, 40).append([exampleTrial(6)]),
        new RegExp(`the process ${Deno.pid} is writing .*trials.jsonl: wait until it has ended`),
      );
      assert.equal((await readTrials(path)).length, 6, "readers do not wait");
    })
  ));

Deno.test("what is no trial is refused before anything is written", () =>
  withSix(async (path, lines) => {
    const nan = exampleTrial(7, { returns: { count: 2, sharpe: NaN, skewness: null, kurtosis: null } });
    await assert.rejects(appendTrials(path, [exampleTrial(6), nan]), /no trial for the ledger, "returns.sharpe"/);
    await assert.rejects(appendTrials(path, [exampleTrial(6, { hash: "short" })]), /"hash": it is not SHA-256/);
    assert.deepEqual(await linesOf(path), lines);
  }));

Deno.test("verify names a row that was edited, deleted, moved or is foreign, and no count is given of such a ledger", () =>
  withSix(async (path, lines) => {
    const [a, b, c, d, e, f] = lines as [string, string, string, string, string, string];
    const spoilt: [string[], string[]][] = [
      [[a, b, c.replace('"sharpe":-0.06', '"sharpe":0.06'), d, e, f], ["edited 3"]],
      [[a, c, d, e, f], ["deleted 2"]],
      [[a, b, c, d, e], ["deleted 6"]],
      [[a, b, c, e, d, f], ["reordered 4"]],
      [["time,open,high", a, b, c, d, e, f], ["foreign 1"]],
    ];
    for (const [changed, faults] of spoilt) {
      await writeLines(path, changed);
      assert.deepEqual(await faultsOf(path), faults);
      await assert.rejects(readTrials(path), /cannot be counted, .*(row|line) \d/);
    }
    await writeLines(path, lines);
    assert.equal((await readTrials(path)).length, 6);
  }));

Deno.test("a ledger whose end was tampered with takes no more rows, and stays as it is", () =>
  withSix(async (path, lines) => {
    const [a, b, c, d, e, f] = lines as [string, string, string, string, string, string];
    for (const changed of [[a, b, c, d, e], [a, b, c, d, e, f.replace('"slow":50', '"slow":51')], ["foreign"], []]) {
      await writeLines(path, changed);
      const before = await Deno.readTextFile(path);
      await assert.rejects(appendTrials(path, [exampleTrial(6)]), { code: "ledger-damaged" });
      assert.equal(await Deno.readTextFile(path), before);
    }
    await writeLines(path, lines);
    await Deno.remove(path.replace(".jsonl", ".head.json"));
    assert.deepEqual(await faultsOf(path), ["headless 6"]);
    await assert.rejects(appendTrials(path, [exampleTrial(6)]), /head\.json, which remembers its last row, is missing/);
  }));

Deno.test("a writer that knew the file before it was exchanged reads it anew", () =>
  withSix(async (path) => {
    const ledger = new TrialLedger(path), head = path.replace(".jsonl", ".head.json");
    await ledger.append([exampleTrial(6)]);
    await Deno.remove(path);
    await Deno.remove(head);
    await appendTrials(path, exampleTrials(10, 30));
    assert.deepEqual(await ledger.append([exampleTrial(6), exampleTrial(11)]), { appended: 1, repeated: 1, total: 21 });
    assert.deepEqual(await faultsOf(path), []);
  }));
