import type { Figure } from "../../metrics/mod.ts";
import type { OverfittingTests } from "../overfitting_tests.ts";
import type { TrialJudgement } from "../trial_family.ts";
import type { WalkForward } from "../walk_forward.ts";

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

/** What a walk came to; null of one that is not whole. */
export function walkEvidence(
  { steps, windows, metrics, judgement, efficiencyRatio }: WalkForward,
): WalkEvidence | null {
  const first = steps[0], last = steps.at(-1);
  if (first === undefined || last === undefined || steps.length < windows) return null;
  return {
    windows,
    fromMs: first.test.fromMs,
    toMs: last.test.toMs,
    cagrFraction: metrics.cagrFraction,
    sharpe: metrics.sharpe,
    probabilisticSharpe: judgement.probabilisticSharpe,
    efficiencyRatio,
  };
}
