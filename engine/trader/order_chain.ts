// The only way from a wish to the venue: intent → risk-approved → recorded → submitted.
import { sizeNumber } from "../market/mod.ts";
import { type Price, type Quantity, quantityToNumber } from "../money/mod.ts";
import {
  assertStep,
  clientOrderId,
  isTerminal,
  type OrderIntent,
  type OrderKind,
  type OrderState,
  type OrderTerms,
  PLAIN_TERMS,
  type PlainSizing,
  type RiskApproved,
  type Side,
  type Slot,
  type Trail,
} from "../orders/mod.ts";
import { equityOf, grossExposureOf } from "../portfolio/mod.ts";
import {
  approve,
  approveMove,
  type HeldInstrument,
  type Refusal,
  type RiskView,
  type StrategyBudget,
  worstPrice,
} from "../risk/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { bareEntry } from "./bare_entry.ts";
import { boundByStrategy } from "./budget.ts";
import type { Command } from "./command.ts";
import { strategyIdOf } from "./config.ts";
import { figure } from "./figure.ts";
import { notListed } from "./listing.ts";
import { hasSibling, isClosedOco, isOutweighed } from "./oco.ts";
import {
  count,
  hasLiveClose,
  hasLiveOrder,
  type OrderRecord,
  type ProtectionPlan,
  RECENT_ORDERS,
  type TraderState,
} from "./state.ts";
import type { Trader } from "./trader.ts";
import { outsideUniverse } from "./universe.ts";

/** What an order is to do, before it has a name. */
export interface OrderWish {
  readonly book: number;
  readonly slot: Slot;
  readonly side: Side;
  readonly kind: OrderKind;
  readonly quantity: Quantity;
  readonly price: Price | null;
  readonly limitPrice?: Price | null | undefined;
  readonly trail?: Trail | null | undefined;
  /** See {@linkcode OrderIntent.sinceMs}. */
  readonly sinceMs?: TimestampMs | undefined;
  /** Plain ones without it. */
  readonly terms?: OrderTerms;
  readonly sizeAtFill: PlainSizing | null;
  /** Stop and target that the position is to have once this entry fills; null for other orders. */
  readonly plan: ProtectionPlan | null;
  /** See {@linkcode OrderRecord.leg}; 0 without it. */
  readonly leg?: number;
  /** See {@linkcode OrderIntent.oco}. */
  readonly oco?: string | undefined;
  /** True when it takes the place of an entry that was counted already. */
  readonly replaces?: boolean;
  readonly reason: string;
}

/**
 * Names the order, puts it before the risk rules and asks for it to be recorded. Null when it was refused.
 *
 * @param makeRoom Called before it is asked for, and not at all where it was refused.
 */
export function propose(
  trader: Trader,
  wish: OrderWish,
  commands: Command[],
  makeRoom?: () => void,
): OrderRecord | null {
  const { config, state } = trader;
  const intent = intentOf(trader, wish);
  if (isClosedOco(state, intent)) {
    refuse(trader, intent, OCO_CLOSED, commands);
    return null;
  }
  const isCounted = wish.replaces === true || hasSibling(trader, intent);
  const decision = approve(intent, riskView(trader, intent, wish.leg ?? 0), config.rules);
  if (decision.approved === null) {
    refuse(trader, intent, decision.refusal, commands);
    if (intent.reduceOnly) noteRefusedExit(trader, intent, decision.refusal, commands);
    return null;
  }
  const stop = wish.slot === "entry" && config.exitsLock === true ? wish.plan?.stop ?? null : null;
  const bare = stop === null ? null : bareEntry(trader, decision.approved, stop);
  if (bare !== null) {
    refuse(trader, intent, bare, commands);
    return null;
  }
  makeRoom?.();
  if (wish.slot === "stop" || wish.slot === "close") forgetRefusedExit(state, wish.book);
  for (const { code } of decision.shrunk) count(state, `shrunk:${code}`);
  const record = newRecord(decision.approved, wish, state.version);
  state.orders.push(record);
  if (wish.slot === "entry" && !isCounted) state.history.entriesToday++;
  count(state, "orders");
  count(state, figure("orders", wish.slot));
  commands.push({ kind: "record", order: decision.approved, shrunk: decision.shrunk });
  return record;
}

const OCO_CLOSED: Refusal = {
  code: "oco",
  reason: "another entry of which one cancels the other has traded or was refused",
};

/** The wish as a complete request, with a name of its own. */
export function intentOf(trader: Trader, wish: OrderWish): OrderIntent {
  const { config, state } = trader;
  const intent = {
    clientOrderId: clientOrderId(
      sessionTag(trader),
      wish.book,
      state.nowMs,
      wish.slot,
      state.books[wish.book]!.revision++,
    ),
    instrument: config.instruments[config.books[wish.book]!.instrument]!.id,
    book: wish.book,
    slot: wish.slot,
    decidedAtMs: state.nowMs,
    side: wish.side,
    kind: wish.kind,
    quantity: wish.quantity,
    price: wish.price,
    limitPrice: wish.limitPrice ?? null,
    trail: wish.trail ?? null,
    terms: wish.terms ?? PLAIN_TERMS,
    reduceOnly: wish.slot !== "entry",
    sizeAtFill: wish.sizeAtFill,
    reason: wish.reason,
  };
  const { sinceMs, oco } = wish;
  if (sinceMs === undefined && oco === undefined) return intent;
  return { ...intent, ...(sinceMs === undefined ? {} : { sinceMs }), ...(oco === undefined ? {} : { oco }) };
}

/** What begins an order's name: the session, and the epoch of the process that leads it. */
function sessionTag({ config: { session }, state: { epoch } }: Trader): string {
  return epoch === 0 ? session : `${session}${epoch.toString(36)}`;
}

/** The next exit may be tried between candles again. */
export function forgetRefusedExit({ books }: TraderState, book: number): void {
  if (books[book]!.exitRefused === true) books[book]!.exitRefused = false;
}

/** What is too small to be sold stays, and is tried again with each candle: its price may rise. Said once. */
function noteRefusedExit(
  { config, state }: Trader,
  { book, slot, quantity }: OrderIntent,
  { reason }: Refusal,
  commands: Command[],
): void {
  const own = state.books[book]!;
  if (config.exitsLock !== true || slot === "reduce" || own.exitRefused === true || quantity === 0n) return;
  own.exitRefused = true;
  const { symbol } = config.instruments[config.books[book]!.instrument]!;
  commands.push({
    kind: "alarm",
    code: "exit-refused",
    message: `${symbol}: no ${slot} order is possible now: ${reason}`,
  });
}

/** Turns an order down before it exists for anybody else: counted, and told to those who watch. */
export function refuse({ state }: Trader, order: OrderIntent, refusal: Refusal, commands: Command[]): void {
  count(state, `refused:${refusal.code}`);
  commands.push({ kind: "refused", order, refusal });
}

export function newRecord(
  intent: RiskApproved<OrderIntent>,
  { plan, leg = 0 }: Pick<OrderWish, "plan" | "leg">,
  version: number,
): OrderRecord {
  return {
    intent,
    plan,
    leg,
    state: "approved",
    quantity: intent.quantity,
    filled: 0n as Quantity,
    tradeIds: [],
    approvedVersion: version,
    sentAtMs: 0 as TimestampMs,
    missedAtMs: 0 as TimestampMs,
    misses: 0,
    askedAtMs: 0 as TimestampMs,
    cancelSent: false,
    moving: null,
    amended: null,
  };
}

/** Moves an order on; one that has ended leaves the live orders for the short memory of the recent ones. */
export function moveTo(trader: Trader, record: OrderRecord, next: OrderState): void {
  if (record.state === next) return;
  assertStep(record.state, next);
  const wasQuarantined = record.state === "quarantined";
  record.state = next;
  if (wasQuarantined) endQuarantine(trader, record);
  trader.steps?.push({ clientOrderId: record.intent.clientOrderId, to: next, timeMs: trader.state.nowMs, reason: "" });
  if (!isTerminal(next)) return;
  const ended = next !== "filled" && record.filled > 0n ? "partly-filled" : next;
  count(trader.state, figure(figure("ended", record.intent.slot), ended));
  const { orders, recent } = trader.state;
  // By hand: splice would make an array of what it takes out.
  for (let i = orders.indexOf(record); i + 1 < orders.length; i++) orders[i] = orders[i + 1]!;
  orders.pop();
  recent.push(record);
  // In one go: each shift would move all of them.
  if (recent.length >= 2 * RECENT_ORDERS) recent.splice(0, RECENT_ORDERS);
}

/** Why a book stands still with an order of which nobody knows what became of it. */
export function quarantineReason({ intent }: OrderRecord): string {
  return `nobody knows what became of ${intent.clientOrderId}`;
}

/** What was unknown has been found: the halt that came with it ends, unless there is another one; no other halt does. */
function endQuarantine({ state }: Trader, found: OrderRecord): void {
  const { book } = found.intent, own = state.books[book]!;
  if (own.halted !== quarantineReason(found)) return;
  const left = state.orders.find((other) => other.intent.book === book && other.state === "quarantined");
  own.halted = left === undefined ? null : quarantineReason(left);
}

/** Asks the venue to take an order back, once. One that has not left yet is not sent any more. */
export function cancel(record: OrderRecord, commands: Command[]): void {
  if (record.cancelSent) return;
  record.cancelSent = true;
  if (record.state !== "approved") commands.push({ kind: "cancel", clientOrderId: record.intent.clientOrderId });
}

/**
 * Lets a protective order rest at another price, in one request: a position is never without it. False where only an
 * order of its own can take its place: this one has not arrived, has begun to trade, or is on its way already.
 */
export function move(
  { config, state }: Trader,
  record: OrderRecord,
  price: Price,
  limitPrice: Price | null,
  commands: Command[],
): boolean {
  const { intent } = record;
  if (record.state !== "open" || record.moving !== null || record.filled > 0n || intent.trail !== null) return false;
  if (config.canMove === false) return false;
  const own = config.books[intent.book]!.instrument;
  const view = { instrument: config.instruments[own]!, mark: state.marks[own]! };
  const moved = approveMove(intent, price, limitPrice, state.nowMs, view);
  if (moved === null) return false;
  record.moving = moved;
  count(state, figure("moved", intent.slot));
  commands.push({ kind: "move", order: moved });
  return true;
}

/** The account as the risk rules see it: whatever is in flight counts as filled (invariant I9). */
export function riskView(trader: Trader, intent: OrderIntent, leg: number): RiskView {
  const { config, state } = trader;
  const own = config.books[intent.book]!.instrument, { base } = config.instruments[own]!;
  let freeCash = state.account.cashNumber;
  let grossExposure = grossExposureOf(state.account, state.marks, config.instruments);
  let assetExposure = exposureOfAsset(trader, base);
  let slotTaken = false;
  for (const order of state.orders) {
    const other = order.intent;
    if (other.clientOrderId === intent.clientOrderId) continue;
    const sameSlot = other.book === intent.book && other.slot === intent.slot && order.leg === leg;
    if (sameSlot && other.decidedAtMs === intent.decidedAtMs) slotTaken ||= !order.cancelSent;
    const goesToMarket = other.slot === "close" || (other.slot === "reduce" && other.kind === "market");
    if (other.slot !== "entry" && !goesToMarket) continue;
    // Of a group in which one cancels the other only one will trade: this one, or the largest of the others.
    if (other.oco !== undefined && other.oco === intent.oco) continue;
    const instrument = config.books[other.book]!.instrument;
    const rest = quantityToNumber((order.quantity - order.filled) as Quantity);
    const notional = sizeNumber(config.instruments[instrument]!, worstPrice(other, state.marks[instrument]!), rest);
    if (other.slot === "entry") {
      if (other.side === "buy" && !isOutweighed(state, order, "buy")) freeCash -= notional;
      if (isOutweighed(state, order)) continue;
      grossExposure += notional;
      if (config.instruments[instrument]!.base === base) assetExposure += notional;
    } else if (order.state !== "unknown" && order.state !== "quarantined") {
      // A purchase decided together with a sale is paid from it: the venue executes them in this order.
      freeCash += other.side === "sell" ? notional : -notional;
      grossExposure -= notional;
      if (config.instruments[instrument]!.base === base) assetExposure -= notional;
    }
  }
  return {
    instrument: config.instruments[own]!,
    mark: state.marks[own]!,
    equity: equityOf(state.account, state.marks, config.instruments),
    position: state.books[intent.book]!.positionNumber,
    freeCash,
    grossExposure,
    assetExposure,
    orderNotional: sizeNumber(
      config.instruments[own]!,
      worstPrice(intent, state.marks[own]!),
      quantityToNumber(intent.quantity),
    ),
    otherPositions: otherPositions(trader, intent.book),
    held: state.history.returns === null ? NONE_HELD : heldBeside(trader, own),
    instrumentNumber: own,
    budget: budgetOf(trader, intent),
    history: hasSibling(trader, intent)
      ? { ...state.history, entriesToday: state.history.entriesToday - 1 }
      : state.history,
    leverage: config.leverage,
    slotTaken,
    marketClosed: notListed(config, own, state.nowMs) ?? outsideUniverse(trader, own),
    halted: state.halted ?? state.books[intent.book]!.halted,
  };
}

const NONE_HELD: readonly HeldInstrument[] = [];

/** Instruments beside this one in which a book holds a position that it is not leaving, or has an entry on its way. */
function heldBeside({ config, state }: Trader, instrument: number): HeldInstrument[] {
  const held: HeldInstrument[] = [];
  const add = (book: number, direction: 1 | -1) => {
    const number = config.books[book]!.instrument;
    if (number !== instrument) held.push({ number, symbol: config.instruments[number]!.symbol, direction });
  };
  state.books.forEach(({ positionNumber }, book) => {
    if (positionNumber !== 0 && !hasLiveClose(state, book)) add(book, positionNumber > 0 ? 1 : -1);
  });
  for (const { intent } of state.orders) {
    if (intent.slot === "entry") add(intent.book, intent.side === "buy" ? 1 : -1);
  }
  return held;
}

function budgetOf(trader: Trader, intent: OrderIntent): StrategyBudget | null {
  const { config, state } = trader, own = config.books[intent.book]!;
  if (own.budgetFraction === undefined) return null;
  const limit = equityOf(state.account, state.marks, config.instruments) * own.budgetFraction;
  return { strategy: strategyIdOf(own), limit, bound: boundByStrategy(trader, intent) };
}

function exposureOfAsset({ config, state }: Trader, base: string): number {
  let exposure = 0;
  for (let i = 0; i < config.instruments.length; i++) {
    const position = state.account.positionNumbers[i]!;
    const market = config.instruments[i]!;
    if (position !== 0 && market.base === base) exposure += sizeNumber(market, state.marks[i]!, position);
  }
  return exposure;
}

function otherPositions({ state }: Trader, book: number): number {
  let count = 0;
  for (let i = 0; i < state.books.length; i++) {
    if (i !== book && (state.books[i]!.position !== 0n || hasLiveOrder(state, i, "entry"))) count++;
  }
  return count;
}
