// Test support only: one market at the simulated exchange, and orders and candles for it in a few words.
import { instrument, type InstrumentOptions } from "../market/mod.ts";
import { notional, price, quantity } from "../money/mod.ts";
import {
  type ClientOrderId,
  type Fill,
  type OrderIntent,
  type OrderKind,
  type OrderTerms,
  PLAIN_TERMS,
  type Recorded,
  type RiskApproved,
} from "../orders/mod.ts";
import { costsOf, type CostSpec, type FillRules, Simulator } from "../simulator/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

export const HOUR_MS = 3_600_000;
export const FREE: CostSpec = { makerBps: 0, takerBps: 0, fixedFeeQuote: 0, slippage: { kind: "fixed", bps: 0 } };

/** An order in a few words: prices and quantities as texts or numbers, 1 unit to buy at the market unless stated. */
export interface OrderSketch {
  readonly kind?: OrderKind;
  readonly side?: "buy" | "sell";
  readonly quantity?: number;
  readonly price?: number;
  readonly limit?: number;
  readonly trail?: OrderIntent["trail"];
  readonly terms?: Partial<OrderTerms> & { readonly display?: number };
  readonly reduceOnly?: boolean;
  readonly book?: number;
}

/** An exchange with one market and plenty of cash. */
export function exchangeOf(
  rules: FillRules,
  costs: CostSpec = FREE,
  options: Partial<InstrumentOptions> = {},
  seed = 1,
): Simulator {
  const market = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear", ...options });
  return new Simulator({
    instruments: [market],
    cash: notional("1000000000"),
    leverage: 1,
    rules,
    costs: costsOf(costs),
    seed,
  });
}

export function orderOf(id: string, sketch: OrderSketch): Recorded<RiskApproved<OrderIntent>> {
  const { kind = "market", side = "buy", reduceOnly = false, book = 0, trail = null } = sketch;
  const { display, ...terms } = sketch.terms ?? {};
  const intent: OrderIntent = {
    clientOrderId: id as ClientOrderId,
    instrument: "test:BTC/USDT" as OrderIntent["instrument"],
    book,
    slot: reduceOnly ? "close" : "entry",
    decidedAtMs: 0 as TimestampMs,
    side,
    kind,
    quantity: quantity(String(sketch.quantity ?? 1)),
    price: sketch.price === undefined ? null : price(String(sketch.price)),
    limitPrice: sketch.limit === undefined ? null : price(String(sketch.limit)),
    trail,
    terms: { ...PLAIN_TERMS, ...terms, displayQuantity: display === undefined ? null : quantity(String(display)) },
    reduceOnly,
    sizeAtFill: null,
    reason: "test",
  };
  return intent as Recorded<RiskApproved<OrderIntent>>;
}

/** Candle n of hours since 1970; a volume of 1,000 unless stated. */
export function candleOf(index: number, [open, high, low, close, volume = 1_000]: Ohlcv) {
  return {
    closeTimeMs: (index + 1) * HOUR_MS as TimestampMs,
    count: 1,
    instrument: [0],
    openTimeMs: [index * HOUR_MS],
    open: [open],
    high: [high],
    low: [low],
    close: [close],
    volume: [volume],
  };
}

export type Ohlcv = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** Trades candles one after the other and tells all fills so far. */
export function trade(venue: Simulator, ...candles: ReturnType<typeof candleOf>[]): Fill[] {
  for (const candle of candles) {
    venue.open(candle);
    while (venue.next());
    venue.close(candle);
  }
  return venue.events.filter((event) => event.kind === "fill").map((event) => event.fill);
}
