import { groupHoldings, type Holdings, type HoldingsKey, type OpenTrade, type Trade } from "../portfolio/mod.ts";
import { covariance } from "./correlation.ts";
import { dailyContributions, type DailyHoldings } from "./daily_holdings.ts";
import { type Figure, ratio } from "./figure.ts";
import { sum } from "./moments.ts";

/** What one market or one strategy had in the result of an account, in quote units. */
export interface Contribution {
  readonly label: string;
  /** Profit after fees, closed and open: over all parts it is the final equity less the starting cash. */
  readonly pnlQuote: number;
  /** The part of it in closed trades; the rest is open, or was paid or received outside of trades. */
  readonly closedPnlQuote: number;
  readonly openPnlQuote: number;
  readonly feesQuote: number;
  /** Contribution to return: profit ÷ starting cash, which adds up to the total return. */
  readonly returnFraction: number;
  /** Contribution to risk: covariance(daily contribution, daily return) ÷ variance(daily return), which adds up to 1. */
  readonly riskFraction: Figure;
  readonly tradeCount: number;
}

/** A run as far as contributions need it. */
export interface ContributingRun {
  readonly holdings: Holdings;
  readonly trades: readonly Trade[];
  readonly openTrades: readonly OpenTrade[];
  readonly startingCash: number;
}

/** What the parts of an account contributed; each list adds up to the account with what belongs to no part. */
export interface AccountContributions {
  readonly byMarket: readonly Contribution[];
  readonly byStrategy: readonly Contribution[];
  /** Profit that no book explains, quote units: what moves the account and belongs to no market and no strategy. */
  readonly unassignedPnlQuote: number;
}

/** Rounding of an account of this size that is not worth a line. */
const ROUNDING = 1e-9;

/** What each market and each strategy has contributed, in the order of the books. */
export function accountContributions(
  run: ContributingRun,
  daily: DailyHoldings,
  finalEquity: number,
): AccountContributions {
  const { startingCash } = run, byMarket = contributionsBy("instrument", run, daily);
  const rest = finalEquity - startingCash - sum(byMarket.map(({ pnlQuote }) => pnlQuote));
  return {
    byMarket,
    byStrategy: contributionsBy("strategy", run, daily),
    unassignedPnlQuote: Math.abs(rest) <= ROUNDING * Math.max(startingCash, Math.abs(finalEquity)) ? 0 : rest,
  };
}

function contributionsBy(key: HoldingsKey, run: ContributingRun, daily: DailyHoldings): Contribution[] {
  const { returns } = daily.days, variance = covariance(returns, returns);
  return groupHoldings(run.holdings, key).map(({ label, pnlQuote }): Contribution => {
    const trades = run.trades.filter((trade) => trade[key] === label);
    const open = run.openTrades.filter((trade) => trade[key] === label);
    const pnl = pnlQuote.at(-1) ?? 0;
    return {
      label,
      pnlQuote: pnl,
      closedPnlQuote: sum(trades.map((trade) => trade.pnl)),
      openPnlQuote: sum(open.map((trade) => trade.pnl)),
      feesQuote: sum([...trades, ...open].map(({ fees }) => fees)),
      returnFraction: pnl / run.startingCash,
      riskFraction: ratio(covariance(dailyContributions(pnlQuote, daily), returns), variance),
      tradeCount: trades.length,
    };
  });
}
