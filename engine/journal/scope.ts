import type { Lease } from "../database/mod.ts";

/** On whose behalf rows are written. */
export interface Scope {
  readonly account: string;
  readonly sessionId: string;
  readonly venue: string;
  /** Held by the session: intents are recorded under its epoch only. */
  readonly lease: Lease;
}
