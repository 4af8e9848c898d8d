// The one set of steps that make the tables of every module. A step that has been released is never edited: the next one
// corrects it.
import type { Migration } from "./migration.ts";
import { leases } from "./migrations/0001_leases.ts";
import { journal } from "./migrations/0002_journal.ts";
import { tasks } from "./migrations/0003_tasks.ts";
import { cache } from "./migrations/0004_cache.ts";
import { audit } from "./migrations/0005_audit.ts";
import { modes } from "./migrations/0006_modes.ts";
import { sessionInputs } from "./migrations/0007_session_inputs.ts";
import { modeTerms } from "./migrations/0008_mode_terms.ts";

/** All of them, in their order. */
export const migrations: readonly Migration[] = [leases, journal, tasks, cache, audit, modes, sessionInputs, modeTerms];
