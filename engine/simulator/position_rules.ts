import type { CandleColumns, FundingColumns, MaintenanceBasis } from "../market/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/** How an exchange holds positions, as a run states it. What is left out does not happen. */
export interface PositionRules {
  /**
   * What a position may lose before it is liquidated: the margin that was posted for it, or all that the account has. Without
   * it nothing is ever liquidated.
   */
  readonly marginMode?: "isolated" | "cross";
  /** Buys and sells of a market make one position, or a long and a short one beside each other. */
  readonly positionMode?: "netting" | "hedge";
  readonly liquidation?: LiquidationRules;
}

/** What a liquidation costs. */
export interface LiquidationRules {
  /** Fee on the size of the position at the price at which it is settled; it goes to the insurance fund. */
  readonly feeBps: number;
  /**
   * The account keeps what is left at the liquidation price (Binance), or is settled at the bankruptcy price, so that the
   * insurance fund gets what the market still pays above it (Bybit, BitMEX).
   */
  readonly settleAt: "liquidation-price" | "bankruptcy-price";
  /** Whether the maintenance margin follows the position's size at the mark, or stays as it was at the entry. */
  readonly maintenanceOn: MaintenanceBasis;
}

/** What venues publish beside the candles of a market. */
export interface InstrumentFeed {
  readonly funding: FundingColumns | null;
  /** Candles of the mark price, of the run's timeframe. */
  readonly mark: CandleColumns | null;
  /** Range in which settlements are due: missing ones are looked for there. */
  readonly fromMs: TimestampMs;
  readonly toMs: TimestampMs;
}

/** The fee-free default: the account keeps what is left at the liquidation price. */
export const DEFAULT_LIQUIDATION: LiquidationRules = {
  feeBps: 0,
  settleAt: "liquidation-price",
  maintenanceOn: "mark",
};
