import type { ColumnAccount } from "./column_terms.ts";

/** What the trades of a trial add up to. Amounts in quote units. */
export interface TradeSums {
  readonly trades: number;
  readonly wins: number;
  readonly won: number;
  readonly lost: number;
  readonly fees: number;
  /** Σ quantity × price of both sides. */
  readonly traded: number;
}

/** Adds them up. */
export class TradeTally implements TradeSums {
  trades = 0;
  wins = 0;
  won = 0;
  lost = 0;
  fees = 0;
  traded = 0;

  clear(): void {
    this.trades = this.wins = 0;
    this.won =
      this.lost =
      this.fees =
      this.traded =
        0;
  }

  /** Counts the trade that an account has just closed; `quantity` is what it was. */
  closed({ tradeProfit, tradeFees, entryPrice, exitPrice }: ColumnAccount, quantity: number): void {
    this.trades++;
    if (tradeProfit > 0) this.wins++, this.won += tradeProfit;
    else if (tradeProfit < 0) this.lost += tradeProfit;
    this.fees += tradeFees;
    this.traded += Math.abs(quantity) * (entryPrice + exitPrice);
  }

  /** Counts the entry of a position that is still open at the end. */
  stillOpen({ quantity, tradeFees, entryPrice }: ColumnAccount): void {
    this.fees += tradeFees;
    this.traded += Math.abs(quantity) * entryPrice;
  }
}
