import type { Instrument, Listing, PriceSeries } from "../market/mod.ts";
import type { Fee, Notional } from "../money/mod.ts";
import type { PositionSide, Sizing } from "../orders/mod.ts";
import type { RiskRule } from "../risk/mod.ts";
import type { BoundStrategy } from "../strategies/mod.ts";
import type { Timeframe, TimestampMs } from "../time/mod.ts";
import type { UniverseConfig } from "./universe_state.ts";

/** A strategy on one instrument: it has a position, orders and a memory of its own. */
export interface BookConfig {
  readonly strategy: BoundStrategy;
  /** Number of the instrument in {@linkcode TraderConfig.instruments}. */
  readonly instrument: number;
  /** In hedge mode a strategy has two books on a market, one for each side; `both` otherwise. */
  readonly side?: PositionSide;
  /** Name of the strategy on this account where it is not the strategy's own; books of one name share a budget. */
  readonly id?: string;
  /** Coarser than the session's, where the strategy decides less often. */
  readonly timeframe?: Timeframe;
  /** In place of the session's. */
  readonly sizing?: Sizing;
  /** Share of the equity that sizes count from and that the strategy's books may bind together; all of it without. */
  readonly budgetFraction?: number;
}

/** Name of a book's strategy on the account. */
export function strategyIdOf({ id, strategy }: BookConfig): string {
  return id ?? strategy.id;
}

/** A third asset that the venue takes fees from, as far as an account holds it at the start, and what it is worth. */
export interface FeeBalanceConfig {
  readonly asset: string;
  readonly amount: Fee;
  readonly prices: PriceSeries;
}

/** How long answers may take, milliseconds. */
export interface VenueTiming {
  /** After this a request without an answer is `unknown` and is asked for. */
  readonly answerMs: number;
  /** Between the step that says that an order is on its way and its first byte lies at most this, or it is not sent. */
  readonly sendMs: number;
  /** The venue refuses the request by its own rules after this; zero where it has no such rule. */
  readonly requestExpiryMs: number;
  /** Safety added to the expiry for clocks that differ. */
  readonly marginMs: number;
  /** Two misses must lie at least this far apart. */
  readonly missGapMs: number;
  /** Every live order is asked for this often, so that a fill or an end whose news was lost is noticed. */
  readonly watchMs: number;
  /** An order still unknown after this is quarantined: its book takes no new exposure, the asking goes on. */
  readonly quarantineMs: number;
}

/** All that a trader is told at its start; it never changes afterwards. */
export interface TraderConfig {
  /** Short tag that begins every client order id: letters and digits. */
  readonly session: string;
  readonly instruments: readonly Instrument[];
  readonly timeframe: Timeframe;
  /** The life of each market at its venue, by instrument; null, or none at all, where it is not known. */
  readonly listings?: readonly (Listing | null)[];
  /** Markets that take entries are ranked by volume; without, all do. */
  readonly universe?: UniverseConfig;
  /** In the order of decisions: by strategy id, then by instrument. */
  readonly books: readonly BookConfig[];
  readonly cash: Notional;
  readonly feeBalance?: FeeBalanceConfig;
  readonly leverage: number;
  readonly sizing: Sizing;
  /** `fill` leaves the size to a simulated venue. */
  readonly sizeAt: "decision" | "fill";
  /** False where the venue cannot move an order that rests: another one takes its place. It can without it. */
  readonly canMove?: boolean;
  /**
   * True where an order that rests holds the balance that it would sell, as at spot venues: only the stop rests then. What
   * closes a part takes its place first, and a target is watched at the close of each candle.
   */
  readonly exitsLock?: boolean;
  /** `venue`: the venue moves trailing stops after the market. At the close of each candle we do, without it. */
  readonly trailing?: "venue";
  /** Share of the price set aside for fee and slippage when sizing. */
  readonly reserveFraction: number;
  /** Checks of every order, then the account's limits. */
  readonly rules: readonly RiskRule[];
  /** True: an error in a strategy halts its book, and the others go on. It ends the run without it. */
  readonly haltsOnError?: boolean;
  /** Candle groups whose returns the rules look back on; none without it. */
  readonly correlationCandles?: number;
  /** Candles that open before this only warm the series up. */
  readonly tradeFromMs: TimestampMs;
  readonly timing: VenueTiming;
}

/** Times that suit an exchange with a receive window of three seconds. */
export const DEFAULT_TIMING: VenueTiming = {
  answerMs: 3_000,
  sendMs: 5_000,
  requestExpiryMs: 3_000,
  marginMs: 1_000,
  missGapMs: 2_000,
  watchMs: 30_000,
  quarantineMs: 60_000,
};
