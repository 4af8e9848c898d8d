import type { RobustnessParts } from "./robustness_parts.ts";

/** How much a finding weighs: one that is fatal is enough; of doubts it takes several; `thin` means too little to tell. */
export type Weight = "fatal" | "thin" | "doubt" | "good";

/** Something that would have to be true. */
export interface Condition {
  readonly sentence: string;
  /** Whether it was so in what was studied; null where nobody can know yet. */
  readonly held: boolean | null;
}

/** What a rule finds. */
export interface Finding {
  readonly weight?: Weight;
  readonly sentence?: string;
  readonly condition?: Condition;
  /** What could not be looked at. */
  readonly unknown?: string;
}

/** One rule. */
export interface VerdictRule {
  readonly name: string;
  judge(study: RobustnessParts): readonly Finding[];
}
