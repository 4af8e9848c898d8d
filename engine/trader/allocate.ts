// A portfolio is brought back to its weights: when, to which, by which orders, and that they have arrived.
import { sizeNumber } from "../market/mod.ts";
import { isBeyondBand, portfolioWeights, variances } from "../portfolio/mod.ts";
import { barClose, DAY_MS, nominalLengthMs, type TimestampMs } from "../time/mod.ts";
import { askFor, hasOrder, holdingOf, instrumentOf, leastTrade, valueOf } from "./allocation_orders.ts";
import { hasEnded, isFollowed, noteCloses, returnsOf, rowsKnown } from "./allocation_rows.ts";
import type { Allocation, AllocationState } from "./allocation_state.ts";
import { sizedEquity } from "./budget.ts";
import { isListed } from "./listing.ts";
import { count } from "./state.ts";
import type { Trader } from "./trader.ts";
import { outsideUniverse } from "./universe.ts";

/** Orders that did not arrive are sent again at the next closes, this often in all. */
const MOST_ATTEMPTS = 3;
/** Closes after which orders that do not end are left to themselves: nothing trades in their markets. */
const MOST_WAITED = 10;
/** An order has arrived when no more than this share of it is missing: a fee may be taken from it. */
const MOST_SHORT = 0.05;
/** Without a calendar the weights are taken to be good for so long. */
const HORIZON_MS = 30 * DAY_MS;

/**
 * Follows an allocation through a group of candles. What it wants goes to the requests of its books; `turns` then has
 * those that sell before those that buy.
 *
 * @param isLate True for candles that are history only, as those of a session's warm-up: their closes are remembered.
 */
export function allocate(
  trader: Trader,
  allocation: Allocation,
  own: AllocationState,
  closeTimeMs: TimestampMs,
  isLate: boolean,
): void {
  if (!noteCloses(trader, allocation, own, closeTimeMs) || isLate) return;
  let isTrading = false;
  for (const book of allocation.books) {
    if (!hasEnded(trader, book, closeTimeMs)) continue;
    isTrading ||= trader.books[book]!.context.openTimeMs >= trader.config.tradeFromMs;
  }
  if (!isTrading || isUnderWay(trader, allocation, own)) return;
  if (closeTimeMs < own.dueMs && !hasDrifted(trader, allocation, own)) return;
  rebalance(trader, allocation, own, closeTimeMs);
}

/** True while orders of the last rebalance are on their way, or go out once more because they did not arrive. */
function isUnderWay(trader: Trader, allocation: Allocation, own: AllocationState): boolean {
  if (own.attempts === 0) return false;
  const { books } = allocation;
  if (books.some((book) => hasOrder(trader, book)) && own.waited++ < MOST_WAITED) return true;
  own.waited = 0;
  for (const book of books) if (hasOrder(trader, book)) trader.books[book]!.context.withdraw();
  const missing = own.wanted.map((wanted, i) => hasArrived(trader, allocation, own, i) ? NaN : wanted);
  if (own.attempts < MOST_ATTEMPTS && missing.some((wanted) => !Number.isNaN(wanted))) {
    const { instruments } = trader.config;
    const wantedValue = (i: number) => {
      const instrument = instrumentOf(trader, allocation, i);
      return sizeNumber(instruments[instrument]!, trader.state.marks[instrument]!, missing[i]!);
    };
    const holdings = books.map((_, i) => {
      const value = valueOf(trader, allocation, i);
      return holdingOf(trader, allocation, i, Number.isNaN(missing[i]!) ? value : wantedValue(i), NaN);
    });
    own.attempts++;
    if (askFor(trader, allocation, own, holdings, 0).change.some((change) => change !== 0)) return true;
  }
  if (missing.some((wanted) => !Number.isNaN(wanted))) count(trader.state, "kept:not-filled");
  own.wanted.fill(NaN);
  own.attempts = 0;
  return false;
}

function hasArrived(trader: Trader, { books }: Allocation, { wanted, from }: AllocationState, i: number): boolean {
  if (Number.isNaN(wanted[i]!)) return true;
  const held = trader.state.books[books[i]!]!.positionNumber;
  return Math.abs(wanted[i]! - held) <= MOST_SHORT * Math.abs(wanted[i]! - from[i]!);
}

function hasDrifted(trader: Trader, allocation: Allocation, { targets }: AllocationState): boolean {
  const { rule: { band }, books } = allocation;
  if (band === null || Number.isNaN(targets[0]!)) return false;
  const equity = sizedEquity(trader, books[0]!);
  for (let i = 0; i < books.length; i++) {
    if (hasOrder(trader, books[i]!)) continue;
    const value = valueOf(trader, allocation, i), off = Math.abs(value - targets[i]! * equity);
    if (isBeyondBand(value / equity, targets[i]!, band) && off >= leastTrade(trader, allocation, i)) return true;
  }
  return false;
}

function rebalance(trader: Trader, allocation: Allocation, own: AllocationState, closeTimeMs: TimestampMs): void {
  const { books, rule } = allocation, { calendar, cashFraction, riskAversion } = rule;
  const found = weightsOf(trader, allocation, own);
  if (found === null) return count(trader.state, "kept:no-weights");
  own.dueMs = calendar === null
    ? Infinity
    : barClose(calendar.every, closeTimeMs - calendar.offsetMs as TimestampMs) + calendar.offsetMs;
  const invested = (1 - cashFraction) / (1 + trader.config.reserveFraction), equity = sizedEquity(trader, books[0]!);
  books.forEach((_, i) => own.targets[i] = found.weights[i]! * invested);
  const holdings = books.map((_, i) => holdingOf(trader, allocation, i, own.targets[i]! * equity, found.variances[i]!));
  const { change, kept } = askFor(trader, allocation, own, holdings, riskAversion);
  if (change.some((own) => own !== 0)) count(trader.state, "rebalances");
  for (const reason of kept) if (reason !== null) count(trader.state, `kept:${reason}`);
}

/** Weights by book, and the variance of each until the next rebalance; null where nothing can be held by them now. */
function weightsOf(trader: Trader, allocation: Allocation, own: AllocationState) {
  const { rule: { weighting, lookback, maxWeight, calendar }, books, timeframe } = allocation;
  const width = books.length, isFull = rowsKnown(own, width) > lookback;
  if (!isFull && weighting !== "equal") return null;
  const all = returnsOf(own, width, books.map((_, i) => i));
  const candles = (calendar === null ? HORIZON_MS : nominalLengthMs(calendar.every)) / nominalLengthMs(timeframe);
  const perCandle = isFull ? variances(all) : new Float64Array(width).fill(NaN);
  const members = books.flatMap((book, i) => {
    const { instrument } = trader.config.books[book]!;
    const takesEntries = isListed(trader.config, instrument, trader.state.nowMs) &&
      outsideUniverse(trader, instrument) === null;
    // A price that stands still says nothing of the risk.
    const isMoving = weighting === "equal" || perCandle[i]! > 0;
    return takesEntries && isMoving && isFollowed(own, width, i) ? [i] : [];
  });
  const weights = portfolioWeights(weighting, returnsOf(own, width, members), maxWeight);
  if (weights === null) return null;
  const byBook = new Float64Array(width);
  members.forEach((i, member) => byBook[i] = weights[member]!);
  return { weights: byBook, variances: perCandle.map((own) => own * candles) };
}
