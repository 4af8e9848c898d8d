import { type Price, priceToNumber, type Quantity, ZERO_QUANTITY } from "../money/mod.ts";
import type { Fill, OrderIntent } from "../orders/mod.ts";

/** An order at the simulated exchange. Prices are float64, in quote units, and exact twins of the request's. */
export interface SimulatedOrder {
  intent: OrderIntent;
  readonly instrument: number;
  /** Step of the market's prices: a trigger that moves lies on it. */
  readonly tick: Price;
  /** Limit or trigger, NaN for market orders. The trigger of a trailing stop moves. */
  price: number;
  /** Limit of a stop-limit order, NaN for all others. */
  limit: number;
  quantity: Quantity;
  filled: Quantity;
  state: "open" | "filled" | "cancelled" | "expired";
  readonly fills: Fill[];
  /** The kind of the entry inside this candle that the order protects; null for all others. */
  readonly protects: "limit" | "stop" | null;
  /** True once the trigger of a stop-limit order has traded, or one of the kinds that go to the market has in part. */
  triggered: boolean;
  /** Open time of the first candle that it met, or when it arrived inside that, or what the request says; NaN before. */
  metFromMs: number;
  /** Price of the candle in work to which its limit has moved; NaN where it has not. */
  movedTo: number;
  /** When the request arrives (−Infinity: at once), and when a cancel does (Infinity without one). */
  readonly activeFromMs: number;
  /** True until a limit has met its first candle that was at or beyond the market when it was sent: it takes liquidity. */
  takesAtFirst: boolean;
  cancelledFromMs: number;
  /** The request as it is to be once a move has arrived, and when that is; null and Infinity without one. */
  movesTo: OrderIntent | null;
  movesFromMs: number;
  /** Base units that stand before a limit order at its price; NaN until it has joined the queue. */
  queueAhead: number;
  /** True in the candle inside which what it protects was entered: only its close is a price after that. */
  sinceInside: boolean;
  /** Open time of the candle inside which a trailing stop has followed the best price last. */
  followedMs: number;
  /** What the candle in work lets it have, base units; Infinity where only the volume decides. */
  allowance: number;
}

/** A request as the exchange keeps it. */
export function simulatedOrder(
  intent: OrderIntent,
  instrument: number,
  tick: Price,
  protects: SimulatedOrder["protects"],
  activeFromMs: number,
  takesAtFirst: boolean,
): SimulatedOrder {
  return {
    intent,
    instrument,
    tick,
    price: intent.price === null ? NaN : priceToNumber(intent.price),
    limit: intent.limitPrice === null ? NaN : priceToNumber(intent.limitPrice),
    quantity: intent.quantity,
    filled: ZERO_QUANTITY,
    state: "open",
    fills: [],
    protects,
    triggered: false,
    metFromMs: intent.sinceMs ?? NaN,
    movedTo: NaN,
    activeFromMs,
    takesAtFirst,
    cancelledFromMs: Infinity,
    movesTo: null,
    movesFromMs: Infinity,
    queueAhead: NaN,
    sinceInside: protects !== null,
    followedMs: NaN,
    allowance: Infinity,
  };
}

/** The order at another price: what it has met at the old one counts no more. */
export function moveOrder(order: SimulatedOrder, intent: OrderIntent, takesAtFirst: boolean): void {
  order.intent = intent;
  order.price = priceToNumber(intent.price!);
  order.limit = intent.limitPrice === null ? NaN : priceToNumber(intent.limitPrice);
  order.takesAtFirst = takesAtFirst;
  order.metFromMs = NaN;
  order.queueAhead = NaN;
  order.movesTo = null;
  order.movesFromMs = Infinity;
}

/** What has not been executed. */
export function restOf(order: SimulatedOrder): Quantity {
  return (order.quantity - order.filled) as Quantity;
}

/** True for a trailing stop that is not where it was first. */
export function hasMoved({ intent, price }: SimulatedOrder): boolean {
  return intent.trail !== null && price !== (intent.trail.unmovedPrice ?? priceToNumber(intent.price!));
}

/** The request's own exact price when `raw` is its double, else null. */
export function exactPriceOf({ intent, price, limit }: SimulatedOrder, raw: number): Price | null {
  if (intent.limitPrice !== null && raw === limit) return intent.limitPrice;
  return intent.kind !== "trailing-stop" && raw === price ? intent.price : null;
}

/** True when the order can trade at that moment. */
export function isThere({ state, activeFromMs }: SimulatedOrder, timeMs: number): boolean {
  return state === "open" && activeFromMs <= timeMs;
}
