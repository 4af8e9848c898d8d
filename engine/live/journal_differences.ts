// What a replay and the journal have differently of one session's orders and executions.
import { encodePlain, identityOf } from "../identity/mod.ts";
import { addQuantity, formatDecimal, UNIT_DECIMALS, ZERO_QUANTITY } from "../money/mod.ts";
import {
  type Fill,
  type JournalOrder,
  type JournalState,
  type OrderIntent,
  type OrderState,
  positionChange,
} from "../orders/mod.ts";
import type { TraderConfig } from "../trader/mod.ts";
import type { ReplayedSession } from "./replayed_session.ts";
import { isOfSession } from "./session_tag.ts";

/** Sentences, none where the two are the same. Of the journal only what is the session's is looked at. */
export function journalDifferences(config: TraderConfig, replayed: ReplayedSession, journal: JournalState): string[] {
  const { decided, unordered, states, fills, positions } = replayed, told = ofSession(fills.values(), config);
  const kept = sessionFills(config, journal), byOrder = Map.groupBy(told, ({ clientOrderId }) => clientOrderId);
  return [
    ...[...decided].flatMap(([id, intent]) => {
      const order = journal.orders.get(id);
      if (order === undefined) return [`${id}: the replay orders it, the journal does not have it`];
      return orderDifferences(order, intent, states.get(id)!, byOrder.get(id) ?? []);
    }),
    ...[...new Set([...unordered, ...journal.orders.keys()])]
      .filter((id) => isOfSession(id, config.session) && !decided.has(id)).map(unorderedText),
    ...fillDifferences(told, kept),
    ...positionDifferences(positions, config, kept.filter(({ clientOrderId }) => decided.has(clientOrderId))),
  ];
}

/** What is told of an order that the session has recorded and its replay does not order. */
export function unorderedText(id: string): string {
  return `${id}: the journal has it, the replay does not order it`;
}

/** Executions of a session that the journal of its account has. */
export function sessionFills(config: TraderConfig, { fills }: JournalState): Fill[] {
  return ofSession(fills.values().map(({ fill }) => fill), config);
}

function ofSession(fills: Iterable<Fill>, { session }: TraderConfig): Fill[] {
  return [...fills].filter(({ clientOrderId }) => isOfSession(clientOrderId, session));
}

function orderDifferences(
  kept: JournalOrder,
  intent: OrderIntent,
  state: OrderState,
  fills: readonly Fill[],
): string[] {
  const found: string[] = [], { clientOrderId: id } = intent;
  if (identityOf(kept.intent) !== identityOf(intent)) found.push(`${id}: the replay orders it otherwise`);
  if (kept.state !== state) found.push(`${id}: ${state} in the replay, ${kept.state} in the journal`);
  const filled = fills.reduce((sum, { quantity }) => addQuantity(sum, quantity), ZERO_QUANTITY);
  if (kept.filled !== filled) {
    found.push(`${id}: ${unitsText(filled)} filled in the replay, ${unitsText(kept.filled)} in the journal`);
  }
  return found;
}

function fillDifferences(told: readonly Fill[], kept: readonly Fill[]): string[] {
  const heard = new Map(told.map((fill) => [fill.tradeId, fill])), known = new Set(kept.map(({ tradeId }) => tradeId));
  const what = ({ clientOrderId, tradeId }: Fill) => `${clientOrderId}: trade ${tradeId}`;
  return [
    ...told.filter(({ tradeId }) => !known.has(tradeId)).map((fill) =>
      `${what(fill)} is in the replay, the journal does not have it`
    ),
    ...kept.flatMap((fill) => {
      const other = heard.get(fill.tradeId);
      if (other === undefined) return [`${what(fill)} is in the journal, the replay does not hear of it`];
      return executionText(fill) === executionText(other) ? [] : [`${what(fill)} is otherwise in the replay`];
    }),
  ];
}

/** All of an execution, also what its fee was taken from and worth. */
function executionText(
  { clientOrderId, instrument, side, price, quantity, fee, feeAsset, feeFrom, feeWorthQuote, ...how }: Fill,
): string {
  const { liquidity, timeMs } = how, charged = { fee, feeAsset, feeFrom, feeWorthQuote: feeWorthQuote ?? null };
  return encodePlain({ clientOrderId, instrument, side, price, quantity, liquidity, timeMs, ...charged });
}

function positionDifferences(
  positions: readonly bigint[],
  { instruments }: TraderConfig,
  fills: readonly Fill[],
): string[] {
  return instruments.flatMap(({ id, symbol }, number) => {
    let traded = ZERO_QUANTITY;
    for (const fill of fills) if (fill.instrument === id) traded = addQuantity(traded, positionChange(fill));
    if (positions[number] === traded) return [];
    const held = unitsText(positions[number]!);
    return [`${symbol}: the replay comes to ${held}, the journal's fills to ${unitsText(traded)}`];
  });
}

function unitsText(quantity: bigint): string {
  return formatDecimal(quantity, UNIT_DECIMALS);
}
