// What the tasks of this program work with. Their files load what is heavy (DuckDB, the engine's runs) when they run, so
// that whoever only puts a task in needs none of it.
import type { Sql } from "../../engine/database/mod.ts";
import type { Secret } from "../../engine/errors/mod.ts";

/** Where tasks find and leave things. */
export interface TaskSurroundings {
  readonly sql: Sql;
  readonly dataDir: string;
  /** File of the trial ledger; null: that of the data folder. */
  readonly ledger: string | null;
  /** Days after its end that a trading session's rows stay in the database; null: for ever. */
  readonly journalDays: number | null;
  /** Where the count of requests to venues is shared; null: in tables of the database. */
  readonly redisUrl: Secret | null;
  /** Of the venue that the settings name: it is asked at an address of its own. */
  readonly exchange: string | null;
  readonly exchangeUrl: string | null;
}
