// Which ledger counts the runs of a command, who is told when it cannot, and what it says of a run.
import type { RunRecord } from "../engine/backtest/mod.ts";
import { isCodedError } from "../engine/errors/mod.ts";
import { type AppendedTrials, ledgerPath, readTrials, type TrialCounting, TrialLedger } from "../engine/lake/mod.ts";
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

/** So many trials, or those of so long, are counted at once: each time waits for the disk. */
const COUNTED_TOGETHER = 256, COUNTED_MS = 500;

/**
 * Counts the trials of a study while they are made: whoever kills it has seen them all the same.
 *
 * All methods throw an {@linkcode InputError} where the ledger cannot be used.
 */
export class StudyCounter {
  readonly #path: string;
  readonly #ledger: TrialLedger;
  readonly #own: Trial[] = [];
  readonly #counted = { appended: 0, repeated: 0, total: 0 };
  #waiting = 0;
  #lastMs = -Infinity;

  constructor({ ledger }: Counting) {
    this.#path = ledger;
    this.#ledger = new TrialLedger(ledger);
  }

  /** Takes trials in the order in which they were made. */
  async add(trials: readonly Trial[]): Promise<void> {
    // One by one: a study that goes on may have more of them than a call takes arguments.
    for (const trial of trials) this.#own.push(trial);
    this.#waiting += trials.length;
    if (this.#waiting >= COUNTED_TOGETHER || performance.now() - this.#lastMs >= COUNTED_MS) await this.flush();
  }

  /** Takes those of some trials that it was not given before. */
  async addRest(trials: readonly Trial[]): Promise<void> {
    const given = new Set(this.#own.map(({ hash }) => hash));
    await this.add(trials.filter(({ hash }) => !given.has(hash)));
  }

  /** Counts those that still wait for others. */
  async flush(): Promise<void> {
    if (this.#waiting === 0) return;
    const { appended, repeated, total } = await this.#ledger.append(this.#own.slice(-this.#waiting));
    this.#waiting = 0;
    this.#lastMs = performance.now();
    this.#counted.appended += appended;
    this.#counted.repeated += repeated;
    this.#counted.total = total;
  }

  /** All that was counted, with what the ledger has of their family; null where there was nothing. */
  async end(): Promise<StudyCount | null> {
    await this.flush();
    const own = this.#own, first = own[0];
    if (first === undefined) return null;
    return { counted: this.#counted, own, family: trialsOf(first.family, await readTrials(this.#path)) };
  }
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
