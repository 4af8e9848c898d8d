// What a session decided, from what it saw: replayed, and held against what the journal says was ordered and executed.
import { identityOf } from "../identity/mod.ts";
import {
  addQuantity,
  formatDecimal,
  priceToNumber,
  quantityToNumber,
  UNIT_DECIMALS,
  ZERO_QUANTITY,
} from "../money/mod.ts";
import { type Fill, type JournalState, type OrderIntent, positionChange } from "../orders/mod.ts";
import { candleGroup, type Command, createTrader, type TraderConfig } from "../trader/mod.ts";
import { readInput, type SessionInput, takeInput } from "./session_input.ts";
import { isOfSession } from "./trading_session.ts";

/** An order of a session, as the replay decides it and as the journal has it. */
export interface CertifiedOrder {
  readonly clientOrderId: string;
  readonly decidedAtMs: number;
  readonly slot: string;
  readonly side: string;
  readonly kind: string;
  /** Base units, decimal text. */
  readonly quantity: string;
  /** How it stands in the journal. */
  readonly state: string;
  readonly filled: string;
  /** Quote units; null where nothing was executed. */
  readonly averagePrice: number | null;
  /** Why it went otherwise than a market that takes every order at once and whole; empty where it did not. */
  readonly causes: readonly string[];
}

/** What a replay proves of a session. */
export interface SessionCertificate {
  readonly inputs: number;
  readonly orders: readonly CertifiedOrder[];
  readonly fills: number;
  /** Groups of candles that came too late to be decided on. */
  readonly lateGroups: number;
  /** What the replay and the journal have differently; a session that is certified has none. */
  readonly differences: readonly string[];
}

/**
 * Replays a session from its first input and compares what it decided with the journal: every intent, field by field, and
 * the position that the fills come to. What is not in the inputs cannot have been decided on.
 */
export function certifySession(
  config: TraderConfig,
  inputs: readonly string[],
  journal: JournalState,
): SessionCertificate {
  const trader = createTrader(config), group = candleGroup(config.instruments.length), commands: Command[] = [];
  const decided = new Map<string, OrderIntent>(), causes = new Map<string, Set<string>>(), differences: string[] = [];
  let lateGroups = 0;
  for (const text of inputs) {
    const input = readInput(text);
    if (input.kind === "candles" && input.isLate) lateGroups++;
    const cause = causeOf(input);
    if (cause !== null) causes.set(cause.id, (causes.get(cause.id) ?? new Set()).add(cause.text));
    takeInput(trader, input, group, commands);
    for (const command of commands) {
      if (command.kind === "record") decided.set(command.order.clientOrderId, command.order);
    }
    commands.length = 0;
  }
  for (const [id, intent] of decided) {
    const kept = journal.orders.get(intent.clientOrderId)?.intent;
    if (kept === undefined) differences.push(`${id}: the replay orders it, the journal does not have it`);
    else if (identityOf(kept) !== identityOf(intent)) differences.push(`${id}: the replay orders it otherwise`);
  }
  for (const id of journal.orders.keys()) {
    if (isOfSession(id, config.session) && !decided.has(id)) {
      differences.push(`${id}: the journal has it, the replay does not order it`);
    }
  }
  differences.push(...positionDifferences(trader.state.account, config, journal));
  const fills = Map.groupBy([...journal.fills.values()].map(({ fill }) => fill), ({ clientOrderId }) => clientOrderId);
  const orders = [...decided.values()].map((intent): CertifiedOrder => {
    const kept = journal.orders.get(intent.clientOrderId), own = fills.get(intent.clientOrderId) ?? [];
    const filled = kept?.filled ?? ZERO_QUANTITY, told = [...causes.get(intent.clientOrderId) ?? []];
    const isPart = filled > 0n && filled < intent.quantity && kept?.state !== "open" &&
      kept?.state !== "partiallyFilled";
    return {
      clientOrderId: intent.clientOrderId,
      decidedAtMs: intent.decidedAtMs,
      ...{ slot: intent.slot, side: intent.side, kind: intent.kind },
      quantity: formatDecimal(intent.quantity, UNIT_DECIMALS),
      state: kept?.state ?? "missing",
      filled: formatDecimal(filled, UNIT_DECIMALS),
      averagePrice: averageOf(own),
      causes: isPart ? [...told, "filled in part"] : told,
    };
  });
  return { inputs: inputs.length, orders, fills: journal.fills.size, lateGroups, differences };
}

/** What an input says of how an order fared. */
function causeOf(input: SessionInput): { readonly id: string; readonly text: string } | null {
  switch (input.kind) {
    case "refused":
      return { id: input.clientOrderId, text: `refused: ${input.code}` };
    case "notSent":
      return { id: input.clientOrderId, text: "not sent" };
    case "unknown":
      return { id: input.clientOrderId, text: "no answer in time" };
    case "missing":
      return { id: input.clientOrderId, text: "not at the venue" };
    case "busted":
      return { id: input.fill.clientOrderId, text: "a trade was taken back" };
    default:
      return null;
  }
}

function positionDifferences(
  { positions, dust }: { readonly positions: readonly bigint[]; readonly dust: readonly bigint[] },
  { instruments }: TraderConfig,
  { fills }: JournalState,
): string[] {
  return instruments.flatMap(({ id, symbol }, number) => {
    let traded = ZERO_QUANTITY;
    for (const { fill } of fills.values()) {
      if (fill.instrument === id) traded = addQuantity(traded, positionChange(fill));
    }
    const held = positions[number]! + dust[number]!;
    if (held === traded) return [];
    return [
      `${symbol}: the replay holds ${formatDecimal(held, UNIT_DECIMALS)}, the journal's fills come to ${
        formatDecimal(traded, UNIT_DECIMALS)
      }`,
    ];
  });
}

/** Average price of executions, quote units; null without any. */
export function averageOf(fills: readonly Fill[]): number | null {
  if (fills.length === 0) return null;
  const size = fills.reduce((sum, { quantity }) => sum + quantityToNumber(quantity), 0);
  return fills.reduce((sum, { price, quantity }) => sum + priceToNumber(price) * quantityToNumber(quantity), 0) / size;
}
