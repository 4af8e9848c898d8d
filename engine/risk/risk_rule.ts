import type { Instrument } from "../market/mod.ts";
import type { Quantity } from "../money/mod.ts";
import type { OrderIntent } from "../orders/mod.ts";
import type { RiskHistory } from "./risk_history.ts";

/** A strategy's share of the account, quote units. */
export interface StrategyBudget {
  readonly strategy: string;
  readonly limit: number;
  /** Positions and entries on their way, as margin where it trades contracts. */
  readonly bound: number;
}

/** What the rules may look at: the account at this moment, with everything in flight counted as if it had filled. */
export interface RiskView {
  readonly instrument: Instrument;
  /** Last close of the instrument, quote units; NaN before the first. */
  readonly mark: number;
  /** Equity at the marks, quote units. */
  readonly equity: number;
  /** Position of the book that asks, base units, signed. */
  readonly position: number;
  /** Cash that no open or unknown order has a claim on, quote units; sales on their way to the market count as done. */
  readonly freeCash: number;
  /** Σ |position × mark| with orders in flight counted as filled and closing positions as closed, quote units. */
  readonly grossExposure: number;
  /** The same of the instrument's base asset alone. */
  readonly assetExposure: number;
  /** Quantity × mark, or × price where the order states one, of the order that asks, quote units. */
  readonly orderNotional: number;
  /** Other books that hold a position or have an entry on its way. */
  readonly otherPositions: number;
  /** Other instruments that are held, or will be when what is in flight has filled; none where no limit asks for them. */
  readonly held: readonly HeldInstrument[];
  /** Number of the order's own instrument in the account. */
  readonly instrumentNumber: number;
  /** What the strategy that asks may bind and has bound; null where it has no budget of its own. */
  readonly budget: StrategyBudget | null;
  readonly history: RiskHistory;
  readonly leverage: number;
  /** True when an order of this slot is live already for this decision. */
  readonly slotTaken: boolean;
  /** Why the market takes no entries now: not listed, or outside the universe; else null. */
  readonly marketClosed: Refusal | null;
  /** Why this book may not take new exposure, or null. */
  readonly halted: string | null;
}

/** An instrument that the account holds or is about to. */
export interface HeldInstrument {
  readonly number: number;
  readonly symbol: string;
  /** 1 for long, −1 for short. */
  readonly direction: 1 | -1;
}

/** What a rule has against an order: a stable code for the funnel, a sentence for people. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
}

/** A rule lets an order go on with less: rounded to the lot toward zero; refused where nothing is left. */
export interface Shrinkage extends Refusal {
  readonly shrinkTo: Quantity;
}

/** One check: null when it has nothing against the order. Pure: the same order and view, the same answer. */
export type RiskRule = (intent: OrderIntent, view: RiskView) => Refusal | Shrinkage | null;
