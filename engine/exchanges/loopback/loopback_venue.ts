import { type Instrument, instrument } from "../../market/mod.ts";
import {
  addQuantity,
  AMOUNT_DECIMALS,
  formatDecimal,
  type Notional,
  notional,
  notionalOf,
  type Price,
  price,
  priceFromNumber,
  priceToNumber,
  type Quantity,
  quantity,
  UNIT_DECIMALS,
  ZERO_NOTIONAL,
  ZERO_QUANTITY,
} from "../../money/mod.ts";
import {
  type ClientOrderId,
  type Fill,
  type OrderIntent,
  type OrderKind,
  PLAIN_TERMS,
  type Recorded,
  type RiskApproved,
  type Side,
  type TimeInForce,
  type VenueEvent,
} from "../../orders/mod.ts";
import { costsOf, defaultRules, Simulator, type TradedCandles } from "../../simulator/mod.ts";
import { type Clock, MINUTE_MS, type TimestampMs } from "../../time/mod.ts";
import { priceAt, TURNS } from "./candle_history.ts";
import type { LoopbackMarket } from "./loopback_market.ts";

/** An order as the venue has it. */
export interface LoopbackOrder {
  readonly id: number;
  readonly clientOrderId: string;
  readonly market: LoopbackMarket;
  readonly side: Side;
  readonly kind: OrderKind;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly quantity: Quantity;
  readonly price: Price | null;
  readonly triggerPrice: Price | null;
  readonly placedAtMs: TimestampMs;
  state: "open" | "filled" | "cancelled" | "expired" | "refused";
  updatedAtMs: TimestampMs;
  filled: Quantity;
  /** Σ price × quantity of its fills. */
  value: Notional;
  readonly fills: LoopbackFill[];
}

/** An execution, with the venue's number of it. */
export interface LoopbackFill extends Fill {
  readonly number: number;
  readonly order: LoopbackOrder;
}

/** An order as it is asked for: decimal text. */
export interface LoopbackRequest {
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly kind: OrderKind;
  readonly timeInForce?: TimeInForce;
  readonly postOnly?: boolean;
  readonly quantity: string;
  readonly price?: string;
  readonly triggerPrice?: string;
}

/** Why the venue says no. */
export type Refusal =
  | "unknown-symbol"
  | "bad-quantity"
  | "bad-price"
  | "too-small"
  | "no-funds"
  | "duplicate-name"
  | "would-take"
  | "triggers-at-once";

/** What an account begins with, and what trading costs. */
export interface LoopbackAccountOptions {
  /** Quote units; 100,000 unless stated. */
  readonly cashQuote?: string;
  readonly makerBps?: number;
  readonly takerBps?: number;
  /** Distance of bid and ask from the last price. */
  readonly halfSpreadBps?: number;
  readonly seed?: number;
}

/**
 * The venue itself, whatever dialect it is spoken to in: markets whose prices move along a stated path, one account, orders
 * matched by the simulator. Nothing happens between two calls: each first brings the venue to the present of its clock.
 */
export class LoopbackVenue {
  readonly orders: LoopbackOrder[] = [];
  readonly fills: LoopbackFill[] = [];
  /** Hears of each change of an order. */
  readonly listeners = new Set<(order: LoopbackOrder, fill: LoopbackFill | null) => void>();
  readonly halfSpreadBps: number;
  readonly #simulator: Simulator;
  readonly #instruments: readonly Instrument[];
  readonly #bySimulatedName = new Map<string, LoopbackOrder>();
  readonly #open = new Set<LoopbackOrder>();
  #nowMs: number;
  #refused: { code: string; reason: string } | null = null;

  constructor(
    readonly markets: readonly LoopbackMarket[],
    readonly clock: Clock,
    { cashQuote = "100000", makerBps = 10, takerBps = 10, halfSpreadBps = 1, seed = 1 }: LoopbackAccountOptions = {},
  ) {
    this.halfSpreadBps = halfSpreadBps;
    this.#instruments = markets.map(({ symbol, tick, lot, minNotional }) =>
      instrument({ exchange: "loopback", symbol, tick, lot, minNotional })
    );
    this.#simulator = new Simulator({
      instruments: this.#instruments,
      cash: notional(cashQuote),
      leverage: 1,
      rules: defaultRules,
      costs: costsOf({ makerBps, takerBps, fixedFeeQuote: 0, slippage: { kind: "fixed", bps: halfSpreadBps } }),
      seed,
    });
    this.#nowMs = clock.now();
    this.#passTo(this.#nowMs, this.#nowMs);
  }

  /** The present moment, up to which all has happened that was to happen. */
  now(): TimestampMs {
    const target = this.clock.now();
    while (this.#nowMs < target) {
      const minuteMs = floor(this.#nowMs);
      const step = TURNS.find((share) => minuteMs + share * MINUTE_MS > this.#nowMs)!;
      const to = this.#simulator.idle ? target : Math.min(target, minuteMs + step * MINUTE_MS);
      this.#passTo(this.#nowMs, to);
      this.#nowMs = to;
    }
    return this.#nowMs as TimestampMs;
  }

  market(symbol: string): LoopbackMarket | undefined {
    return this.markets.find((own) => own.symbol === symbol);
  }

  /** Last price; NaN before there was one. */
  lastPrice(market: LoopbackMarket): number {
    return this.#priceAt(market, this.now());
  }

  /** Best bid and ask, on the tick. */
  quotes(market: LoopbackMarket): { readonly bid: Price; readonly ask: Price } {
    const last = this.lastPrice(market), away = this.halfSpreadBps / 10_000, { tick } = this.#instrument(market);
    return {
      bid: priceFromNumber(last * (1 - away), tick, "down"),
      ask: priceFromNumber(last * (1 + away), tick, "up"),
    };
  }

  /** Takes an order in, or says why not. What trades at once has traded when this returns. */
  place(request: LoopbackRequest): LoopbackOrder | Refusal {
    const nowMs = this.now(), market = this.market(request.symbol);
    if (market === undefined) return "unknown-symbol";
    const last = this.#priceAt(market, nowMs);
    if (Number.isNaN(last)) return "unknown-symbol";
    const own = this.#instrument(market), made = this.#read(request, own);
    if (typeof made === "string") return made;
    if (this.openOrders().some(({ clientOrderId }) => clientOrderId === request.clientOrderId)) return "duplicate-name";
    const { size, limit, trigger } = made;
    const worth = notionalOf(limit ?? trigger ?? priceFromNumber(last, own.tick, "nearest"), size);
    if (worth < own.minNotional) return "too-small";
    if (request.side === "buy" ? worth > this.free(own.quote) : size > this.free(own.base)) {
      return "no-funds";
    }
    if (trigger !== null && this.#hasTriggered(request, priceToNumber(trigger), last)) return "triggers-at-once";
    const order: LoopbackOrder = {
      id: this.orders.length + 1,
      clientOrderId: request.clientOrderId,
      market,
      side: request.side,
      kind: request.kind,
      timeInForce: request.timeInForce ?? "GTC",
      postOnly: request.postOnly ?? false,
      quantity: size,
      price: limit,
      triggerPrice: trigger,
      placedAtMs: nowMs,
      state: "open",
      updatedAtMs: nowMs,
      filled: ZERO_QUANTITY,
      value: ZERO_NOTIONAL,
      fills: [],
    };
    return this.#submit(order);
  }

  /** Takes back what is left of an order; false where nothing is. */
  cancel(order: LoopbackOrder): boolean {
    this.now();
    if (order.state !== "open") return false;
    this.#simulator.cancel(simulatedName(order));
    this.#drain();
    return true;
  }

  openOrders(): LoopbackOrder[] {
    return [...this.#open];
  }

  /** All of an asset, in counts of 10^-24 for quote assets and of 10^-12 for base assets. */
  total(asset: string): bigint {
    const { account } = this.#simulator;
    const base = this.#instruments.findIndex((own) => own.base === asset);
    if (base >= 0) return account.position(base);
    return this.#instruments.some(({ quote }) => quote === asset) ? account.cash : ZERO_QUANTITY;
  }

  /** What open orders leave of it. */
  free(asset: string): bigint {
    let left = this.total(asset);
    for (const order of this.openOrders()) {
      const { base, quote } = this.#instrument(order.market), rest = (order.quantity - order.filled) as Quantity;
      if (order.side === "sell" && base === asset) left -= rest;
      if (order.side === "buy" && quote === asset) left -= notionalOf(order.price ?? order.triggerPrice!, rest);
    }
    return left;
  }

  assets(): string[] {
    return [...new Set(this.#instruments.flatMap(({ base, quote }) => [quote, base]))];
  }

  /** What there is of each asset, decimal text. */
  balances(): { readonly asset: string; readonly free: string; readonly locked: string; readonly total: string }[] {
    return this.assets().map((asset) => {
      const decimals = this.#instruments.some(({ quote }) => quote === asset) ? AMOUNT_DECIMALS : UNIT_DECIMALS;
      const free = this.free(asset),
        total = this.total(asset),
        text = (value: bigint) => formatDecimal(value, decimals);
      return { asset, free: text(free), locked: text(total - free), total: text(total) };
    });
  }

  #instrument(market: LoopbackMarket): Instrument {
    return this.#instruments[this.markets.indexOf(market)]!;
  }

  #read(
    request: LoopbackRequest,
    own: Instrument,
  ): { size: Quantity; limit: Price | null; trigger: Price | null } | Refusal {
    try {
      const size = quantity(request.quantity);
      if (size <= 0n || size % own.lot !== 0n) return "bad-quantity";
      const read = (text: string | undefined) => text === undefined ? null : price(text);
      const limit = read(request.price), trigger = read(request.triggerPrice);
      for (const one of [limit, trigger]) if (one !== null && (one <= 0n || one % own.tick !== 0n)) return "bad-price";
      if ((request.kind === "limit" || request.kind === "stop-limit") !== (limit !== null)) return "bad-price";
      if (["stop", "stop-limit", "take-profit"].includes(request.kind) !== (trigger !== null)) return "bad-price";
      return { size, limit, trigger };
    } catch {
      return "bad-quantity";
    }
  }

  #hasTriggered({ kind, side }: LoopbackRequest, trigger: number, last: number): boolean {
    const rises = (kind === "take-profit") === (side === "sell");
    return rises ? last >= trigger : last <= trigger;
  }

  #submit(order: LoopbackOrder): LoopbackOrder | Refusal {
    this.#bySimulatedName.set(simulatedName(order), order);
    this.orders.push(order);
    this.#open.add(order);
    this.#refused = null;
    this.#simulator.submit(this.#intentOf(order));
    this.#drain();
    if (this.#refused !== null) {
      this.orders.pop();
      this.#open.delete(order);
      return order.postOnly ? "would-take" : "bad-price";
    }
    this.#passTo(this.#nowMs, this.#nowMs);
    return order;
  }

  /** The account has no trader's proofs: this is where others' orders come in. */
  #intentOf(order: LoopbackOrder): Recorded<RiskApproved<OrderIntent>> {
    const { kind, side, quantity: size, price: limit, triggerPrice, timeInForce, postOnly, placedAtMs } = order;
    const intent: OrderIntent = {
      clientOrderId: simulatedName(order),
      instrument: this.#instrument(order.market).id,
      book: 0,
      // Spot is sold from what is held.
      slot: side === "buy" ? "entry" : "reduce",
      decidedAtMs: placedAtMs,
      side,
      kind,
      quantity: size,
      price: kind === "limit" ? limit : triggerPrice,
      limitPrice: kind === "stop-limit" ? limit : null,
      trail: null,
      terms: { ...PLAIN_TERMS, timeInForce, postOnly },
      reduceOnly: side === "sell",
      sizeAtFill: null,
      reason: "",
    };
    return intent as Recorded<RiskApproved<OrderIntent>>;
  }

  /** Trades what rests through the markets' moves from one moment to another, or at one moment. */
  #passTo(fromMs: number, toMs: number): void {
    const group = this.#group(fromMs, toMs);
    this.#simulator.open(group);
    do this.#drain(); while (this.#simulator.next());
    this.#simulator.close(group);
    this.#drain();
  }

  #group(fromMs: number, toMs: number): TradedCandles {
    const rows = this.markets.map((market, instrument) => {
      const open = this.#priceAt(market, fromMs),
        close = this.#priceAt(market, toMs),
        minute = market.minute(floor(fromMs));
      const share = Math.max(toMs - fromMs, 1_000) / MINUTE_MS;
      return { instrument, open, close, volume: (minute?.volume ?? 0) * share };
    }).filter(({ open, close }) => open === open && close === close);
    return {
      closeTimeMs: toMs as TimestampMs,
      count: rows.length,
      instrument: rows.map((row) => row.instrument),
      openTimeMs: rows.map(() => fromMs),
      open: rows.map((row) => row.open),
      high: rows.map((row) => Math.max(row.open, row.close)),
      low: rows.map((row) => Math.min(row.open, row.close)),
      close: rows.map((row) => row.close),
      volume: rows.map((row) => row.volume),
    };
  }

  #priceAt(market: LoopbackMarket, timeMs: number): number {
    if (timeMs >= market.endsAtMs) return NaN;
    const minute = market.minute(floor(timeMs));
    return minute === null ? NaN : priceAt(market, minute, (timeMs - minute.openTimeMs) / MINUTE_MS);
  }

  #drain(): void {
    const { events } = this.#simulator;
    for (const event of events) this.#take(event);
    events.length = 0;
  }

  #take(event: VenueEvent): void {
    if (event.kind === "refused") this.#refused = event;
    const order = "clientOrderId" in event
      ? this.#bySimulatedName.get(event.clientOrderId)
      : event.kind === "fill"
      ? this.#bySimulatedName.get(event.fill.clientOrderId)
      : undefined;
    if (order === undefined) return;
    order.updatedAtMs = event.timeMs;
    let fill: LoopbackFill | null = null;
    if (event.kind === "fill") {
      fill = { ...event.fill, number: this.fills.length + 1, order };
      this.fills.push(fill);
      order.fills.push(fill);
      order.filled = addQuantity(order.filled, fill.quantity);
      order.value = (order.value + notionalOf(fill.price, fill.quantity)) as Notional;
      if (order.filled >= order.quantity) order.state = "filled";
    } else if (event.kind === "ended") order.state = event.state;
    else if (event.kind === "refused") order.state = "refused";
    else return;
    if (order.state !== "open") this.#open.delete(order);
    for (const hear of this.listeners) hear(order, fill);
  }
}

function simulatedName({ id }: LoopbackOrder): ClientOrderId {
  return `order-${id}` as ClientOrderId;
}

function floor(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}
