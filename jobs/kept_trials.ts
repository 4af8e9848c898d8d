// What commands do around the trials of a study: keep them as they are made, trade them elsewhere where that pays, and say how
// far the work is.
import type { StudyFile } from "../engine/lake/mod.ts";
import type { ChunkQueue, CountedTrials, StudySurroundings, SweepTrial } from "../engine/research/mod.ts";
import { commandHost, type StudyHost } from "./study_host.ts";
import type { StudyCounter } from "./trial_counting.ts";

/** Where trials are kept, and who trades them. */
export interface TrialKeeping<Trial extends SweepTrial> {
  readonly label: string;
  readonly file: StudyFile;
  /** True: what an earlier run has kept is done. */
  readonly resume: boolean | undefined;
  /** Who trades them elsewhere, given how many are done. */
  readonly queueFor: (done: number) => ChunkQueue | undefined;
  /** Who counts them, and what the ledger keeps of them. */
  readonly counter: StudyCounter;
  readonly counted: CountedTrials<Trial>;
  /** Whose work it is; that of a command unless stated. */
  readonly host?: StudyHost;
}

/** What came of a study, and how many of its trials an earlier run had made. */
export interface KeptResult<Result> {
  readonly result: Result;
  readonly resumed: number;
}

/** Makes a study whose trials are kept. Ctrl-C ends it early, with what there is. */
export async function keepingTrials<Trial extends SweepTrial, Result>(
  { label, file, resume, queueFor, counter, counted, host = commandHost(label) }: TrialKeeping<Trial>,
  study: (around: StudySurroundings<Trial, SweepTrial>) => Promise<Result>,
): Promise<KeptResult<Result>> {
  const done = await file.open(resume ?? false), queue = queueFor(done.length);
  try {
    // An earlier run may have been killed between making and counting them.
    await counter.add(await counted(done as Trial[]));
    const result = await study({
      done,
      ...(queue === undefined ? {} : { queue }),
      async onTrials(trials) {
        await file.append(trials);
        await counter.add(await counted(trials));
      },
      progress(count, total) {
        host.advance(count, total);
        return !host.signal.aborted;
      },
    });
    return { result, resumed: done.length };
  } finally {
    await queue?.close();
    file.close();
    host.end();
    await counter.flush();
  }
}
