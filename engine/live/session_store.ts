import type { Outcome } from "../errors/mod.ts";
import type { Adjustment, Fill, OrderIntent, OrderStep, RiskApproved } from "../orders/mod.ts";

/** What one turn of a session makes durable, all of it or nothing. */
export interface SessionBatch {
  /** Number of the first of its inputs: as many are durable already. A batch that is there already changes nothing. */
  readonly first: number;
  /** Inputs as {@linkcode writeInput} writes them. */
  readonly inputs: readonly string[];
  /** What they led to, for whoever asks for orders and fills. */
  readonly intents: readonly RiskApproved<OrderIntent>[];
  readonly steps: readonly OrderStep[];
  readonly fills: readonly Fill[];
  readonly adjustments: readonly Adjustment[];
  /** The trader's state after these inputs, from time to time: where a successor begins to read. */
  readonly snapshot: string | null;
}

/** So many inputs before the newest state are read, too: some hours of usual trading. */
export const EARLIER_INPUTS = 2_000;

/** What a session left behind. */
export interface SavedSession {
  /** The trader's state after so many inputs; null where none was written yet. */
  readonly snapshot: { readonly after: number; readonly state: string } | null;
  /** All inputs since. */
  readonly inputs: readonly string[];
  /** The last inputs before that state: the venue may still take back what it told in them. */
  readonly earlier: readonly string[];
}

/**
 * The durable memory of a session. `refused` with `lease-lost` when another process leads, with `session-lost`
 * when inputs that were durable are gone, with `session-gap` where some of these are there, which is a bug; `notSent` when nothing of the
 * batch is durable, `unknown` when nobody can say: the same batch may be committed again in both cases.
 */
export interface SessionStore {
  commit(batch: SessionBatch): Promise<Outcome<void>>;
  load(): Promise<Outcome<SavedSession>>;
  /** Which of these orders the journal has. */
  known(names: readonly string[]): Promise<Outcome<ReadonlySet<string>>>;
}

/** The outcome of a batch that does not follow what is there. */
export function gapIn(length: number, { first }: SessionBatch): Outcome<never> {
  if (first > length) {
    const reason = `the database holds ${length} inputs of the session, and ${first} were durable: it has lost some`;
    return { kind: "refused", code: "session-lost", reason };
  }
  const reason = `the session has ${length} inputs, and input ${first} was to follow: report this, it is a bug`;
  return { kind: "refused", code: "session-gap", reason };
}
