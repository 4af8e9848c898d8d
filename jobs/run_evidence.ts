// What is known of a run beside itself: its family in the ledger, and what sweeps and walks of the family found.
import type { RunRecord } from "../engine/backtest/mod.ts";
import { readFindings, readTrials, type TrialCounting } from "../engine/lake/mod.ts";
import { type Evidence, trialOfRun, trialsOf } from "../engine/research/mod.ts";
import { testsOfKeptRuns } from "./ledger_family.ts";
import { judgedTrial } from "./trial_counting.ts";

/** Judges a run by its family. The returns of other trials are those of the largest sweep, else of the kept runs. */
export async function evidenceOf(
  run: RunRecord,
  dataDir: string,
  counting: Required<TrialCounting>,
): Promise<Evidence> {
  const { family } = trialOfRun(run, "backtest"), judged = await judgedTrial(run, counting);
  const { overfitting, walks } = await readFindings(dataDir, family);
  if (overfitting !== null || judged === null) return { judgement: judged?.judgement ?? null, overfitting, walks };
  const own = trialsOf(family, await readTrials(counting.ledger));
  return { judgement: judged.judgement, overfitting: await testsOfKeptRuns(dataDir, own, {}), walks };
}
