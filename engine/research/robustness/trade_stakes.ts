// What each trade did to the account as it was then: what orders, omissions and sizes of trades are judged by.
import type { EquityCurve, Trade } from "../../portfolio/mod.ts";
import { rowAfter } from "../../market/mod.ts";

/** A trade as shares of the equity at the last close before its entry. */
export interface TradeStake {
  readonly trade: Trade;
  /** What it was worth at its entry. */
  readonly sizeFraction: number;
  /** Profit after costs. */
  readonly profitFraction: number;
}

/** The trades of a run in order of exit. */
export function tradeStakes(
  trades: readonly Trade[],
  { closeTimeMs, equity }: Pick<EquityCurve, "closeTimeMs" | "equity">,
  startingCash: number,
): TradeStake[] {
  return trades.map((trade) => {
    const closes = rowAfter(closeTimeMs, trade.entryTimeMs), before = closes === 0 ? startingCash : equity[closes - 1]!;
    // An account that is gone stakes nothing that could be told as a share of it.
    if (!(before > 0)) return { trade, sizeFraction: 0, profitFraction: 0 };
    return { trade, sizeFraction: trade.quantity * trade.entryPrice / before, profitFraction: trade.pnl / before };
  });
}
