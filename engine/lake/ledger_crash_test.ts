// A writer of the ledger is killed: after any byte that it may have written last, and as a process, at any moment.
import assert from "node:assert/strict";
import { exampleTrials } from "../testing/example_trials.ts";
import { inTemporaryFolder } from "../testing/temporary_folder.ts";
import { appendTrials, checkLedger, ledgerPath, readTrials } from "./mod.ts";

Deno.test("an append that ends after any of its bytes is cleared away or completed by the next one", () =>
  inTemporaryFolder(async (root) => {
    const path = ledgerPath(root), head = path.replace(".jsonl", ".head.json");
    await appendTrials(path, exampleTrials(0, 2));
    const before = await Deno.readFile(path), headBefore = await Deno.readTextFile(head);
    await appendTrials(path, exampleTrials(2, 4));
    const after = await Deno.readFile(path), headAfter = await Deno.readTextFile(head);
    const middle = after.indexOf(10, before.length) + 1,
      isNear = (length: number) =>
        [before.length, middle, after.length].some((end) => Math.abs(length - end) < 12) || length % 29 === 0;
    for (let length = before.length; length <= after.length; length++) {
      if (!isNear(length)) continue;
      await Deno.writeFile(path, after.subarray(0, length));
      await Deno.writeTextFile(head, headBefore);
      const { faults, interrupted, trials } = await checkLedger(path);
      assert.deepEqual(faults, [], `after ${length} bytes`);
      const isWhole = [before.length, middle - 1, middle, after.length - 1, after.length].includes(length);
      assert.equal(interrupted, !isWhole, `after ${length} bytes`);
      assert.ok(trials.length >= 2);
      await appendTrials(path, exampleTrials(2, 4));
      assert.deepEqual(await Deno.readFile(path), after);
      assert.equal(await Deno.readTextFile(head), headAfter);
    }
  }));

Deno.test("a writer that is killed at any moment has kept every trial that it said it had kept", () =>
  inTemporaryFolder(async (root) => {
    const path = ledgerPath(root);
    for (const [batch, aliveMs] of [[1, 5], [7, 30], [500, 60], [3_000, 90]] as const) {
      const kept = await killedWriter(path, batch, aliveMs);
      const { trials, faults } = await checkLedger(path);
      assert.deepEqual(faults, []);
      assert.ok(trials.length >= kept, `${trials.length} of ${kept}`);
      const { total } = await appendTrials(path, exampleTrials(trials.length, trials.length + 1));
      assert.deepEqual(await readTrials(path), exampleTrials(0, total));
    }
  }));

/** Starts a writer and kills it −9 so long after its first word; gives the number of trials that it last named. */
async function killedWriter(path: string, batch: number, aliveMs: number): Promise<number> {
  const program = new URL("../testing/example_trials.ts", import.meta.url).pathname,
    folder = path.replace(/\/[^/]+$/, "");
  const writer = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "--no-check",
      "--no-prompt",
      "--allow-read",
      `--allow-write=${folder}`,
      program,
      path,
      `${batch}`,
    ],
    stdout: "piped",
  }).spawn();
  let said = "", timer: ReturnType<typeof setTimeout> | undefined;
  for await (const text of writer.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    timer ??= setTimeout(() => writer.kill("SIGKILL"), aliveMs);
  }
  assert.equal((await writer.status).signal, "SIGKILL");
  return Number(said.slice(0, said.lastIndexOf("\n")).split("\n").at(-1));
}
