import type { OpenTrade, Trade } from "../portfolio/mod.ts";

/** What one of several strategies on an account did; amounts in quote units. */
export interface StrategyNote {
  /** Its name on the account. */
  readonly id: string;
  readonly strategy: string;
  /** Trades that were closed. */
  readonly trades: number;
  /** Of them, after fees; and of what is still held, at the last close. */
  readonly profitQuote: number;
  readonly openProfitQuote: number;
  readonly feesQuote: number;
}

/** Adds up what the strategy of that name did. */
export function strategyNote(
  id: string,
  strategy: string,
  trades: readonly Trade[],
  openTrades: readonly OpenTrade[],
): StrategyNote {
  const own = trades.filter((trade) => trade.strategy === id),
    open = openTrades.filter((trade) => trade.strategy === id);
  const sum = (figures: readonly { readonly pnl: number; readonly fees: number }[], what: "pnl" | "fees") =>
    figures.reduce((total, figure) => total + figure[what], 0);
  return {
    id,
    strategy,
    trades: own.length,
    profitQuote: sum(own, "pnl"),
    openProfitQuote: sum(open, "pnl"),
    feesQuote: sum(own, "fees") + sum(open, "fees"),
  };
}
