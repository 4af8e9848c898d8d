import type { Figure } from "../../metrics/mod.ts";
import type { OverfittingTests } from "../overfitting_tests.ts";
import type { TrialJudgement } from "../trial_family.ts";

/** What is known of a run beside itself: how many trials there were, and what came of choosing among them. */
export interface Evidence {
  /** The run among all trials of its family; null where no ledger has it. */
  readonly judgement: TrialJudgement | null;
  /** What the returns of the trials say together; null where they are not kept. */
  readonly overfitting: OverfittingTests | null;
  /** The walks through history of the same strategy and market that were kept, the latest last. */
  readonly walks: readonly WalkEvidence[];
}

/** What a walk-forward came to. */
export interface WalkEvidence {
  readonly windows: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly cagrFraction: Figure;
  readonly sharpe: Figure;
  readonly probabilisticSharpe: Figure;
  readonly efficiencyRatio: Figure;
}
