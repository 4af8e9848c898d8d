// What the venue knows and the journal does not, though it bears our names: the database has lost what it confirmed.
import type { Exchange } from "../exchanges/mod.ts";
import type { Instrument } from "../market/mod.ts";
import type { ClientOrderId } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { SessionStore } from "./session_store.ts";

export interface LostOrdersParts {
  readonly exchange: Pick<Exchange, "openOrders" | "orders">;
  readonly instruments: readonly Instrument[];
  readonly store: Pick<SessionStore, "known">;
  readonly isOurs: (id: string) => id is ClientOrderId;
  /** True of orders that the journal has as never sent. */
  readonly isUnsent: (id: ClientOrderId) => boolean;
}

/**
 * Names of orders at the venue since a moment that are ours and not in the journal, or never sent by what it has, as after
 * a failover to a copy that lagged, or a backup that was restored (faults 66 and 72); null where the venue or the database
 * does not answer.
 */
export async function lostOrders(parts: LostOrdersParts, fromMs: TimestampMs): Promise<ClientOrderId[] | null> {
  const { exchange, instruments, store, isOurs, isUnsent } = parts, names = new Set<ClientOrderId>();
  const asked = instruments.flatMap(({ symbol }) => [exchange.openOrders(symbol), exchange.orders({ symbol, fromMs })]);
  for (const answer of await Promise.all(asked)) {
    if (answer.kind !== "done") return null;
    for (const { clientOrderId } of answer.value) {
      if (clientOrderId !== null && isOurs(clientOrderId)) names.add(clientOrderId);
    }
  }
  const known = await store.known([...names]);
  if (known.kind !== "done") return null;
  return [...names].filter((name) => !known.value.has(name) || isUnsent(name)).sort();
}

/** The epoch that a session's order was named under. */
export function epochIn(name: ClientOrderId, session: string): number {
  return Number.parseInt(name.slice(session.length), 36) || 0;
}
