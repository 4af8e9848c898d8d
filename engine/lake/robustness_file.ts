// Studies of robustness, one file a run: whole or not at all.
import type { RobustnessStudy } from "../research/mod.ts";
import { asOnlyWriter, replaceFile, textIfThere } from "./atomic_file.ts";

/** Where the study of a run is kept. */
export function robustnessPath(root: string, hash: string): string {
  return `${root}/robustness/${hash}.json`;
}

/** Keeps a study in `robustness/<hash of the run>.json`, in place of an earlier one of the same run. */
export async function writeRobustness(root: string, study: RobustnessStudy): Promise<string> {
  const path = robustnessPath(root, study.run.hash);
  await asOnlyWriter(root, async () => {
    await Deno.mkdir(`${root}/robustness`, { recursive: true });
    await replaceFile(path, `${JSON.stringify(study, null, 2)}\n`);
  });
  return path;
}

/** The study of a run; null where none is kept. */
export async function readRobustness(root: string, hash: string): Promise<RobustnessStudy | null> {
  const text = await textIfThere(robustnessPath(root, hash));
  return text === null ? null : JSON.parse(text) as RobustnessStudy;
}
