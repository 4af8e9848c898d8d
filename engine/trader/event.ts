import type {
  Adjustment,
  ClientOrderId,
  Fill,
  OrderIntent,
  Recorded,
  RiskApproved,
  VenueEvent,
} from "../orders/mod.ts";
import type { Request } from "../strategies/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { Grid } from "./grid.ts";

/**
 * All candles that closed at one moment, in columns: row i belongs to instrument number `instrument[i]`. A driver
 * fills one such object again and again; the trader reads it only during the step.
 */
export interface CandleGroup {
  readonly kind: "candles";
  closeTimeMs: TimestampMs;
  count: number;
  /** True of candles that came too late to be acted on: series and marks follow them, no strategy decides (I11). */
  isLate?: boolean;
  readonly instrument: Int32Array;
  /** Row of each instrument in this group, −1 where it has no candle. */
  readonly rowOf: Int32Array;
  readonly openTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** An empty group with room for every instrument. */
export function candleGroup(instruments: number): CandleGroup {
  const column = () => new Float64Array(instruments);
  return {
    kind: "candles",
    closeTimeMs: 0 as TimestampMs,
    count: 0,
    instrument: new Int32Array(instruments),
    rowOf: new Int32Array(instruments).fill(-1),
    openTimeMs: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
}

/** Everything that can happen to a trader. */
export type TraderEvent =
  | CandleGroup
  /** The journal has written the intent down durably. */
  | { readonly kind: "recorded"; readonly order: Recorded<RiskApproved<OrderIntent>>; readonly timeMs: TimestampMs }
  /** A decision taken elsewhere (a model, a sandboxed strategy, an operator) for one book; it passes the same checks. */
  | {
    readonly kind: "decision";
    readonly book: number;
    readonly requests: readonly Request[];
    readonly timeMs: TimestampMs;
  }
  /** A process has begun to lead the account: names of orders carry its epoch from here on (I7). */
  | { readonly kind: "leader"; readonly epoch: number; readonly timeMs: TimestampMs }
  /** The process that led is gone, and this is where another one goes on: whatever was on its way is looked for. */
  | {
    readonly kind: "recovered";
    /** Orders that are at the venue though nothing says that they were sent: the database has lost that (fault 66). */
    readonly sent?: readonly ClientOrderId[];
    readonly timeMs: TimestampMs;
  }
  /** The account takes no new exposure from here on; entries that wait are taken back, with `flatten` positions closed. */
  | { readonly kind: "halt"; readonly reason: string; readonly flatten: boolean; readonly timeMs: TimestampMs }
  /** A person has looked: halts end, save of what is still unknown. */
  | { readonly kind: "resume"; readonly timeMs: TimestampMs }
  /** A balance moved without a trade of ours, or the venue states it otherwise than we do. */
  | { readonly kind: "adjusted"; readonly adjustment: Adjustment; readonly timeMs: TimestampMs }
  /** The venue has taken a trade back: the fill as it was told. */
  | { readonly kind: "busted"; readonly fill: Fill; readonly timeMs: TimestampMs }
  /** The venue has changed the steps and the least size of a market's orders. */
  | { readonly kind: "regridded"; readonly instrument: number; readonly grid: Grid; readonly timeMs: TimestampMs }
  /**
   * While nobody led, the account's watchdog has sent this order to close what a book holds. What became of it is asked
   * for; the account takes no new exposure until a person has looked.
   */
  | { readonly kind: "guarded"; readonly order: RiskApproved<OrderIntent>; readonly timeMs: TimestampMs }
  /** Time has passed: answers that are overdue are looked after. */
  | { readonly kind: "timer"; readonly timeMs: TimestampMs }
  /** Whoever leads has found exits that could not be sent: they are tried again. */
  | { readonly kind: "retry"; readonly timeMs: TimestampMs }
  | VenueEvent;
