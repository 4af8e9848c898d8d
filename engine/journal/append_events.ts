import type { Transaction } from "../database/mod.ts";
import type { JournalEvent } from "../orders/mod.ts";
import { storedForm } from "./event_form.ts";
import type { Scope } from "./scope.ts";

/** Appends events in their order. */
export async function appendEvents(
  tx: Transaction,
  { account, sessionId, lease }: Scope,
  events: readonly JournalEvent[],
) {
  if (events.length === 0) return;
  const stored = events.map((event) => storedForm(event, lease.epoch));
  await tx`
    insert into journal_events (account, session_id, epoch, kind, version, time_ms, body)
    select ${account}, ${sessionId}, epoch::bigint, kind, version::int, time::bigint, body::jsonb
    from unnest(${stored.map(({ epoch }) => `${epoch}`)}::text[], ${stored.map(({ kind }) => kind)}::text[],
      ${stored.map(({ version }) => `${version}`)}::text[], ${stored.map(({ timeMs }) => `${timeMs}`)}::text[],
      ${stored.map(({ body }) => JSON.stringify(body))}::text[]
    ) with ordinality as e (epoch, kind, version, time, body, number)
    order by number`;
}
