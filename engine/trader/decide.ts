// From a strategy's requests to proposed orders.
import { type Quantity, quantityFromNumber, ZERO_QUANTITY } from "../money/mod.ts";
import type { PlainSizing } from "../orders/mod.ts";
import { partOfSizing, plainSizing, type Refusal } from "../risk/mod.ts";
import { isPlaced, isTrailingEntry, type Protection, type Request } from "../strategies/mod.ts";
import { amendEntries } from "./amend.ts";
import { sizedEquity, sizingAtVenue } from "./budget.ts";
import { checkOcoAsked } from "./close_oco.ts";
import { closableQuantity } from "./closable.ts";
import type { Command } from "./command.ts";
import { strategyIdOf } from "./config.ts";
import { figure } from "./figure.ts";
import { scheduleRefusal } from "./keep_schedule.ts";
import { cancel, intentOf, type OrderWish, propose, refuse } from "./order_chain.ts";
import { entryQuantity } from "./entry_size.ts";
import { ocoName } from "./oco.ts";
import { addLeg, waitForExit } from "./exit_legs.ts";
import { entryPlace, worstEntryPrice } from "./order_price.ts";
import { orderTerms } from "./order_terms.ts";
import { cancelProtection, isStuck, protect } from "./protect.ts";
import { rebalanceRequests } from "./rebalance.ts";
import { count, hasLiveClose, type ProtectionPlan } from "./state.ts";
import type { Trader } from "./trader.ts";

/** Carries out what was asked for one book, in the order of asking. */
export function carryOut(trader: Trader, book: number, requests: readonly Request[], commands: Command[]): void {
  for (const request of requests) {
    count(trader.state, "requests");
    count(trader.state, figure("signals", request.kind));
    carry(trader, book, request, commands);
  }
}

function carry(trader: Trader, book: number, request: Request, commands: Command[]): void {
  switch (request.kind) {
    case "enter":
      // In hedge mode the other side has a book of its own, which was asked, too.
      if (!isOfSide(trader, book, request.side)) break;
      requestEntry(trader, book, request, commands);
      checkOcoAsked(trader, book, request, commands);
      break;
    case "withdraw":
      withdrawEntries(trader, book, commands, request.leg);
      break;
    case "protect":
      moveProtection(trader, book, request, commands);
      break;
    case "amend":
      amendEntries(trader, book, request, commands);
      break;
    case "reduce":
      requestReduction(trader, book, request, commands);
      break;
    case "rebalance":
      rebalanceRequests(trader, book, request, commands).forEach((part) => carry(trader, book, part, commands));
      break;
    case "close":
      requestClose(trader, book, request, commands);
  }
}

function isOfSide({ config }: Trader, book: number, side: "buy" | "sell"): boolean {
  const own = config.books[book]!.side ?? "both";
  return own === "both" || (own === "long") === (side === "buy");
}

/** Asks the venue to take back entries that have not filled, all or those of one leg. True when there were any. */
export function withdrawEntries(trader: Trader, book: number, commands: Command[], leg?: number): boolean {
  let pending = false;
  for (const order of trader.state.orders) {
    if (order.intent.book !== book || order.intent.slot !== "entry") continue;
    if (leg !== undefined && order.leg !== leg) continue;
    pending = true;
    order.amended = null;
    cancel(order, commands);
  }
  return pending;
}

function moveProtection(
  trader: Trader,
  book: number,
  { stop, target }: Extract<Request, { kind: "protect" }>,
  commands: Command[],
): void {
  const own = trader.state.books[book]!;
  if (own.position === 0n) return;
  own.plan = { stop: moved(trader, own.plan.stop, stop), target: moved(trader, own.plan.target, target) };
  protect(trader, book, commands);
}

/** Where a protection is to be; where that is no price yet, it stays where it is. */
function moved({ state }: Trader, now: Protection | null, wanted: Protection | null | undefined): Protection | null {
  if (wanted === undefined) return now;
  if (wanted === null || isPlaced(wanted)) return wanted;
  count(state, "refused:no-protection");
  return now;
}

/** Drops entries that have not filled and sends the whole position to the market, or to where it waits. */
export function requestClose(
  trader: Trader,
  book: number,
  { at, terms, reason }: Extract<Request, { kind: "close" }>,
  commands: Command[],
): void {
  const { state, config } = trader;
  const own = state.books[book]!;
  const pending = withdrawEntries(trader, book, commands);
  if (own.position !== 0n && at !== undefined && own.closing === null) {
    const { lot } = config.instruments[config.books[book]!.instrument]!;
    waitForExit(own, at, orderTerms(terms, state.nowMs, lot), reason);
    return protect(trader, book, commands);
  }
  own.legs = [];
  if (own.position !== 0n || pending) own.closing = reason;
  closeNow(trader, book, commands);
}

/** Closes a part of the position at the market, or lets it wait at a price beside stop and target. */
function requestReduction(
  trader: Trader,
  book: number,
  { size, at, terms, reason }: Extract<Request, { kind: "reduce" }>,
  commands: Command[],
): void {
  const { state, config } = trader;
  const own = state.books[book]!, { lot } = config.instruments[config.books[book]!.instrument]!;
  if (own.position === 0n || own.closing !== null) return;
  const units = size.kind === "units" ? size.units : Math.abs(own.positionNumber) * size.fraction;
  const held = closableQuantity(trader, book), wanted = quantityFromNumber(units, lot);
  const quantity = wanted < held ? wanted : held;
  const workingTerms = orderTerms(terms, state.nowMs, lot);
  if (at !== null) {
    addLeg(own, { at, size: { kind: "units", quantity }, terms: workingTerms, reason });
    return protect(trader, book, commands);
  }
  const side = own.position > 0n ? "sell" : "buy";
  const order = propose(trader, {
    book,
    slot: "reduce",
    side,
    kind: "market",
    quantity,
    price: null,
    sizeAtFill: null,
    plan: null,
    terms: workingTerms,
    reason,
  }, commands);
  // What rests holds the balance that this order needs: it makes room first.
  if (order !== null && config.exitsLock === true) protect(trader, book, commands);
}

/**
 * Sends the closing order that a book wants and does not have: at the request, and again on a later candle when the
 * first one was refused or proven absent. A position below one lot cannot be closed and is let be; one that is worth too
 * little for an order keeps its protection until it is worth more.
 */
export function closeNow(trader: Trader, book: number, commands: Command[]): void {
  const { state, config } = trader, own = state.books[book]!;
  if (own.closing === null || own.position === 0n || hasLiveClose(state, book) || isStuck(trader, book)) {
    return;
  }
  const quantity = closableQuantity(trader, book), reason = own.closing;
  // The stop must not sell what the closing order sells. Where both claim one balance, it stays if nothing takes its place.
  const makeRoom = () => cancelProtection(trader, book, commands), stays = config.exitsLock === true && quantity > 0n;
  if (!stays) makeRoom();
  const wish: OrderWish = {
    ...{ book, slot: "close", side: own.position > 0n ? "sell" : "buy", kind: "market", quantity, price: null },
    ...{ sizeAtFill: null, plan: null, reason },
  };
  if (propose(trader, wish, commands, stays ? makeRoom : undefined) !== null) return;
  if (stays) protect(trader, book, commands);
  else own.closing = null;
}

function requestEntry(
  trader: Trader,
  book: number,
  request: Extract<Request, { kind: "enter" }>,
  commands: Command[],
): void {
  const { config, state } = trader;
  const instrument = config.instruments[config.books[book]!.instrument]!;
  const mark = state.marks[config.books[book]!.instrument]!;
  const price = request.at === null ? mark : worstEntryPrice(request.at, request.side, mark);
  const away = request.side === "buy" ? -1 : 1;
  const refused = (refusal: Refusal) =>
    refuse(trader, intentOf(trader, entryWish(trader, book, request, ZERO_QUANTITY, null)), refusal, commands);
  // A position must not be opened without what is to protect it.
  const unplaced = unplacedOf(request);
  if (unplaced !== null) {
    const reason = `its ${unplaced} has no price yet: ask for the entry once the indicator behind it is known`;
    return refused({ code: "no-protection", reason });
  }
  if (isTrailingEntry(request.at) && !isPlaced(request.at)) {
    const reason = "its distance from the market is not known yet: ask for it once the indicator behind it is";
    return refused({ code: "no-entry-price", reason });
  }
  const closed = scheduleRefusal(trader.books[book]!, state.nowMs);
  if (closed !== null) return refused(closed);
  const equity = sizedEquity(trader, book);
  const { sizingValue, returns } = sizingFacts(trader, book);
  const sizing = request.sizing ??
    plainSizing(config.books[book]!.sizing ?? config.sizing, {
      instrument,
      equity,
      price,
      away,
      value: sizingValue,
      returns,
    });
  if ("code" in sizing) return refused(sizing);
  const size = request.fraction === undefined ? sizing : partOfSizing(sizing, request.fraction);
  const quantity = entryQuantity(trader, book, request.side, price, size, request.stop);
  const sizeAtFill = config.sizeAt === "fill" ? sizingAtVenue(trader, book, size) : null;
  // The venue may find more funds at the fill than are known now: leverage, a better price.
  const isTooSmallYet = quantity === 0n && sizeAtFill?.kind === "equity-fraction";
  const asked = isTooSmallYet ? instrument.lot : quantity;
  propose(trader, entryWish(trader, book, request, asked, sizeAtFill), commands);
}

function entryWish(
  trader: Trader,
  book: number,
  request: Extract<Request, { kind: "enter" }>,
  quantity: Quantity,
  sizeAtFill: PlainSizing | null,
): OrderWish {
  const { config, state } = trader, { instrument } = config.books[book]!;
  const { tick, lot } = config.instruments[instrument]!;
  const { kind, price, limitPrice, trail } = entryPlace(request.at, request.side, tick, state.marks[instrument]!);
  return {
    book,
    slot: "entry",
    side: request.side,
    kind,
    quantity,
    price,
    limitPrice,
    trail,
    terms: orderTerms(request.terms, state.nowMs, lot),
    sizeAtFill,
    plan: planOf(request),
    leg: request.leg ?? 0,
    oco: request.oco === undefined ? undefined : ocoName(trader, book, request.oco),
    reason: request.reason,
  };
}

function unplacedOf({ stop, target, targets }: Extract<Request, { kind: "enter" }>): "stop" | "target" | null {
  if (stop !== null && !isPlaced(stop)) return "stop";
  const isUnplaced = target !== null && !isPlaced(target) || targets?.some(({ at }) => !isPlaced(at));
  return isUnplaced ? "target" : null;
}

function planOf({ stop, target, targets }: Extract<Request, { kind: "enter" }>): ProtectionPlan {
  return targets === undefined ? { stop, target } : { stop, target, targets };
}

/** What the run's sizing may look at beside the account. */
function sizingFacts({ books, config, state }: Trader, book: number) {
  const id = strategyIdOf(config.books[book]!);
  const returns = () =>
    state.history.closed.filter((trade) => strategyIdOf(config.books[trade.book]!) === id)
      .map((trade) => trade.returnFraction);
  return { sizingValue: books[book]!.sizingValues[0] ?? NaN, returns };
}
