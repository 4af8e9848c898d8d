import assert from "node:assert/strict";
import type { SweepTrial } from "../research/mod.ts";
import { inTemporaryFolder } from "../testing/temporary_folder.ts";
import { StudyFile, studyPath } from "./study_file.ts";

const trial = (index: number) =>
  ({ index, params: { fast: index }, path: "columns", metrics: {} }) as unknown as SweepTrial;

Deno.test("a study file gives back its trials, without the line that a kill cut off, and goes on there", async () => {
  await inTemporaryFolder(async (root) => {
    const path = studyPath(root, "0123"), file = new StudyFile(path);
    assert.deepEqual(await file.open(true), []);
    await file.append([trial(0), trial(1)]);
    file.close();
    await Deno.writeTextFile(path, '{"index":2,"par', { append: true });
    const again = new StudyFile(path);
    assert.deepEqual(await again.open(true), [trial(0), trial(1)]);
    await again.append([trial(2)]);
    again.close();
    assert.deepEqual(await new StudyFile(path).open(true).then((trials) => trials.map(({ index }) => index)), [
      0,
      1,
      2,
    ]);
    await Deno.writeTextFile(path, `no json\n${JSON.stringify(trial(1))}\n`);
    await assert.rejects(
      new StudyFile(path).open(true),
      /line 1 of .* is damaged: run it again without --resume/,
    );
    assert.deepEqual(await new StudyFile(path).open(false), []);
  });
});
