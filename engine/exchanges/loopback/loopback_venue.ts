import { type Instrument, instrument } from "../../market/mod.ts";
import {
  AMOUNTS_PER_UNIT,
  feeInAsset,
  feeOn,
  type FeeRate,
  feeRateFromBps,
  type Notional,
  notional,
  notionalOf,
  type Price,
  price,
  priceFromNumber,
  priceToNumber,
  type Quantity,
  quantity,
  ZERO_NOTIONAL,
  ZERO_QUANTITY,
} from "../../money/mod.ts";
import {
  type ClientOrderId,
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
import {
  type AccountState,
  balancesIn,
  ledgerAmount,
  type LoopbackBalance,
  LoopbackLedger,
} from "./loopback_ledger.ts";
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
  /** As it was before its last change; null where it was not there. */
  before: LoopbackOrder | null;
  /** Asset of its fees, where that is a third one. */
  readonly feeAsset: string | null;
}

/** An execution, with the venue's number of it. */
export interface LoopbackFill {
  readonly number: number;
  readonly order: LoopbackOrder;
  readonly timeMs: TimestampMs;
  readonly side: Side;
  readonly price: Price;
  readonly quantity: Quantity;
  readonly liquidity: "maker" | "taker";
  /** Count of 10^-24 of its asset. */
  fee: bigint;
  readonly feeAsset: string;
}

/** What the account's listeners hear of. */
export type VenueNews =
  | { readonly kind: "order"; readonly order: LoopbackOrder; readonly fill: LoopbackFill | null }
  | { readonly kind: "transfer"; readonly asset: string; readonly amount: string };

/** Steps of a market's orders and their least worth, decimal text. */
export type LoopbackGrid = Pick<LoopbackMarket, "tick" | "lot" | "minNotional">;

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
  | "closed"
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
  /** Fees are taken in what a trade brings (as at Binance), or always in the quote asset (as at Coinbase). */
  readonly feeAsset?: "received" | "quote";
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
  /** Hear of each change of an order, and of what comes to the account or leaves it. */
  readonly listeners = new Set<(news: VenueNews) => void>();
  readonly halfSpreadBps: number;
  readonly #simulator: Simulator;
  readonly #instruments: readonly Instrument[];
  readonly #bySimulatedName = new Map<ClientOrderId, LoopbackOrder>();
  readonly #open = new Set<LoopbackOrder>();
  readonly #ledger = new LoopbackLedger();
  readonly #grids = new Map<LoopbackMarket, LoopbackGrid>();
  readonly #feesIn = new Map<LoopbackMarket, string>();
  readonly #closed = new Set<LoopbackMarket>();
  readonly #rates: Readonly<Record<"maker" | "taker", FeeRate>>;
  readonly #feeAsset: "received" | "quote";
  /** Balances before their last change. */
  #before: AccountState = { totals: new Map(), locked: new Map() };
  readonly #instrumentOf: ReadonlyMap<LoopbackMarket, Instrument>;
  /** Numbers of orders; one that is refused keeps the one that it was told with. */
  #ids = 0;
  #trades = 0;
  #simulated = 0;
  #nowMs: number;
  /** The stretch of time that is being traded through. */
  #pass = { fromMs: 0, toMs: 0 };
  #refused: { code: string; reason: string } | null = null;

  constructor(
    readonly markets: readonly LoopbackMarket[],
    readonly clock: Clock,
    options: LoopbackAccountOptions = {},
  ) {
    const { cashQuote = "100000", makerBps = 10, takerBps = 10, halfSpreadBps = 1, seed = 1 } = options;
    this.#rates = { maker: feeRateFromBps(makerBps), taker: feeRateFromBps(takerBps) };
    this.#feeAsset = options.feeAsset ?? "received";
    this.halfSpreadBps = halfSpreadBps;
    this.#instruments = markets.map(({ symbol, tick, lot, minNotional }) =>
      instrument({ exchange: "loopback", symbol, kind: "linear", tick, lot, minNotional })
    );
    this.#instrumentOf = new Map(markets.map((market, i) => [market, this.#instruments[i]!]));
    // It only matches: what the account has, and what it pays, is the ledger's.
    this.#simulator = new Simulator({
      instruments: this.#instruments,
      cash: notional(MATCHING_CASH),
      leverage: 1,
      rules: defaultRules,
      costs: costsOf({ makerBps: 0, takerBps: 0, fixedFeeQuote: 0, slippage: { kind: "fixed", bps: halfSpreadBps } }),
      seed,
    });
    for (const { base, quote } of this.#instruments) {
      this.#ledger.add(quote, 0n);
      this.#ledger.add(base, 0n);
    }
    for (const quote of new Set(this.#instruments.map((own) => own.quote))) {
      this.#ledger.add(quote, ledgerAmount(cashQuote));
    }
    this.#before = this.#account();
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
    this.now();
    return this.#quotes(market);
  }

  /** The same at the moment that the venue has come to: a deed is done at one moment, however long it takes. */
  #quotes(market: LoopbackMarket): { readonly bid: Price; readonly ask: Price } {
    const last = this.#priceAt(market, this.#nowMs),
      away = this.halfSpreadBps / 10_000,
      { tick } = this.#instrument(market);
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
    if (this.#closed.has(market)) return "closed";
    const own = this.#instrument(market), made = this.#read(request, this.grid(market));
    if (typeof made === "string") return made;
    if (this.openOrders().some(({ clientOrderId }) => clientOrderId === request.clientOrderId)) return "duplicate-name";
    const { size, limit, trigger } = made;
    const worth = notionalOf(limit ?? trigger ?? this.#quotes(market).ask, size);
    if (worth < notional(this.grid(market).minNotional)) return "too-small";
    const needed = this.#lockOf(request.side, limit ?? trigger ?? this.#quotes(market).ask, size);
    if (needed > this.free(request.side === "buy" ? own.quote : own.base)) return "no-funds";
    if (trigger !== null && this.#hasTriggered(request, priceToNumber(trigger), last)) return "triggers-at-once";
    const order: LoopbackOrder = {
      id: ++this.#ids,
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
      before: null,
      feeAsset: this.#feesIn.get(market) ?? null,
    };
    return this.#submit(order);
  }

  /** Takes back what is left of an order; false where nothing is. */
  cancel(order: LoopbackOrder): boolean {
    this.now();
    if (order.state !== "open") return false;
    this.#end(order, "cancelled");
    this.#tell(order, null);
    return true;
  }

  /** Ends an order as the venue likes to, without news. */
  vanish(order: LoopbackOrder): void {
    if (order.state === "open") this.#end(order, "cancelled");
  }

  /** Trades so much of an order whatever the market does, one that has ended too, at its price or the last one. */
  trade(order: LoopbackOrder, size: Quantity): LoopbackFill {
    const timeMs = this.now(), isOpen = order.state === "open";
    if (isOpen) this.#withdraw(order);
    const { tick } = this.#instrument(order.market);
    const at = order.price ?? order.triggerPrice ??
      priceFromNumber(this.#priceAt(order.market, timeMs), tick, "nearest");
    const fill = this.#book(order, { price: at, quantity: size, liquidity: "maker", timeMs });
    if (isOpen && order.state === "open") this.#simulate(order);
    this.#tell(order, fill);
    return fill;
  }

  /** Takes a trade back, without news. */
  bust(fill: LoopbackFill): void {
    const { order } = fill, { base, quote } = this.#instrument(order.market), sign = fill.side === "buy" ? 1n : -1n;
    this.#change(order, this.#nowMs);
    this.fills.splice(this.fills.indexOf(fill), 1);
    order.fills.splice(order.fills.indexOf(fill), 1);
    order.filled = (order.filled - fill.quantity) as Quantity;
    order.value = (order.value - notionalOf(fill.price, fill.quantity)) as Notional;
    if (order.state === "filled") order.state = "cancelled";
    this.#ledger.add(base, -sign * fill.quantity * AMOUNTS_PER_UNIT);
    this.#ledger.add(quote, sign * notionalOf(fill.price, fill.quantity));
    this.#ledger.add(fill.feeAsset, fill.fee);
  }

  /** Charges another fee for a trade than was told. */
  reviseFee(fill: LoopbackFill, fee: bigint): void {
    this.#change(fill.order, this.#nowMs);
    this.#ledger.add(fill.feeAsset, fill.fee - fee);
    fill.fee = fee;
  }

  /** Brings an amount to the account, or takes one away (below 0): decimal text. */
  transfer(asset: string, amount: string): void {
    this.now();
    this.#before = this.#account();
    this.#ledger.add(asset, ledgerAmount(amount));
    for (const hear of this.listeners) hear({ kind: "transfer", asset, amount });
  }

  /** Takes fees of a market's orders in a third asset from now on. */
  payFeesIn(market: LoopbackMarket, asset: string): void {
    this.#feesIn.set(market, asset);
  }

  /** Steps and least worth of a market's orders as they are now. */
  grid(market: LoopbackMarket): LoopbackGrid {
    return this.#grids.get(market) ?? market;
  }

  /** Changes them; the market's own steps divide the new ones. */
  regrid(market: LoopbackMarket, grid: LoopbackGrid): void {
    this.#grids.set(market, grid);
  }

  /** True while orders of a market are taken in. */
  isTrading(market: LoopbackMarket): boolean {
    const nowMs = this.clock.now();
    return nowMs >= market.listedAtMs && nowMs < market.endsAtMs && !this.#closed.has(market);
  }

  /** Takes no orders of a market any more, and cancels as before; or opens it again. */
  halt(market: LoopbackMarket, isHalted = true): void {
    if (isHalted) this.#closed.add(market);
    else this.#closed.delete(market);
  }

  /** Ends a market: what rests there expires. */
  delist(market: LoopbackMarket): void {
    this.halt(market);
    for (const order of this.openOrders().filter((own) => own.market === market)) {
      this.#end(order, "expired");
      this.#tell(order, null);
    }
  }

  openOrders(): LoopbackOrder[] {
    return [...this.#open];
  }

  /** What open orders leave of an asset, in counts of 10^-24. */
  free(asset: string): bigint {
    return this.#ledger.total(asset) - (this.#locked().get(asset) ?? 0n);
  }

  /** What open orders hold of each asset. */
  #locked(): Map<string, bigint> {
    const locked = new Map<string, bigint>();
    for (const { market, side, price, triggerPrice, quantity, filled } of this.#open) {
      const { base, quote } = this.#instrument(market), asset = side === "buy" ? quote : base;
      const lock = this.#lockOf(
        side,
        price ?? triggerPrice ?? this.#quotes(market).ask,
        (quantity - filled) as Quantity,
      );
      locked.set(asset, (locked.get(asset) ?? 0n) + lock);
    }
    return locked;
  }

  #account(): AccountState {
    return { totals: this.#ledger.totals(), locked: this.#locked() };
  }

  assets(): string[] {
    return this.#ledger.assets;
  }

  /** What there is of each asset, or of those that are named. */
  balances(assets?: Iterable<string>): LoopbackBalance[] {
    return balancesIn(this.#account(), assets);
  }

  /** The same before its last change. */
  balancesBefore(): LoopbackBalance[] {
    return balancesIn(this.#before);
  }

  /** What an order takes of the free balance of the asset that it gives. */
  #lockOf(side: Side, at: Price, size: Quantity): bigint {
    return side === "sell" ? size * AMOUNTS_PER_UNIT : notionalOf(at, size);
  }

  #instrument(market: LoopbackMarket): Instrument {
    return this.#instrumentOf.get(market)!;
  }

  #read(
    request: LoopbackRequest,
    grid: LoopbackGrid,
  ): { size: Quantity; limit: Price | null; trigger: Price | null } | Refusal {
    try {
      const size = quantity(request.quantity), lot = quantity(grid.lot), tick = price(grid.tick);
      if (size <= 0n || size % lot !== 0n) return "bad-quantity";
      const read = (text: string | undefined) => text === undefined ? null : price(text);
      const limit = read(request.price), trigger = read(request.triggerPrice);
      for (const one of [limit, trigger]) if (one !== null && (one <= 0n || one % tick !== 0n)) return "bad-price";
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
    this.#before = this.#account();
    this.orders.push(order);
    this.#open.add(order);
    this.#refused = null;
    this.#simulate(order);
    if (this.#refused !== null) {
      this.orders.pop();
      this.#open.delete(order);
      return order.postOnly ? "would-take" : "bad-price";
    }
    this.#passTo(this.#nowMs, this.#nowMs);
    return order;
  }

  /** Gives what is left of an order to the simulator, under a name of its own each time. */
  #simulate(order: LoopbackOrder): void {
    const name = `order-${order.id}-${++this.#simulated}` as ClientOrderId;
    this.#bySimulatedName.set(name, order);
    this.#simulator.submit(this.#intentOf(order, name));
    this.#drain();
  }

  /** Takes it back from there. */
  #withdraw(order: LoopbackOrder): void {
    for (const [name, own] of this.#bySimulatedName) {
      if (own !== order) continue;
      this.#bySimulatedName.delete(name);
      this.#simulator.cancel(name);
    }
    this.#drain();
  }

  /** The account has no trader's proofs: this is where others' orders come in. */
  #intentOf(order: LoopbackOrder, name: ClientOrderId): Recorded<RiskApproved<OrderIntent>> {
    const { kind, side, price: limit, triggerPrice, timeInForce, postOnly, placedAtMs } = order;
    const intent: OrderIntent = {
      clientOrderId: name,
      instrument: this.#instrument(order.market).id,
      // Orders have nothing to do with each other: what is held is the ledger's.
      book: this.#simulated,
      slot: "entry",
      decidedAtMs: placedAtMs,
      side,
      kind,
      quantity: (order.quantity - order.filled) as Quantity,
      price: kind === "limit" ? limit : triggerPrice,
      limitPrice: kind === "stop-limit" ? limit : null,
      trail: null,
      terms: { ...PLAIN_TERMS, timeInForce, postOnly },
      reduceOnly: false,
      sizeAtFill: null,
      reason: "",
    };
    return intent as Recorded<RiskApproved<OrderIntent>>;
  }

  /** Trades what rests through the markets' moves from one moment to another, or at one moment. */
  #passTo(fromMs: number, toMs: number): void {
    this.#pass = { fromMs, toMs };
    const group = this.#group(fromMs, toMs);
    this.#simulator.open(group);
    do this.#drain(); while (this.#simulator.next());
    this.#simulator.close(group);
    this.#drain();
  }

  #group(fromMs: number, toMs: number): TradedCandles {
    const rows = this.markets.map((market, instrument) => {
      const open = this.#priceAt(market, fromMs),
        close = fromMs === toMs ? open : this.#priceBy(market, toMs),
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

  /** The price with which the way up to a moment ends: a minute ends at its close, whatever the next one opens at. */
  #priceBy(market: LoopbackMarket, timeMs: number): number {
    const minute = timeMs === floor(timeMs) ? market.minute(timeMs - MINUTE_MS) : null;
    return minute === null ? this.#priceAt(market, timeMs) : minute.close;
  }

  /** When the way that is being traded through came to the price of an order: the same whoever looks, and when. */
  #momentOf({ kind, market }: LoopbackOrder, price: number): number {
    const { fromMs, toMs } = this.#pass;
    const start = this.#priceAt(market, fromMs), rises = this.#priceBy(market, toMs) > start;
    const isThere = (at: number) => at === price ? kind !== "limit" : rises === (at > price);
    if (kind === "market" || fromMs === toMs || isThere(start) || !isThere(this.#priceBy(market, toMs))) return fromMs;
    let before = fromMs, after = toMs;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (isThere(this.#priceBy(market, middle))) after = middle;
      else before = middle;
    }
    return after;
  }

  /** One by one: what hears of an event may cause others. */
  #drain(): void {
    const { events } = this.#simulator;
    for (let event = events.shift(); event !== undefined; event = events.shift()) this.#take(event);
  }

  #take(event: VenueEvent): void {
    if (event.kind === "refused") this.#refused = event;
    const name = "clientOrderId" in event
      ? event.clientOrderId
      : event.kind === "fill"
      ? event.fill.clientOrderId
      : undefined;
    const order = name === undefined ? undefined : this.#bySimulatedName.get(name);
    if (order === undefined) return;
    let fill: LoopbackFill | null = null;
    if (event.kind === "fill") {
      const timeMs = this.#momentOf(order, event.basis!.unslipped) as TimestampMs;
      fill = this.#book(order, { ...event.fill, timeMs });
    } else if (event.kind === "ended") this.#end(order, event.state, event.timeMs);
    else if (event.kind === "refused") this.#end(order, "refused", event.timeMs);
    else return;
    this.#tell(order, fill);
  }

  #tell(order: LoopbackOrder, fill: LoopbackFill | null): void {
    for (const hear of this.listeners) hear({ kind: "order", order, fill });
  }

  /** Remembers what was, before an order and the balances change. A later change has a later time. */
  #change(order: LoopbackOrder, timeMs: number): void {
    this.#before = this.#account();
    order.before = { ...order, fills: [...order.fills], before: null };
    order.updatedAtMs = Math.max(timeMs, order.updatedAtMs) as TimestampMs;
  }

  #end(order: LoopbackOrder, state: LoopbackOrder["state"], timeMs: number = this.#nowMs): void {
    this.#change(order, timeMs);
    order.state = state;
    this.#open.delete(order);
    this.#withdraw(order);
  }

  /** Books an execution: the order, the account and the fee. */
  #book(order: LoopbackOrder, traded: Pick<LoopbackFill, "price" | "quantity" | "liquidity" | "timeMs">): LoopbackFill {
    this.#change(order, traded.timeMs);
    const { price: at, quantity: size, liquidity, timeMs } = traded, { side } = order;
    const worth = notionalOf(at, size), { base, quote } = this.#instrument(order.market);
    const charge = this.#feeOf(order, worth, size, liquidity);
    const number = ++this.#trades;
    const fill: LoopbackFill = { number, order, timeMs, side, price: at, quantity: size, liquidity, ...charge };
    this.fills.push(fill);
    order.fills.push(fill);
    order.filled = (order.filled + size) as Quantity;
    order.value = (order.value + worth) as Notional;
    const sign = side === "buy" ? 1n : -1n;
    this.#ledger.add(base, sign * size * AMOUNTS_PER_UNIT);
    this.#ledger.add(quote, -sign * worth);
    this.#ledger.add(fill.feeAsset, -fill.fee);
    if (order.state === "open" && order.filled >= order.quantity) this.#fill(order);
    return fill;
  }

  #fill(order: LoopbackOrder): void {
    order.state = "filled";
    this.#open.delete(order);
    this.#withdraw(order);
  }

  #feeOf(order: LoopbackOrder, worth: Notional, size: Quantity, liquidity: "maker" | "taker") {
    const { base, quote } = this.#instrument(order.market), rate = this.#rates[liquidity];
    if (order.feeAsset !== null) {
      return { fee: feeInAsset(worth, rate, ZERO_NOTIONAL, THIRD_ASSET_PRICE, FEE_DECIMALS), feeAsset: order.feeAsset };
    }
    const isBase = this.#feeAsset === "received" && order.side === "buy";
    const amount = (isBase ? size * AMOUNTS_PER_UNIT : worth) as Notional;
    return { fee: feeOn(amount, rate, FEE_DECIMALS) as bigint, feeAsset: isBase ? base : quote };
  }
}

/** More than anybody orders. */
const MATCHING_CASH = "1000000000000000";
const FEE_DECIMALS = 8;
/** What one unit of a third asset is worth when it pays a fee. */
const THIRD_ASSET_PRICE = price("600");

function floor(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}
