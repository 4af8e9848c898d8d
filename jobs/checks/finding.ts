/** One thing that breaks a rule: where, what, and what to do about it. */
export interface Finding {
  /** Path relative to the repository. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
}
