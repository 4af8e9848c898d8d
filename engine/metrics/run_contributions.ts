import { type ReportedRun, startingEquityOf } from "./build_report.ts";
import { type AccountContributions, accountContributions } from "./contribution.ts";
import { dailyHoldings } from "./daily_holdings.ts";
import { dailyReturns } from "./daily_returns.ts";

/** Contributions of each market and strategy of a run; null of one that was kept without its holdings. */
export function runContributions(run: ReportedRun): AccountContributions | null {
  const { holdings, trades, equity, notes: { openTrades } } = run, startingCash = startingEquityOf(run);
  if (holdings === undefined || holdings.closeTimeMs.length === 0) return null;
  const daily = dailyHoldings(holdings, dailyReturns(equity, startingCash), startingCash);
  const account = { holdings, trades, openTrades, startingCash };
  return accountContributions(account, daily, equity.equity.at(-1)!);
}
