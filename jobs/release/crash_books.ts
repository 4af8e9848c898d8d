// What must hold after a crash, judged by the venue's books and the journal, never by the trader.
import { inTransaction, type Sql } from "../../engine/database/mod.ts";
import type { LoopbackVenue } from "../../engine/exchanges/mod.ts";
import { journalState, readSessionLog } from "../../engine/journal/mod.ts";
import { certifySession } from "../../engine/live/mod.ts";
import { readInput } from "../../engine/live/session_input.ts";
import { replayInputs } from "../../engine/live/trading_session.ts";
import { tradeIdOf } from "../../engine/live/venue_amounts.ts";
import { addQuantity, AMOUNTS_PER_UNIT, notional } from "../../engine/money/mod.ts";
import type { ClientOrderId, JournalState } from "../../engine/orders/mod.ts";
import { createTrader, type TraderConfig } from "../../engine/trader/mod.ts";

/** What was found wrong after a run, each kind a list of sentences. */
export interface CrashFindings {
  /** Orders that came twice, or for one place in a strategy's plan two. */
  readonly duplicates: readonly string[];
  /** Executions that the journal misses, or has otherwise than the venue. */
  readonly lostFills: readonly string[];
  /** Orders without a journal, positions and balances that differ, an old epoch after a newer one, other replays. */
  readonly wrongState: readonly string[];
}

/** Compares a venue's books with what is durable, once nothing is on its way any more. */
export async function crashFindings(
  sql: Sql,
  sessionId: string,
  account: string,
  config: TraderConfig,
  venue: LoopbackVenue,
): Promise<CrashFindings> {
  const [{ inputs }, journal] = await inTransaction(
    sql,
    async (tx) => [await readSessionLog(tx, sessionId, true), await journalState(tx, account)] as const,
    { isolation: "repeatable read", readOnly: true },
  );
  return {
    duplicates: duplicatesIn(venue, journal),
    lostFills: lostFillsOf(venue, journal),
    wrongState: [
      ...strangersIn(venue, journal),
      ...oldEpochsIn(venue, journal),
      ...unbalanced(inputs, config, venue),
      ...certifySession(config, inputs, journal).differences,
    ],
  };
}

/**
 * Names, and places in a strategy's plan, that the venue has two orders for (I2).
 *
 * @param hasPlaces False where the moments of decisions do not tell places apart.
 */
export function duplicatesIn(venue: LoopbackVenue, journal: JournalState, hasPlaces = true): string[] {
  const names = new Set<string>(), places = new Set<string>();
  return venue.orders.flatMap(({ clientOrderId }) => {
    const intent = journal.orders.get(clientOrderId as ClientOrderId)?.intent, found: string[] = [];
    if (names.has(clientOrderId)) found.push(`${clientOrderId} is at the venue twice`);
    names.add(clientOrderId);
    // Stops follow the position and replace each other; an entry that takes the place of another is the same one.
    if (
      !hasPlaces || intent === undefined || intent.sinceMs !== undefined || !["entry", "close"].includes(intent.slot)
    ) return found;
    const place = `${intent.book} ${intent.slot} ${intent.decidedAtMs}`;
    if (places.has(place)) found.push(`${clientOrderId}: the venue has had another order for ${place}`);
    places.add(place);
    return found;
  });
}

/** Orders at the venue that are of an older epoch than one before them (I7). */
export function oldEpochsIn(venue: LoopbackVenue, journal: JournalState): string[] {
  let newest = 0;
  return [...venue.orders].sort((a, b) => a.id - b.id).flatMap(({ clientOrderId }) => {
    const epoch = journal.orders.get(clientOrderId as ClientOrderId)?.epoch ?? newest;
    if (epoch < newest) return [`${clientOrderId} of epoch ${epoch} was accepted after one of epoch ${newest}`];
    newest = epoch;
    return [];
  });
}

function strangersIn(venue: LoopbackVenue, journal: JournalState): string[] {
  return venue.orders.filter(({ clientOrderId }) => !journal.orders.has(clientOrderId as ClientOrderId))
    .map(({ clientOrderId }) => `${clientOrderId} is at the venue, and the journal does not know it`);
}

/** Executions that one side has and the other has not, or otherwise (I3, I5). */
export function lostFillsOf(venue: LoopbackVenue, { fills }: JournalState): string[] {
  const told = new Set<string>();
  const missing = venue.fills.flatMap(({ number, order, quantity, price }) => {
    const id = tradeIdOf(`${number}`, order.market), kept = fills.get(id)?.fill;
    told.add(id);
    const isKept = kept !== undefined && kept.quantity === quantity && kept.price === price;
    return isKept ? [] : [`trade ${id} of ${order.clientOrderId} is not in the journal, or otherwise`];
  });
  const invented = [...fills.keys()].filter((id) => !told.has(id)).map((id) => `the venue knows no trade ${id}`);
  return [...missing, ...invented];
}

/** Where a replay of what is durable and the venue differ: positions (I3) and cash (I4). */
function unbalanced(inputs: readonly string[], config: TraderConfig, venue: LoopbackVenue): string[] {
  const trader = createTrader(config), { account, external } = trader.state;
  replayInputs(trader, inputs.map(readInput));
  const totals = new Map(venue.balances().map(({ asset, total }) => [asset, notional(total)]));
  const found = config.instruments.flatMap(({ base, symbol }, number) => {
    const held = addQuantity(account.positions[number]!, account.dust[number]!);
    const own = held * AMOUNTS_PER_UNIT + (external[base] ?? 0n), told = totals.get(base) ?? 0n;
    return own === told ? [] : [`${symbol}: ${own} by what is durable, ${told} at the venue`];
  });
  const { quote } = config.instruments[0]!, cash = totals.get(quote) ?? 0n;
  return account.cash === cash
    ? found
    : [...found, `${quote}: ${account.cash} by what is durable, ${cash} at the venue`];
}
