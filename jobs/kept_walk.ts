// A walk through history as commands run it: with progress, its trials kept as they are made, counted, and shown by a page.
import { type AppendedTrials, keepWalk, Lake, StudyFile, studyPath, writeStudy } from "../engine/lake/mod.ts";
import {
  gridPoints,
  runWalkForward,
  sweepInput,
  type SweepTrial,
  walkDocument,
  type WalkForward,
  type WalkForwardLayout,
} from "../engine/research/mod.ts";
import { interruption } from "./interruption.ts";
import { lakePlace } from "./lake_place.ts";
import { lateProgress } from "./progress.ts";
import { queueFor } from "./study_flags.ts";
import { loadSweep, type SweepFlags, sweepId } from "./sweep_flags.ts";
import { countedIn, StudyCounter } from "./trial_counting.ts";

/** Where a walk is kept and how it was counted. */
export interface KeptWalk {
  readonly id: string;
  /** Trials that an earlier walk had made. */
  readonly resumed: number;
  readonly counted: AppendedTrials | null;
}

/** Walks through what the options of a command say. Ctrl-C ends it early, with the windows that are whole. */
export async function keptWalk(
  flags: SweepFlags,
  layout: WalkForwardLayout,
  { dataDir, ledger }: { readonly dataDir: string; readonly ledger: string | null },
): Promise<{ readonly walk: WalkForward; readonly kept: KeptWalk }> {
  const lake = new Lake(lakePlace(dataDir)), { plan, history } = await loadSweep(flags, lake, "walk-forward");
  await lake.close();
  const points = gridPoints(plan.strategy, plan.axes, plan).length, windows = 1 + layout.trainDays / layout.testDays;
  const queue = queueFor(flags, points * windows * history[0]!.length, dataDir);
  const shown = lateProgress("walk-forward"), counter = new StudyCounter(countedIn(dataDir, ledger));
  let resumed = 0, walk: WalkForward;
  try {
    walk = await runWalkForward({ sweep: plan, layout }, history, {
      ...(queue === undefined ? {} : { queue }),
      async window(_, own, input, counted) {
        const file = new StudyFile(studyPath(dataDir, await sweepId(own, input)));
        const done = await file.open(flags.resume ?? false);
        resumed += done.length;
        await counter.add(await counted(done));
        const onTrials = async (trials: readonly SweepTrial[]) => {
          await file.append(trials);
          await counter.add(await counted(trials));
        };
        return { done, onTrials, close: () => file.close() };
      },
      progress(done, total) {
        shown.advance(done, total);
        return !interruption.aborted;
      },
    });
  } finally {
    await queue?.close();
    shown.end();
    await counter.flush();
  }
  await counter.addRest(walk.evaluated);
  const count = await counter.end();
  if (count !== null) await keepWalk(dataDir, count.own[0]!.family, walk);
  const decided = { walkForward: layout, objective: walk.objective };
  const id = await sweepId(plan, sweepInput(plan, history), decided);
  await writeStudy(dataDir, id, walkDocument(walk));
  return { walk, kept: { id, resumed, counted: count?.counted ?? null } };
}
