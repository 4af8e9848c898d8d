// Studies of robustness, one file a run: whole or not at all.
import type { RobustnessStudy } from "../research/mod.ts";
import { asOnlyWriter, exists, replaceFile, textIfThere } from "./atomic_file.ts";

/** Where the study of a run is kept. */
export function robustnessPath(root: string, hash: string): string {
  return `${root}/robustness/${hash}.json`;
}

/**
 * Keeps a study in `robustness/<hash of the run>.json`, in place of an earlier one of the same run; one that was
 * interrupted does not take the place of a whole one.
 *
 * @returns Its path; null where the earlier one was left.
 */
export async function writeRobustness(root: string, study: RobustnessStudy): Promise<string | null> {
  const path = robustnessPath(root, study.run.hash);
  return await asOnlyWriter(root, async () => {
    const before = study.interrupted ? await readRobustness(root, study.run.hash) : null;
    if (before !== null && !before.interrupted) return null;
    await Deno.mkdir(`${root}/robustness`, { recursive: true });
    await replaceFile(path, `${JSON.stringify(study, null, 2)}\n`);
    return path;
  });
}

/** The study of a run; null where none is kept. */
export async function readRobustness(root: string, hash: string): Promise<RobustnessStudy | null> {
  const text = await textIfThere(robustnessPath(root, hash));
  return text === null ? null : JSON.parse(text) as RobustnessStudy;
}

/** Hashes of the runs whose studies are kept, sorted. */
export async function listRobustness(root: string): Promise<string[]> {
  const hashes: string[] = [];
  if (!await exists(`${root}/robustness`)) return hashes;
  for await (const { name } of Deno.readDir(`${root}/robustness`)) {
    if (name.endsWith(".json")) hashes.push(name.slice(0, -".json".length));
  }
  return hashes.sort();
}
