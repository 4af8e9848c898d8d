// Whose work a study is: it is told how far it is, and may end it.
import { interruption } from "./interruption.ts";
import { lateProgress } from "./progress.ts";

/** Who has asked for a study. */
export interface StudyHost {
  /** Aborted: the study ends early, with what there is. */
  readonly signal: AbortSignal;
  advance(done: number, total: number): void;
  end(): void;
}

/** A person at a terminal, who sees a line and may press Ctrl-C. */
export function commandHost(label: string): StudyHost {
  const { advance, end } = lateProgress(label);
  return { signal: interruption, advance: (done, total) => advance(done, total), end };
}
