// Which ledger counts the runs of a command, who is told when it cannot, and what it says of a run.
import type { RunRecord } from "../engine/backtest/mod.ts";
import { isCodedError } from "../engine/errors/mod.ts";
import { type AppendedTrials, appendTrials, ledgerPath, readTrials, type TrialCounting } from "../engine/lake/mod.ts";
import {
  type CountedStudy,
  judgeTrial,
  type Trial,
  type TrialFamily,
  type TrialJudgement,
  trialsOf,
} from "../engine/research/mod.ts";
import { note } from "./output.ts";

type Counting = Required<TrialCounting>;

/** Counts in the ledger of the settings, or in that of the data folder. */
export function countedIn(dataDir: string, ledger: string | null): Counting {
  return { ledger: ledger ?? ledgerPath(dataDir), uncounted: ({ message }) => note(`warning: ${message}`) };
}

/** The trials of a study in the ledger, with all of their family. */
export interface StudyCount extends CountedStudy {
  readonly counted: AppendedTrials;
}

/** Counts the trials of a study. @throws {InputError} where the ledger cannot be used. */
export async function countStudy(own: readonly Trial[], { ledger }: Counting): Promise<StudyCount> {
  const counted = await appendTrials(ledger, own), first = own[0];
  return { counted, own, family: first === undefined ? [] : trialsOf(first.family, await readTrials(ledger)) };
}

/** A run among all trials of its family. */
export interface JudgedTrial {
  readonly family: TrialFamily;
  readonly judgement: TrialJudgement;
}

/** What the ledger says of a run that was counted; null where it was not, or the ledger is damaged, which is said. */
export async function judgedTrial(
  { manifest }: RunRecord,
  { ledger, uncounted }: Counting,
): Promise<JudgedTrial | null> {
  try {
    const trials = await readTrials(ledger), own = trials.find(({ hash }) => hash === manifest.run.hash);
    if (own === undefined) return null;
    return { family: own.family, judgement: judgeTrial(own, trialsOf(own.family, trials)) };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    uncounted(error);
    return null;
  }
}
