import assert from "node:assert/strict";
import { exampleTrial } from "../engine/testing/example_trials.ts";
import { inTemporaryFolder } from "../engine/testing/temporary_folder.ts";
import { StudyCounter } from "./trial_counting.ts";

Deno.test("a study that goes on counts what it had, however many trials that are", () =>
  inTemporaryFolder(async (folder) => {
    const counter = new StudyCounter({ ledger: `${folder}/trials.jsonl`, uncounted: assert.fail });
    const trial = exampleTrial(1);
    await counter.add(Array.from({ length: 300_000 }, () => trial));
    const { counted, own } = (await counter.end())!;
    assert.deepEqual(counted, { appended: 1, repeated: 299_999, total: 1 });
    assert.equal(own.length, 300_000);
  }));
