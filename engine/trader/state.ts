import type { Account, Lot } from "../portfolio/mod.ts";
import type { RiskHistory } from "../risk/mod.ts";
import type { ClientOrderId, OrderIntent, OrderState, OrderTerms, PlainSizing, RiskApproved } from "../orders/mod.ts";
import type { EntryPlace, EntryPrice, Memory, Protection, TargetPart, TrailingStop } from "../strategies/mod.ts";
import type { Notional, Price, Quantity } from "../money/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { Grid } from "./grid.ts";
import type { AllocationState } from "./allocation_state.ts";
import type { UniverseState } from "./universe_state.ts";

/** An order as the trader knows it. */
export interface OrderRecord {
  /** With the price at which the venue has it. */
  intent: RiskApproved<OrderIntent>;
  /** Stop and target for what this entry opens; null for other orders. */
  readonly plan: ProtectionPlan | null;
  /** Which of several orders of its slot: the id of an {@linkcode ExitLeg}; 0 where there is only one. */
  readonly leg: number;
  state: OrderState;
  /** The request's quantity, or what the venue made of it. */
  quantity: Quantity;
  filled: Quantity;
  /** Executions that were applied already: a fill that comes twice counts once (invariant I5). */
  readonly tradeIds: string[];
  /** Version of the account that the risk rules saw. */
  approvedVersion: number;
  sentAtMs: TimestampMs;
  /** When the venue last said that it does not know the order, and how often it did; 0 before. */
  missedAtMs: TimestampMs;
  misses: number;
  askedAtMs: TimestampMs;
  cancelSent: boolean;
  /** The request as it is to be where it was asked to move and the venue has not answered; null otherwise. */
  moving: RiskApproved<OrderIntent> | null;
  /** Where an entry that was asked back is to wait instead; null for all others. */
  amended: { readonly at: EntryPlace; readonly sizing: PlainSizing | null } | null;
}

/** Stop and target that a position is to have, and targets of parts of what an entry brings. */
export interface ProtectionPlan {
  readonly stop: Protection | null;
  readonly target: Protection | null;
  readonly targets?: readonly TargetPart[];
}

/** What waits at a price of its own to close the position or a part of it. It is gone when the position is. */
export interface ExitLeg {
  /** From 1 up, unique in its book. */
  readonly id: number;
  /** A price, or a target that follows the average entry price. */
  readonly at: EntryPrice | { readonly kind: "target"; readonly target: Protection };
  /** All that is held, a quantity, or what lies between two shares of all that was entered. */
  readonly size:
    | { readonly kind: "whole" }
    | { readonly kind: "units"; readonly quantity: Quantity }
    | { readonly kind: "share"; readonly from: number; readonly to: number };
  readonly terms: OrderTerms;
  readonly reason: string;
  /** What its orders have closed. */
  filled: Quantity;
}

/** A strategy on one instrument. */
export interface BookState {
  readonly lots: Lot[];
  /** What closing has left over that is less than one lot, as one lot; null without any. It is no position. */
  dust: Lot | null;
  position: Quantity;
  /** How often the whole position has been closed. */
  positionsClosed: number;
  /** Float64 twins of the position and its average entry price (NaN when flat), for decisions and marks. */
  positionNumber: number;
  entryPriceNumber: number;
  averageEntry: Price | null;
  /** Best price since the position was opened, from which trailing stops count; NaN when flat. */
  bestPrice: number;
  /** How far a trailing stop has come whose place follows from more than the best price; null without one. */
  following: { readonly stop: TrailingStop; readonly price: number } | null;
  /** When stop and target were last looked after: a table of returns has moved on since then, or not. */
  protectedAtMs: TimestampMs;
  /** True when the entry filled inside a candle: of that candle only the close counts as a price after it. */
  enteredInside: boolean;
  /** How many candles the book had seen when the position was opened. */
  openedAtCandle: number;
  /** Wanted by the entry that opened the position. */
  plan: ProtectionPlan;
  /** All that entries have brought since the position was opened, whatever exits have taken: at least zero. */
  entered: Quantity;
  /** Exits that wait beside stop and target. */
  legs: ExitLeg[];
  /** Why the book wants to be flat; kept until it is, so that a lost closing order is replaced. */
  closing: string | null;
  /** True when a stop or target could not be put up: it is tried again. */
  protectAgain: boolean;
  /** When the last exit came to nothing, or was tried again. */
  exitTriedAtMs?: TimestampMs;
  /** True where the last exit did not even get to the venue, as one that is worth too little. */
  exitRefused?: boolean;
  /** Why the book takes no new exposure. */
  halted: string | null;
  /**
   * How often in a row the venue has refused an exit for want of balance, and the account's version when it did last: the
   * same is not asked again at once, unless something has changed (fault 9).
   */
  withoutFunds: { readonly times: number; readonly version: number };
  /** How many orders in a row the venue has refused to take with this key (fault 52). */
  timesDenied?: number;
  /** Exits that were lost before a person last let it go on, or asked for a close, count no more. */
  lostExitsFromMs?: TimestampMs;
  /** How many orders in a row the venue has refused for not keeping to its rules (fault 7). */
  refusedByRule?: number;
  /** True once its strategy has failed: it decides nothing until a person has looked (fault 59). */
  hasFailed?: boolean;
  /** Counts replacements, so that every order has a name of its own. */
  revision: number;
  candles: number;
  memory: Memory;
}

/** All that a trader knows: values only, so that it can be written down after any event and taken up again. */
export interface TraderState {
  /** Grids of markets that have changed since the beginning, by instrument; undefined while none has. */
  grids?: (Grid | null)[];
  nowMs: TimestampMs;
  /** Of the process that leads, 0 where there is none: part of every order's name. */
  epoch: number;
  /** Why the account takes no new exposure; null where it may. */
  halted: string | null;
  /** Grows with every fill and halt: what an approval was based on. */
  version: number;
  readonly account: Account;
  /** By asset that is not the quote, what the account has beside what its trades have brought: transfers, fees paid of it. */
  readonly external: Record<string, Notional>;
  readonly history: RiskHistory;
  /** Equity at the last close of a candle group. */
  lastEquity: number;
  readonly books: BookState[];
  /** Markets that take entries, where they are ranked. */
  readonly universe?: UniverseState;
  /** Of strategies that divide their equity among their books, in the order of their first books. */
  readonly allocations?: readonly AllocationState[];
  /** Orders that may still do something. */
  readonly orders: OrderRecord[];
  /** The last orders that ended, so that late news of them is understood; at most twice {@linkcode RECENT_ORDERS}. */
  readonly recent: OrderRecord[];
  /** Charges and liquidations that were applied lately: one that comes twice counts once. At most {@linkcode RECENT_CHARGES}. */
  readonly recentCharges: string[];
  /** Groups in which one cancels the other that are over, the last {@linkcode RECENT_GROUPS} of them. */
  readonly closedOco: string[];
  /** Last close by instrument, NaN before the first. */
  readonly marks: Float64Array;
  readonly lastOpenTimeMs: Float64Array;
  /**
   * How many of what happened, from signals to fills: `rebalances` of portfolios and `kept:REASON` for changes that they
   * left undone; `requests`, of these `signals:KIND`; `refused:CODE` and
   * `shrunk:CODE` by our own rules, `venue:CODE` refused by the venue; `orders`, of these `orders:SLOT`; `fills`;
   * `ended:SLOT:STATE` for the end of each order, where `partly-filled` means that the rest was cancelled or expired.
   */
  readonly funnel: Record<string, number>;
}

/** How many ended orders are remembered at least. */
export const RECENT_ORDERS = 512;

/** How many groups in which one cancels the other are remembered when they are over. */
export const RECENT_GROUPS = 64;

/** How many charges are remembered. */
export const RECENT_CHARGES = 256;

/** True of a charge, or another entry without an order, that was applied before; remembers it where it was not (I5). */
export function wasApplied({ recentCharges }: TraderState, id: string): boolean {
  if (recentCharges.includes(id)) return true;
  recentCharges.push(id);
  if (recentCharges.length > RECENT_CHARGES) recentCharges.shift();
  return false;
}

/** Adds one to a figure of the funnel. */
export function count(state: TraderState, what: string): void {
  state.funnel[what] = (state.funnel[what] ?? 0) + 1;
}

/** The live order of that name, or one that ended lately. */
export function findOrder(state: TraderState, id: ClientOrderId): OrderRecord | undefined {
  return named(state.orders, id) ?? named(state.recent, id);
}

/** The newest ones are asked for most. */
function named(orders: readonly OrderRecord[], id: ClientOrderId): OrderRecord | undefined {
  for (let i = orders.length - 1; i >= 0; i--) if (orders[i]!.intent.clientOrderId === id) return orders[i];
  return undefined;
}

/** Live orders of a book in a slot. */
export function liveOrders(state: TraderState, book: number, slot: OrderIntent["slot"]): OrderRecord[] {
  return state.orders.filter((order) => order.intent.book === book && order.intent.slot === slot);
}

/** True when the book has a live order in the slot. */
export function hasLiveOrder(state: TraderState, book: number, slot: OrderIntent["slot"]): boolean {
  for (const order of state.orders) if (order.intent.book === book && order.intent.slot === slot) return true;
  return false;
}

/** True when the whole position is on its way to the market, and somebody knows where that order is. */
export function hasLiveClose(state: TraderState, book: number): boolean {
  for (const order of state.orders) {
    if (order.intent.book === book && order.intent.slot === "close" && order.state !== "quarantined") return true;
  }
  return false;
}

/**
 * True where an entry that was asked back may still fill: then it is closed, too. One asked for since is meant to stay.
 */
export function hasWithdrawnEntry(state: TraderState, book: number): boolean {
  return state.orders.some(({ intent, cancelSent }) => intent.book === book && intent.slot === "entry" && cancelSent);
}

/** Reason of the lot that dust is. */
export const DUST = "left over";

/** Everything that a book still owns: its open lots, after the dust that closing has left over. */
export function heldLots({ dust, lots }: BookState): readonly Lot[] {
  return dust === null ? lots : [dust, ...lots];
}
