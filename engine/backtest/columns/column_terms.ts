import type { Instrument } from "../../market/mod.ts";
import type { PlainSizing } from "../../orders/mod.ts";

/** How money is kept: as on the event path, or in float64 without ticks, lots and digits of fees. */
export type ColumnMoney = "exact" | "unrounded";

/** Everything that decides how a trial trades beside its signals, as plain data that can be sent to another thread. */
export interface ColumnTerms {
  readonly market: Instrument;
  /** Counts of 10^-12, and of 10^-24. */
  readonly tick: bigint;
  readonly lot: bigint;
  readonly cash: bigint;
  /** Smallest order, in the settlement asset. */
  readonly minNotional: number;
  /** True for contracts, which are held on margin, long and short. */
  readonly usesMargin: boolean;
  readonly leverage: number;
  /** True where the fee of a purchase is taken from what it brings. */
  readonly feeFromPosition: boolean;
  readonly feeDecimals: number;
  /** Shares of the notional. */
  readonly makerFraction: number;
  readonly takerFraction: number;
  readonly slippageFraction: number;
  /** What an entry sets aside of its price for fee and slippage. */
  readonly reserveFraction: number;
  readonly sizing: PlainSizing;
}

/** How an order of a position trades. */
export type FillKind = "market" | "stop" | "target";

/**
 * The account of one trial: what it may buy, and what its fills make of it. Between `begin` and the end it holds one
 * position at most. Prices, cash and quantity are float64 twins of what the account really has.
 */
export interface ColumnAccount {
  readonly cash: number;
  /** Signed base units; 0 when flat. */
  readonly quantity: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** Fees of the trade closed last, or of the entry while it is open; its profit after them. Quote units. */
  readonly tradeFees: number;
  readonly tradeProfit: number;
  /** True once something has happened that this account does not keep: the event path has to run the trial. */
  readonly isBeyond: boolean;
  begin(): void;
  /** Leaves the trial to the event path. */
  giveUp(): void;
  /** Sizes an entry at a close and puts it before the checks that every order passes. False when it is refused. */
  request(side: 1 | -1, mark: number, stopPrice: number): boolean;
  /** Fills the entry at an open. False when the funds do not reach for a lot. */
  enter(open: number): boolean;
  /** The price on the tick at which a stop or a target of the position waits. */
  place(kind: "stop" | "target", price: number): number;
  /** True when the venue takes an order for all of the position at that price. */
  canClose(price: number): boolean;
  /** Closes the position at a price before slippage; `taker` says whether a target takes liquidity. */
  exit(kind: FillKind, raw: number, taker: boolean): void;
}
