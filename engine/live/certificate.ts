// What a session decided, from what it saw: replayed, and held against what the journal says was ordered and executed.
import { formatDecimal, priceToNumber, quantityToNumber, UNIT_DECIMALS, ZERO_QUANTITY } from "../money/mod.ts";
import type { Fill, JournalState } from "../orders/mod.ts";
import type { TraderConfig } from "../trader/mod.ts";
import { journalDifferences, sessionFills } from "./journal_differences.ts";
import { replayedSession } from "./replayed_session.ts";
import type { SessionInput } from "./session_input.ts";

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
  /** Executions of the session that the journal has. */
  readonly fills: number;
  /** Groups of candles that came too late to be decided on. */
  readonly lateGroups: number;
  /** What the replay and the journal have differently; a session that is certified has none. */
  readonly differences: readonly string[];
}

/**
 * Replays a session from its first input and compares what it decided and heard with the journal: every intent and every
 * execution, field by field, the state of each order, and the position that the executions come to. What is not in the
 * inputs cannot have been decided on. The journal is the account's: what other sessions did is passed over.
 */
export function certifySession(
  config: TraderConfig,
  texts: readonly string[],
  journal: JournalState,
): SessionCertificate {
  const replayed = replayedSession(config, texts), { inputs, decided } = replayed;
  const causes = new Map<string, Set<string>>(), kept = sessionFills(config, journal);
  for (const input of inputs) {
    const cause = causeOf(input);
    if (cause !== null) causes.set(cause.id, (causes.get(cause.id) ?? new Set()).add(cause.text));
  }
  const fills = Map.groupBy(kept, ({ clientOrderId }) => clientOrderId);
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
  return {
    inputs: inputs.length,
    orders,
    fills: kept.length,
    lateGroups: inputs.filter((input) => input.kind === "candles" && input.isLate).length,
    differences: journalDifferences(config, replayed, journal),
  };
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

/** Average price of executions, quote units; null without any. */
export function averageOf(fills: readonly Fill[]): number | null {
  if (fills.length === 0) return null;
  const size = fills.reduce((sum, { quantity }) => sum + quantityToNumber(quantity), 0);
  return fills.reduce((sum, { price, quantity }) => sum + priceToNumber(price) * quantityToNumber(quantity), 0) / size;
}
