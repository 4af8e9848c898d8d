// What sweeps and walks found about the trials of a family, kept for those who judge one of its runs later.
import { identityOf } from "../identity/mod.ts";
import {
  type Evidence,
  type OverfittingTests,
  type TrialFamily,
  walkEvidence,
  type WalkForward,
} from "../research/mod.ts";
import { asOnlyWriter, replaceFile, textIfThere } from "./atomic_file.ts";

/** All that is kept of a family. */
export interface FamilyFindings extends Pick<Evidence, "overfitting" | "walks"> {
  readonly family: TrialFamily;
}

/** Walks that are kept, the last ones. */
const KEPT_WALKS = 20;

function pathOf(root: string, family: TrialFamily): string {
  return `${root}/findings/${identityOf(family)}.json`;
}

/** What is known of a family; nothing where no study of it was made. */
export async function readFindings(root: string, family: TrialFamily): Promise<FamilyFindings> {
  const text = await textIfThere(pathOf(root, family));
  return text === null ? { family, overfitting: null, walks: [] } : JSON.parse(text) as FamilyFindings;
}

/** Keeps what the trials of a sweep say together, unless a sweep of more trials has been kept. */
export async function keepOverfitting(root: string, family: TrialFamily, tests: OverfittingTests): Promise<void> {
  if ("reason" in tests) return;
  await change(root, family, (before) => {
    const known = before.overfitting;
    return known !== null && known.trials > tests.trials ? before : { ...before, overfitting: tests };
  });
}

/** Keeps what came of a whole walk; one that was made before is moved to the end. */
export async function keepWalk(root: string, family: TrialFamily, walk: WalkForward): Promise<void> {
  const found = walkEvidence(walk);
  if (found === null) return;
  const own = identityOf(found);
  await change(root, family, (before) => ({
    ...before,
    walks: [...before.walks.filter((known) => identityOf(known) !== own), found].slice(-KEPT_WALKS),
  }));
}

async function change(
  root: string,
  family: TrialFamily,
  next: (before: FamilyFindings) => FamilyFindings,
): Promise<void> {
  await asOnlyWriter(root, async () => {
    const before = await readFindings(root, family), after = next(before);
    await Deno.mkdir(`${root}/findings`, { recursive: true });
    if (after !== before) await replaceFile(pathOf(root, family), `${JSON.stringify(after, null, 2)}\n`);
  });
}
