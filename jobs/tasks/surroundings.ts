// What the tasks of this program work with. Their files load what is heavy (DuckDB, the engine's runs) when they run, so
// that whoever only puts a task in needs none of it.
import type { Sql } from "../../engine/database/mod.ts";

/** Where tasks find and leave things. */
export interface TaskSurroundings {
  readonly sql: Sql;
  readonly dataDir: string;
  /** File of the trial ledger; null: that of the data folder. */
  readonly ledger: string | null;
  /** Days after its end that a trading session's rows stay in the database; null: for ever. */
  readonly journalDays: number | null;
}
