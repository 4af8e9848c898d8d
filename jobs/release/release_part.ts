/** What a part may use while it works. */
export interface ReleaseWork<Result> {
  /** Cases that are still to be tried, in their order. */
  readonly cases: readonly string[];
  /** Keeps the result of a case: it is not tried again. */
  keep(name: string, result: Result): Promise<void>;
  /** True once it is to end: what has begun is finished. */
  readonly isStopped: () => boolean;
  readonly note: (line: string) => void;
}

/** A test at length, of cases that can be tried apart from each other, on several machines and on several days. */
export interface ReleasePart<Result = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly cases: readonly string[];
  work(work: ReleaseWork<Result>): Promise<void>;
  /** What the results of all cases come to. */
  verdict(results: ReadonlyMap<string, Result>): ReleaseVerdict;
}

/** Figures of a part, and whether they keep to its bar. */
export interface ReleaseVerdict {
  readonly holds: boolean;
  readonly figures: Readonly<Record<string, unknown>>;
}
