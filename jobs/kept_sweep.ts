// A sweep as commands run it: with progress, threads where they pay, and its trials kept as they are made.
import { Lake, StudyFile, studyPath } from "../engine/lake/mod.ts";
import { runSweep, type Study, type SweepInput, sweepInput } from "../engine/research/mod.ts";
import { interruption } from "./interruption.ts";
import { progress } from "./progress.ts";
import { loadSweep, queueFor, type SweepFlags, sweepId } from "./sweep_flags.ts";

/** A sweep and where its trials are. */
export interface KeptSweep {
  readonly study: Study;
  readonly input: SweepInput;
  /** Name of the study, and the file of its trials. */
  readonly id: string;
  readonly file: string;
  /** Trials that an earlier run had made. */
  readonly resumed: number;
}

/** Sweeps what the options of a command say. Ctrl-C ends it early, with what there is. */
export async function keptSweep(flags: SweepFlags, dataDir: string, command: string): Promise<KeptSweep> {
  const lake = new Lake(dataDir), { plan, history } = await loadSweep(flags, lake, command);
  await lake.close();
  const input = sweepInput(plan, history), { points, candles } = input;
  const id = await sweepId(plan, input), file = new StudyFile(studyPath(dataDir, id));
  const done = await file.open(flags.resume ?? false);
  const queue = queueFor(flags, (points.length - done.length) * candles.used[0]!.length, dataDir);
  const shown = progress(command, points.length);
  try {
    const study = await runSweep(plan, input, {
      done,
      ...(queue === undefined ? {} : { queue }),
      onTrials: (trials) => file.append(trials),
      progress(count) {
        shown.advance(count);
        return !interruption.aborted;
      },
    });
    return { study, input, id, file: file.path, resumed: done.length };
  } finally {
    queue?.close();
    file.close();
    shown.end();
  }
}
