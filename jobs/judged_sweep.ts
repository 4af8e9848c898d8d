// A sweep as it is counted, judged and kept for the pages.
import { type AppendedTrials, keepOverfitting, writeStudy } from "../engine/lake/mod.ts";
import { type JudgedStudy, judgeStudy, studyDocument } from "../engine/research/mod.ts";
import { keptSweep } from "./kept_sweep.ts";
import type { StudyHost } from "./study_host.ts";
import type { SweepFlags } from "./sweep_flags.ts";

/** Where a study is kept and how it was counted. */
export interface KeptStudy {
  /** Name of the study, and the file of its trials. */
  readonly id: string;
  readonly file: string;
  readonly resumed: number;
  /** Null where there is no trial. */
  readonly counted: AppendedTrials | null;
}

/** Sweeps what the options of a command say, counts every trial, judges the best one by their number, and keeps the document. */
export async function judgedSweep(
  flags: SweepFlags,
  place: { readonly dataDir: string; readonly ledger: string | null },
  host?: StudyHost,
): Promise<{ readonly judged: JudgedStudy; readonly kept: KeptStudy }> {
  const { study, input, id, file, resumed, count } = await keptSweep(flags, place, "sweep", host), { dataDir } = place;
  const judged = judgeStudy(study, input, count);
  if (count !== null) await keepOverfitting(dataDir, count.own[0]!.family, judged.overfitting);
  await writeStudy(dataDir, id, studyDocument(judged, input.candles));
  return { judged, kept: { id, file, resumed, counted: count?.counted ?? null } };
}
