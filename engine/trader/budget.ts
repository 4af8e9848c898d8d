// What each strategy of an account may bind, and what it has bound.
import { sizeNumber, usesMargin } from "../market/mod.ts";
import { priceToNumber, type Quantity, quantityToNumber } from "../money/mod.ts";
import type { OrderIntent, PlainSizing } from "../orders/mod.ts";
import { tradableEquityOf } from "../portfolio/mod.ts";
import { strategyIdOf } from "./config.ts";
import { isOutweighed } from "./oco.ts";
import type { Trader } from "./trader.ts";

/** The share of the equity that a book's sizes count from. */
function budgetFraction({ config }: Trader, book: number): number {
  return config.books[book]!.budgetFraction ?? 1;
}

/** What a book's sizes count from, quote units: its share of what can be traded with. */
export function sizedEquity(trader: Trader, book: number): number {
  const { state, config } = trader;
  return tradableEquityOf(state.account, state.marks, config.instruments) * budgetFraction(trader, book);
}

/** A sizing that the venue is to carry out, which knows the account and no budgets. */
export function sizingAtVenue(trader: Trader, book: number, sizing: PlainSizing): PlainSizing {
  return sizing.kind === "equity-fraction"
    ? { ...sizing, fraction: sizing.fraction * budgetFraction(trader, book) }
    : sizing;
}

/**
 * Quote units that the strategy of an order has bound: its positions and other entries on their way, in all its books,
 * less what is on its way to the market to close; a contract binds its notional ÷ leverage. Opposite positions of two
 * strategies in one market do not cancel out here: each holds its own.
 */
export function boundByStrategy({ config, state }: Trader, asking: OrderIntent): number {
  const id = strategyIdOf(config.books[asking.book]!);
  let bound = 0;
  const worth = (book: number, price: number, quantity: number) => {
    const market = config.instruments[config.books[book]!.instrument]!;
    return sizeNumber(market, price, quantity) / (usesMargin(market) ? config.leverage : 1);
  };
  for (let other = 0; other < state.books.length; other++) {
    const { positionNumber } = state.books[other]!;
    if (positionNumber === 0 || strategyIdOf(config.books[other]!) !== id) continue;
    bound += worth(other, state.marks[config.books[other]!.instrument]!, positionNumber);
  }
  for (const order of state.orders) {
    const { intent, quantity, filled } = order;
    if (intent.clientOrderId === asking.clientOrderId || strategyIdOf(config.books[intent.book]!) !== id) continue;
    // Of a group in which one cancels the other only one will trade.
    if (intent.oco !== undefined && (intent.oco === asking.oco || isOutweighed(state, order))) continue;
    const price = intent.price === null
      ? state.marks[config.books[intent.book]!.instrument]!
      : priceToNumber(intent.price);
    const rest = worth(intent.book, price, quantityToNumber((quantity - filled) as Quantity));
    if (intent.slot === "entry") bound += rest;
    else if (intent.slot === "close") bound -= rest;
  }
  return bound;
}
