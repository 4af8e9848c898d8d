// What a watchdog has written down before anything of it left: lines, each with its checksum, and what they come to.
import { CodedError } from "../../errors/mod.ts";
import { decodePlain, encodePlain, sha256Hex } from "../../identity/mod.ts";
import { type Quantity, ZERO_QUANTITY } from "../../money/mod.ts";
import type { ClientOrderId, OrderIntent, RiskApproved } from "../../orders/mod.ts";
import type { TimestampMs } from "../../time/mod.ts";
import type { SentOrder } from "./flatten.ts";
import type { GuardedPosition } from "./guarded_position.ts";

/** The session that is watched, as its row in the journal has it: enough to begin without a database. */
export interface WatchedSession {
  readonly id: string;
  readonly account: string;
  readonly mode: string;
  readonly settings: unknown;
}

/** One line. */
export type SpoolLine =
  | { readonly kind: "session"; readonly session: WatchedSession }
  /** Whether the account's mode lets something be sold, as it was read last. */
  | { readonly kind: "mode"; readonly maySell: boolean }
  /** All positions, each with the order that may close it; it takes the place of the one before. */
  | {
    readonly kind: "approved";
    readonly positions: readonly GuardedPosition[];
    /** Under which the orders are named. */
    readonly epoch: number;
    /** Version of the account that the rules saw. */
    readonly version: number;
    readonly atMs: TimestampMs;
    /** After it the approval is over. */
    readonly untilMs: TimestampMs;
  }
  /** Books are being closed from here on. */
  | { readonly kind: "began"; readonly books: readonly number[]; readonly reason: string; readonly atMs: TimestampMs }
  /** The order may be on its way from here on. */
  | { readonly kind: "order"; readonly order: RiskApproved<OrderIntent> }
  | { readonly kind: "outcome"; readonly name: ClientOrderId; readonly filled: Quantity }
  | { readonly kind: "closed"; readonly book: number; readonly result: string; readonly atMs: TimestampMs }
  /** The journal has these orders. */
  | { readonly kind: "adopted"; readonly names: readonly ClientOrderId[] };

/** An order of the watchdog's. */
export interface SpooledOrder extends SentOrder {
  readonly order: RiskApproved<OrderIntent>;
  /** True once the journal has it. */
  readonly isAdopted: boolean;
  /** True once positions were approved that count it. */
  readonly isCounted: boolean;
}

/** What the lines come to. */
export interface SpoolState {
  readonly session: WatchedSession | null;
  /** True where nobody has said otherwise. */
  readonly maySell: boolean;
  readonly approved: Extract<SpoolLine, { kind: "approved" }> | null;
  /** Books that are being closed, and why; empty where none are. */
  readonly closing: ReadonlyMap<number, string>;
  /** In the order in which they were written down. */
  readonly orders: ReadonlyMap<ClientOrderId, SpooledOrder>;
}

/** Nothing was written. */
export const EMPTY_SPOOL: SpoolState = {
  ...{ session: null, maySell: true, approved: null, closing: new Map(), orders: new Map() },
};

/** A line as it is written, with its end. */
export function writeLine(line: SpoolLine): string {
  const text = encodePlain(line);
  return `${checksum(text)} ${text}\n`;
}

/** What is whole of a spool's text: the state, and how many of its letters that is. */
export interface ReadSpool {
  readonly state: SpoolState;
  readonly length: number;
}

/**
 * Reads a spool. A last line without its end was being written when the process died: nothing had followed from it.
 *
 * @throws {CodedError} `watchdog-spool` for any other line that is not what was written.
 */
export function readSpool(text: string, path: string): ReadSpool {
  const length = text.lastIndexOf("\n") + 1;
  let state = EMPTY_SPOOL;
  text.slice(0, length).split("\n").slice(0, -1).forEach((line, number) => {
    state = applyLine(state, readLine(line, `line ${number + 1} of ${path}`));
  });
  return { state, length };
}

function readLine(line: string, where: string): SpoolLine {
  const text = line.slice(CHECKSUM_LENGTH + 1);
  if (line[CHECKSUM_LENGTH] === " " && line.slice(0, CHECKSUM_LENGTH) === checksum(text)) {
    return decodePlain(text) as SpoolLine;
  }
  throw new CodedError(
    "watchdog-spool",
    `${where} is not what was written: look at the account and at its orders that end in -w and a number, then move the file away`,
  );
}

/** The state after one more line. */
export function applyLine(state: SpoolState, line: SpoolLine): SpoolState {
  switch (line.kind) {
    case "session":
      return { ...state, session: line.session };
    case "mode":
      return { ...state, maySell: line.maySell };
    case "approved": {
      const counted = [...state.orders.values()].map((own) => ({ ...own, isCounted: own.isCounted || own.isAdopted }));
      return { ...state, approved: line, orders: new Map(counted.map((own) => [own.name, own])) };
    }
    case "began":
      return {
        ...state,
        closing: new Map([...state.closing, ...line.books.map((book) => [book, line.reason] as const)]),
      };
    case "order": {
      const { order } = line, { clientOrderId: name, quantity } = order;
      return withOrder(state, {
        order,
        name,
        quantity,
        filled: ZERO_QUANTITY,
        state: "unknown",
        isAdopted: false,
        isCounted: false,
      });
    }
    case "outcome":
      return withOrder(state, { ...state.orders.get(line.name)!, filled: line.filled, state: "ended" });
    case "closed":
      return { ...state, closing: new Map([...state.closing].filter(([book]) => book !== line.book)) };
    case "adopted":
      return line.names.reduce((now, name) => withOrder(now, { ...now.orders.get(name)!, isAdopted: true }), state);
  }
}

function withOrder(state: SpoolState, order: SpooledOrder): SpoolState {
  return { ...state, orders: new Map(state.orders).set(order.name, order) };
}

/** Orders that the journal does not have yet. */
export function unadopted({ orders }: SpoolState): SpooledOrder[] {
  return [...orders.values()].filter(({ isAdopted }) => !isAdopted);
}

/** Orders that the approved positions do not count: what they have sold is not held any more. */
export function uncounted({ orders }: SpoolState): SpooledOrder[] {
  return [...orders.values()].filter(({ isCounted }) => !isCounted);
}

/** The lines that a spool needs to go on where nothing of it waits for anybody. */
export function keptLines({ session, maySell, approved }: SpoolState): SpoolLine[] {
  return [
    ...(session === null ? [] : [{ kind: "session" as const, session }]),
    ...(maySell ? [] : [{ kind: "mode" as const, maySell }]),
    ...(approved === null ? [] : [approved]),
  ];
}

const CHECKSUM_LENGTH = 16;

function checksum(text: string): string {
  return sha256Hex(text).slice(0, CHECKSUM_LENGTH);
}
