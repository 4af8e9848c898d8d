// A sweep as commands run it: with progress, threads where they pay, and its trials kept as they are made.
import { Lake, StudyFile, studyPath } from "../engine/lake/mod.ts";
import {
  countedTrials,
  runSweep,
  type Study,
  type SweepInput,
  sweepInput,
  type SweepTrial,
} from "../engine/research/mod.ts";
import { keepingTrials } from "./kept_trials.ts";
import { lakePlace } from "./lake_place.ts";
import { queueFor } from "./study_flags.ts";
import type { StudyHost } from "./study_host.ts";
import { loadSweep, type SweepFlags, sweepId } from "./sweep_flags.ts";
import { countedIn, type StudyCount, StudyCounter } from "./trial_counting.ts";

/** A sweep and where its trials are. */
export interface KeptSweep {
  readonly study: Study;
  readonly input: SweepInput;
  /** Name of the study, and the file of its trials. */
  readonly id: string;
  readonly file: string;
  /** Trials that an earlier run had made. */
  readonly resumed: number;
  /** Null where there is no trial. */
  readonly count: StudyCount | null;
}

/** Sweeps what the options of a command say. Ctrl-C ends it early, with what there is. */
export async function keptSweep(
  flags: SweepFlags,
  { dataDir, ledger }: { readonly dataDir: string; readonly ledger: string | null },
  command: string,
  host?: StudyHost,
): Promise<KeptSweep> {
  const lake = new Lake(lakePlace(dataDir)), { plan, history } = await loadSweep(flags, lake, command);
  await lake.close();
  const input = sweepInput(plan, history), { points, candles } = input;
  const id = await sweepId(plan, input), file = new StudyFile(studyPath(dataDir, id));
  const counter = new StudyCounter(countedIn(dataDir, ledger)), { spec, money = "exact" } = plan;
  const { result: study, resumed } = await keepingTrials<SweepTrial, Study>({
    label: command,
    file,
    resume: flags.resume,
    counter,
    counted: countedTrials({ spec, money }, input),
    ...(host === undefined ? {} : { host }),
    queueFor: (done) => queueFor(flags, (points.length - done) * candles.used[0]!.length, dataDir),
  }, (around) => runSweep(plan, input, around));
  return { study, input, id, file: file.path, resumed, count: await counter.end() };
}
