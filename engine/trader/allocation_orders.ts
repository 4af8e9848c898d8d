// What an allocation holds, what it is to hold, and the requests that lead from the one to the other.
import { quantityWorth, sizeNumber, usesMargin } from "../market/mod.ts";
import { notionalToNumber, type Quantity, quantityToNumber } from "../money/mod.ts";
import { type Holding, type RebalancingTrades, rebalancingTrades } from "../portfolio/mod.ts";
import { worstPrice } from "../risk/mod.ts";
import type { Allocation, AllocationState } from "./allocation_state.ts";
import { sizedEquity } from "./budget.ts";
import type { Trader } from "./trader.ts";

/** Share of the equity that purchases leave for the rounding of quantities. */
const ROUNDING = 1e-12;

/** Asks for what brings the holdings to their targets, sales first. */
export function askFor(
  trader: Trader,
  allocation: Allocation,
  own: AllocationState,
  holdings: readonly Holding[],
  riskAversion: number,
): RebalancingTrades {
  const { books, rule: { cashFraction } } = allocation, { config, state } = trader;
  const equity = sizedEquity(trader, books[0]!);
  const isPaidInCash = books.some((_, i) => !usesMargin(config.instruments[instrumentOf(trader, allocation, i)]!));
  const free = equity - holdings.reduce((sum, { value }) => sum + value, 0);
  const cash = (isPaidInCash ? Math.min(free, uncommittedCash(trader)) : free) - cashFraction * equity;
  const trades = rebalancingTrades(holdings, {
    equity,
    // A quantity is rounded to the lot: what that takes up must not be refused.
    cash: cash - ROUNDING * equity,
    costFraction: config.reserveFraction,
    riskAversion,
  });
  trades.change.forEach((change, i) => {
    if (change === 0) return void (own.wanted[i] = NaN);
    const book = books[i]!, instrument = instrumentOf(trader, allocation, i), { value, target } = holdings[i]!;
    const units = target === 0
      ? 0
      : quantityWorth(config.instruments[instrument]!, state.marks[instrument]!, value + change);
    if (own.attempts <= 1) own.from[i] = state.books[book]!.positionNumber;
    own.wanted[i] = units;
    trader.books[book]!.context.targetUnits(units);
  });
  if (trades.change.some((change) => change !== 0)) own.attempts = Math.max(1, own.attempts);
  sellFirst(trader, books, trades.change);
  return trades;
}

/** Cash without what purchases that are on their way will take of it. */
function uncommittedCash({ config, state }: Trader): number {
  let cash = state.account.cashNumber;
  for (const { intent, quantity, filled } of state.orders) {
    if (intent.slot !== "entry" || intent.side !== "buy") continue;
    const { instrument } = config.books[intent.book]!, rest = quantityToNumber((quantity - filled) as Quantity);
    cash -= sizeNumber(config.instruments[instrument]!, worstPrice(intent, state.marks[instrument]!), rest);
  }
  return cash;
}

/** A purchase is paid from what is sold with it, so that has to be asked for before. */
function sellFirst({ turns }: Trader, books: readonly number[], change: Float64Array): void {
  const places = books.map((book) => turns.indexOf(book)).sort((a, b) => a - b);
  const order = [...books.keys()].sort((a, b) => Number(change[a]! >= 0) - Number(change[b]! >= 0) || a - b);
  order.forEach((i, at) => turns[places[at]!] = books[i]!);
}

/** True when a book has an order that may still trade and was not asked back. */
export function hasOrder({ state }: Trader, book: number): boolean {
  for (const { intent, cancelSent } of state.orders) if (intent.book === book && !cancelSent) return true;
  return false;
}

/** What a book holds and is to hold; one whose order has not ended is left alone. */
export function holdingOf(
  trader: Trader,
  allocation: Allocation,
  i: number,
  wanted: number,
  variance: number,
): Holding {
  const value = valueOf(trader, allocation, i), target = hasOrder(trader, allocation.books[i]!) ? value : wanted;
  return { value, target, minTrade: leastTrade(trader, allocation, i), variance };
}

/** The smallest change that is asked for, quote units: rounding to the lot must not take it below what the venue accepts. */
export function leastTrade({ config, state }: Trader, { rule, books }: Allocation, i: number): number {
  const { instrument } = config.books[books[i]!]!, market = config.instruments[instrument]!;
  if (market.minNotional === 0n) return rule.minTradeQuote;
  const oneLot = sizeNumber(market, state.marks[instrument]!, quantityToNumber(market.lot));
  return Math.max(rule.minTradeQuote, notionalToNumber(market.minNotional) + oneLot);
}

/** Size of a book's position at its mark. */
export function valueOf(trader: Trader, allocation: Allocation, i: number): number {
  const { positionNumber } = trader.state.books[allocation.books[i]!]!;
  if (positionNumber === 0) return 0;
  const instrument = instrumentOf(trader, allocation, i);
  return sizeNumber(trader.config.instruments[instrument]!, trader.state.marks[instrument]!, positionNumber);
}

/** Number of a book's instrument. */
export function instrumentOf({ config }: Trader, { books }: Allocation, i: number): number {
  return config.books[books[i]!]!.instrument;
}
