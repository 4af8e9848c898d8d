import { type Instrument, type InstrumentId, quantityOfQuote, sizeNumber } from "../market/mod.ts";
import {
  floorToLot,
  type Notional,
  notionalOf,
  notionalToNumber,
  type Price,
  priceToNumber,
  type Quantity,
  quantityFromNumber,
  quantityToNumber,
  ZERO_QUANTITY,
} from "../money/mod.ts";
import type {
  ClientOrderId,
  Fill,
  OrderIntent,
  PlainSizing,
  PriceBasis,
  PriceRule,
  Recorded,
  RiskApproved,
  Venue,
  VenueEvent,
} from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { type Costs, feeOfFill, slippedPrice } from "./costs.ts";
import type { FillRules } from "./fill_rules/fill_rules.ts";
import { limitAtOpen, limitInside, stopAtOpen, stopInside } from "./matching.ts";
import { SimulatedAccount } from "./simulated_account.ts";

/** What a simulated exchange is made of. */
export interface SimulatorConfig {
  readonly instruments: readonly Instrument[];
  readonly cash: Notional;
  readonly leverage: number;
  readonly rules: FillRules;
  readonly costs: Costs;
}

/** The candles that the exchange trades through, in columns; row i belongs to instrument number `instrument[i]`. */
export interface TradedCandles {
  readonly closeTimeMs: TimestampMs;
  readonly count: number;
  readonly instrument: Int32Array | readonly number[];
  readonly openTimeMs: ArrayLike<number>;
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
  readonly volume: ArrayLike<number>;
}

/** How many ended orders can still be asked for. */
const REMEMBERED_ORDERS = 1_000;

/** What the exchange is doing with a candle. */
type Phase = "before" | "open" | "inside" | "after-entry" | "close";

interface SimulatedOrder {
  readonly intent: OrderIntent;
  readonly instrument: number;
  /** Limit or trigger as float64, NaN for market orders. */
  readonly price: number;
  quantity: Quantity;
  filled: Quantity;
  state: "open" | "filled" | "cancelled" | "expired";
  readonly fills: Fill[];
  /** The kind of the entry inside this candle that the order protects; null for all others. */
  readonly protects: "limit" | "stop" | null;
}

/**
 * An exchange in memory. It takes orders at any moment, trades them through candles in phases (the open, what is inside,
 * and what protects an entry from there on) and answers with events; between the phases its user may react, as at a real
 * exchange.
 */
export class Simulator implements Venue {
  /** News that nobody has taken yet; the driver empties it. */
  readonly events: VenueEvent[] = [];
  readonly account: SimulatedAccount;
  /** Candles that leave open whether the stop came first, or at all after the entry: it was taken. */
  readonly ambiguousTimesMs: TimestampMs[] = [];
  /** Entries that were cut because the funds did not reach. */
  cutEntries = 0;

  readonly #config: SimulatorConfig;
  readonly #live: SimulatedOrder[] = [];
  readonly #numbers: ReadonlyMap<InstrumentId, number>;
  /** Names of orders that ended, in a ring: their history is kept for a while, as at a real venue. */
  readonly #ended: ClientOrderId[] = [];
  #endedCount = 0;
  readonly #byId = new Map<ClientOrderId, SimulatedOrder>();
  readonly #marks: Float64Array;
  /** True where the rules fill anything at the close before. */
  readonly #needsCloses: boolean;
  readonly #lastClose: Float64Array;
  readonly #previousClose: Float64Array;
  readonly #lastOpenTimeMs: Float64Array;
  readonly #lastCloseTimeMs: Float64Array;
  readonly #previousCloseTimeMs: Float64Array;
  /** Entries of this candle that filled inside it, by book, until their protection has met the rest of the candle. */
  readonly #enteredInside = new Map<number, "limit" | "stop">();
  #nowMs = 0 as TimestampMs;
  #phase: Phase = "open";
  /** The candles in which orders trade now. */
  #traded: TradedCandles | null = null;
  #executions = 0;

  constructor(config: SimulatorConfig) {
    const column = () => new Float64Array(config.instruments.length).fill(NaN);
    this.#config = config;
    this.#numbers = new Map(config.instruments.map((instrument, i) => [instrument.id, i]));
    this.account = new SimulatedAccount(config.cash, config.instruments, config.leverage);
    const { marketPrice, stopEntryGap } = config.rules;
    this.#needsCloses = marketPrice === "previous-close" || stopEntryGap === "previous-close";
    this.#marks = column();
    this.#lastClose = column();
    this.#previousClose = column();
    this.#lastOpenTimeMs = column();
    this.#lastCloseTimeMs = column();
    this.#previousCloseTimeMs = column();
  }

  /** True when no order can meet the next candle: the phases may be left out. */
  get idle(): boolean {
    return this.#live.length === 0;
  }

  /** True between the phase in which an entry filled inside the candle and {@linkcode afterEntries}. */
  get hasEnteredInside(): boolean {
    return this.#enteredInside.size > 0;
  }

  submit(intent: Recorded<RiskApproved<OrderIntent>>): void {
    const instrument = this.#numbers.get(intent.instrument) ?? -1;
    const refusal = this.#refusalOf(intent, instrument);
    if (refusal !== null) {
      this.events.push({ kind: "refused", clientOrderId: intent.clientOrderId, ...refusal, timeMs: this.#nowMs });
      return;
    }
    const price = intent.price === null ? NaN : priceToNumber(intent.price);
    const { quantity } = intent;
    const order: SimulatedOrder = {
      intent,
      instrument,
      price,
      quantity,
      filled: ZERO_QUANTITY,
      state: "open",
      fills: [],
      protects: intent.reduceOnly ? this.#enteredInside.get(intent.book) ?? null : null,
    };
    this.#live.push(order);
    this.#byId.set(intent.clientOrderId, order);
    this.events.push({ kind: "accepted", clientOrderId: intent.clientOrderId, quantity, timeMs: this.#nowMs });
  }

  cancel(clientOrderId: ClientOrderId): void {
    const order = this.#byId.get(clientOrderId);
    if (order?.state === "open") this.#end(order, "cancelled", "asked for");
  }

  query(clientOrderId: ClientOrderId): void {
    const order = this.#byId.get(clientOrderId);
    this.events.push(
      order === undefined
        ? { kind: "missing", clientOrderId, timeMs: this.#nowMs }
        : { kind: "found", clientOrderId, state: order.state, fills: [...order.fills], timeMs: this.#nowMs },
    );
  }

  /** First phase of a group of candles: what happens at the open. */
  open(candles: TradedCandles): void {
    this.#traded = candles;
    const markOf = this.#config.rules.fundsMark === "candle-close" ? candles.close : candles.open;
    for (let row = 0; row < candles.count; row++) this.#marks[candles.instrument[row]!] = markOf[row]!;
    for (let row = 0; row < candles.count; row++) {
      const instrument = candles.instrument[row]!, open = candles.open[row]!;
      const openTimeMs = candles.openTimeMs[row] as TimestampMs;
      this.#nowMs = openTimeMs;
      this.#phase = "open";
      if (this.#config.rules.openGoesFirst) this.#restingAtOpen(instrument, open, openTimeMs);
      if (this.#config.rules.marketPrice === "previous-close") this.#marketOrdersBefore(instrument, openTimeMs);
      else this.#marketOrders(instrument, open, openTimeMs);
    }
    this.#forgetEnded();
  }

  /** Second phase: what happens between the open and the close. */
  inside(candles: TradedCandles): void {
    this.#phase = "inside";
    for (let row = 0; row < candles.count; row++) {
      const instrument = candles.instrument[row]!;
      this.#restingInside(
        instrument,
        candles.open[row]!,
        candles.high[row]!,
        candles.low[row]!,
        candles.openTimeMs[row] as TimestampMs,
      );
    }
    this.#forgetEnded();
  }

  /** Third phase: what protects entries that filled inside, in the rest of the candle. */
  afterEntries(candles: TradedCandles): void {
    this.#phase = "after-entry";
    for (let row = 0; row < candles.count; row++) {
      const timeMs = candles.openTimeMs[row] as TimestampMs;
      this.#stopsAfterEntry(candles, row, timeMs);
      this.#targetsAfterEntry(candles, row, timeMs);
    }
    this.#enteredInside.clear();
    this.#forgetEnded();
  }

  /** Market orders that were decided on these candles, at their closes; only where the rules let them fill there. */
  atClose(candles: TradedCandles): void {
    this.#phase = "close";
    this.#traded = candles;
    for (let row = 0; row < candles.count; row++) {
      this.#marketOrders(candles.instrument[row]!, candles.close[row]!, candles.closeTimeMs);
    }
    this.#forgetEnded();
  }

  /** The candles have closed: remembers their closes. Needed for every group, orders or not. */
  close(candles: TradedCandles): void {
    this.#nowMs = candles.closeTimeMs;
    for (let row = 0; row < candles.count; row++) {
      const instrument = candles.instrument[row]!;
      this.#marks[instrument] = candles.close[row]!;
      if (!this.#needsCloses) continue;
      this.#previousClose[instrument] = this.#lastClose[instrument]!;
      this.#previousCloseTimeMs[instrument] = this.#lastCloseTimeMs[instrument]!;
      this.#lastClose[instrument] = candles.close[row]!;
      this.#lastOpenTimeMs[instrument] = candles.openTimeMs[row]!;
      this.#lastCloseTimeMs[instrument] = candles.closeTimeMs;
    }
  }

  #refusalOf(intent: OrderIntent, instrument: number): { code: string; reason: string } | null {
    if (instrument < 0) return { code: "unknown-instrument", reason: `${intent.instrument} is not traded here` };
    const { lot, tick, kind } = this.#config.instruments[instrument]!;
    // A second order of the same name is the first one: as at a real venue, the name finds and does not repeat.
    if (this.#byId.has(intent.clientOrderId)) return { code: "duplicate-id", reason: "an order of that name exists" };
    if (intent.quantity <= 0n || intent.quantity % lot !== 0n) return { code: "lot-size", reason: "off the lot" };
    if (intent.price !== null && intent.price % tick !== 0n) return { code: "price-filter", reason: "off the tick" };
    const short = kind === "spot" && intent.side === "sell" && !intent.reduceOnly;
    return short ? { code: "insufficient-balance", reason: "spot cannot be sold short" } : null;
  }

  #marketOrders(instrument: number, price: number, timeMs: TimestampMs): void {
    for (const order of this.#live) {
      if (order.instrument !== instrument || order.intent.kind !== "market" || order.state !== "open") continue;
      this.#execute(order, price, "taker", timeMs);
    }
  }

  /** Market orders at the close before the candle that is traded. */
  #marketOrdersBefore(instrument: number, openTimeMs: TimestampMs): void {
    // The closing pass at the end of a run trades the last candle again: then the close before it is the previous one.
    const again = this.#lastOpenTimeMs[instrument] === openTimeMs;
    const close = again ? this.#previousClose[instrument]! : this.#lastClose[instrument]!;
    const closeTimeMs = again ? this.#previousCloseTimeMs[instrument]! : this.#lastCloseTimeMs[instrument]!;
    this.#phase = "before";
    this.#marketOrders(instrument, close, closeTimeMs as TimestampMs);
  }

  #restingAtOpen(instrument: number, open: number, timeMs: TimestampMs): void {
    for (const order of this.#live) {
      if (order.instrument !== instrument || order.state !== "open") continue;
      const { kind, side } = order.intent;
      if (kind === "stop") this.#executeAt(order, stopAtOpen(side, order.price, open), "taker", timeMs);
      else if (kind === "limit") this.#executeAt(order, limitAtOpen(side, order.price, open), "maker", timeMs);
    }
  }

  /** Stops before limits: where a candle reaches both, the worse one counts. */
  #restingInside(instrument: number, open: number, high: number, low: number, timeMs: TimestampMs): void {
    const { limitFill, stopEntryGap } = this.#config.rules;
    let stopped = -1;
    for (const order of this.#live) {
      if (order.instrument !== instrument || order.intent.kind !== "stop" || order.state !== "open") continue;
      const jumped = order.intent.reduceOnly || stopEntryGap === "open" ? open : this.#lastClose[instrument]!;
      const price = stopInside(order.intent.side, order.price, jumped, high, low);
      if (price !== price) continue;
      this.#execute(order, price, "taker", timeMs);
      if (order.intent.reduceOnly) stopped = order.intent.book;
      else this.#enteredInside.set(order.intent.book, "stop");
    }
    for (const order of this.#live) {
      if (order.instrument !== instrument || order.intent.kind !== "limit" || order.state !== "open") continue;
      const price = limitInside(order.intent.side, order.price, open, high, low, limitFill);
      if (price !== price) continue;
      if (order.intent.reduceOnly && order.intent.book === stopped) this.ambiguousTimesMs.push(timeMs);
      this.#execute(order, price, "maker", timeMs);
      if (!order.intent.reduceOnly) this.#enteredInside.set(order.intent.book, "limit");
    }
  }

  #stopsAfterEntry(candles: TradedCandles, row: number, timeMs: TimestampMs): void {
    for (const order of this.#live) {
      if (!this.#protectsIn(order, candles.instrument[row]!, "stop")) continue;
      const certain = reaches(order, candles.close[row]!);
      if (!certain && !reaches(order, order.intent.side === "sell" ? candles.low[row]! : candles.high[row]!)) continue;
      const rule = this.#config.rules.afterEntryInside[order.protects!];
      if (rule === "stop") {
        if (!certain) this.ambiguousTimesMs.push(timeMs);
        this.#execute(order, order.price, "taker", timeMs);
      } else this.#enteredInside.delete(order.intent.book);
    }
  }

  #targetsAfterEntry(candles: TradedCandles, row: number, timeMs: TimestampMs): void {
    const { rules } = this.#config;
    for (const order of this.#live) {
      if (!this.#protectsIn(order, candles.instrument[row]!, "limit")) continue;
      if (rules.afterEntryInside[order.protects!] !== "target-unless-stop") continue;
      if (!this.#enteredInside.has(order.intent.book)) continue; // the candle reaches the stop
      const [open, high, low] = [candles.open[row]!, candles.high[row]!, candles.low[row]!];
      const price = limitInside(order.intent.side, order.price, open, high, low, rules.limitFill);
      this.#executeAt(order, price, "maker", timeMs);
    }
  }

  #protectsIn(order: SimulatedOrder, instrument: number, kind: "stop" | "limit"): boolean {
    return order.protects !== null && order.state === "open" && order.instrument === instrument &&
      order.intent.kind === kind;
  }

  #executeAt(order: SimulatedOrder, price: number, liquidity: "maker" | "taker", timeMs: TimestampMs): void {
    if (price === price) this.#execute(order, price, liquidity, timeMs);
  }

  #execute(order: SimulatedOrder, raw: number, liquidity: "maker" | "taker", timeMs: TimestampMs): void {
    const { intent, instrument } = order;
    const market = this.#config.instruments[instrument]!;
    const { rules } = this.#config;
    const slippage = this.#slips(intent, liquidity) ? this.#slippage(order) : 0;
    const price = slippage === 0 && raw === order.price
      ? intent.price!
      : slippedPrice(raw, intent.side, slippage, market);
    if (rules.fundsMark === "fill-price") this.#marks[instrument] = raw;
    const quantity = intent.reduceOnly ? this.#reducing(order) : this.#affordable(order, price, raw, liquidity);
    if (quantity === 0n) {
      this.#end(order, "expired", intent.reduceOnly ? "nothing left to reduce" : "insufficient funds");
      return;
    }
    this.#book(order, price, quantity, liquidity, timeMs, { rule: priceRule(order, raw, this.#phase), unslipped: raw });
  }

  /** The model's answer on what is left of an order, in the candle that is traded. */
  #slippage({ instrument, quantity, filled }: SimulatedOrder): number {
    const candles = this.#traded!, row = candles.instrument.indexOf(instrument);
    return this.#config.costs.slippage({
      quantity: quantityToNumber((quantity - filled) as Quantity),
      high: candles.high[row]!,
      low: candles.low[row]!,
      volume: candles.volume[row]!,
    });
  }

  #slips({ kind, reduceOnly }: OrderIntent, liquidity: "maker" | "taker"): boolean {
    switch (this.#config.rules.slips) {
      case "takers":
        return liquidity === "taker";
      case "market-orders":
        return kind === "market";
      case "entries":
        return !reduceOnly;
    }
  }

  #reducing(order: SimulatedOrder): Quantity {
    const most = this.account.reducible(order.instrument, order.intent.side);
    const rest = (order.quantity - order.filled) as Quantity;
    return most < rest ? floorToLot(most, this.#config.instruments[order.instrument]!.lot) : rest;
  }

  /** The quantity that an entry gets: sized now where the rules say so, and never beyond the funds. */
  #affordable(order: SimulatedOrder, price: Price, raw: number, liquidity: "maker" | "taker"): Quantity {
    const { instruments, costs, rules } = this.#config;
    const market = instruments[order.instrument]!;
    const rate = Number(costs[liquidity]) / 1e12;
    const inQuote = !(order.intent.side === "buy" && market.feeAsset === "received" && costs.fixed === 0n);
    const spendable = this.account.spendable(order.instrument, this.#marks);
    const paid = priceToNumber(price), charged = rules.fundsFee === "fill-price" ? paid : raw;
    const unitCost = sizeNumber(market, paid, 1) + (inQuote ? rate * sizeNumber(market, charged, 1) : 0);
    const fixed = notionalToNumber(costs.fixed);
    if (order.intent.sizeAtFill !== null) {
      const sized = order.intent.sizeAtFill.kind === "fixed-notional"
        ? quantityOfQuote(market, paid + (inQuote ? rate * charged : 0), order.intent.sizeAtFill.notionalQuote)
        : sizeNow(order.intent.sizeAtFill, spendable, unitCost, quantityToNumber(order.quantity));
      order.quantity = quantityFromNumber(Math.max(0, sized), market.lot);
      if (order.quantity === 0n) return ZERO_QUANTITY;
      this.events.push({
        kind: "accepted",
        clientOrderId: order.intent.clientOrderId,
        quantity: order.quantity,
        timeMs: this.#nowMs,
      });
    }
    const wanted = (order.quantity - order.filled) as Quantity;
    const fits = (size: Quantity) =>
      market.kind === "spot"
        ? this.#cashAfter(order, price, size, liquidity) >= 0n
        : quantityToNumber(size) * unitCost + fixed <= spendable;
    // Exact arithmetic only where it can decide.
    if (quantityToNumber(wanted) * unitCost + fixed < spendable * (1 - 1e-9) || fits(wanted)) return wanted;
    if (rules.beyondFunds === "cancel") return ZERO_QUANTITY;
    this.cutEntries++;
    let cut = quantityFromNumber(Math.max(0, (spendable - fixed) / unitCost), market.lot);
    // A float division may be a lot too generous.
    while (cut > 0n && !fits(cut)) cut = (cut - market.lot) as Quantity;
    return cut;
  }

  #cashAfter(order: SimulatedOrder, price: Price, quantity: Quantity, liquidity: "maker" | "taker"): bigint {
    const market = this.#config.instruments[order.instrument]!;
    const { fee, inBase } = feeOfFill(this.#config.costs, market, liquidity, order.intent.side, price, quantity);
    return this.account.cash - notionalOf(price, quantity) - (inBase ? 0n : fee);
  }

  #book(
    order: SimulatedOrder,
    price: Price,
    quantity: Quantity,
    liquidity: "maker" | "taker",
    timeMs: TimestampMs,
    basis: PriceBasis,
  ): void {
    const { intent, instrument } = order;
    const { fee, inBase } = feeOfFill(
      this.#config.costs,
      this.#config.instruments[instrument]!,
      liquidity,
      intent.side,
      price,
      quantity,
    );
    const fill: Fill = {
      tradeId: String(++this.#executions),
      clientOrderId: intent.clientOrderId,
      instrument: intent.instrument,
      side: intent.side,
      price,
      quantity,
      fee,
      feeInBase: inBase,
      liquidity,
      timeMs,
    };
    this.account.apply(instrument, fill);
    order.filled = (order.filled + quantity) as Quantity;
    order.fills.push(fill);
    if (order.filled >= order.quantity) order.state = "filled";
    this.events.push({ kind: "fill", fill, basis, timeMs });
    if (order.state === "open") this.#end(order, "expired", "insufficient funds for the rest");
  }

  #end(order: SimulatedOrder, state: "cancelled" | "expired", reason: string): void {
    order.state = state;
    const { intent: { clientOrderId }, filled } = order;
    this.events.push({ kind: "ended", clientOrderId, state, filled, reason, timeMs: this.#nowMs });
  }

  #forgetEnded(): void {
    const live = this.#live;
    let kept = 0;
    for (const order of live) {
      if (order.state === "open") live[kept++] = order;
      else this.#remember(order.intent.clientOrderId);
    }
    if (kept < live.length) live.length = kept;
  }

  #remember(ended: ClientOrderId): void {
    const place = this.#endedCount++ % REMEMBERED_ORDERS;
    if (place < this.#ended.length) this.#byId.delete(this.#ended[place]!);
    this.#ended[place] = ended;
  }
}

/** The rule that gave a fill its price before slippage. */
function priceRule({ intent: { kind }, price }: SimulatedOrder, raw: number, phase: Phase): PriceRule {
  if (kind === "market") return phase === "close" ? "this-close" : phase === "before" ? "previous-close" : "next-open";
  if (phase === "after-entry") return kind === "stop" ? "stop-after-entry" : "target-after-entry";
  if (kind === "stop") return raw === price ? "stop" : "stop-gap";
  return raw === price ? "limit" : "limit-gap";
}

/** True when a price is at the trigger of a stop order or beyond it. */
function reaches({ intent, price: trigger }: SimulatedOrder, price: number): boolean {
  return intent.side === "sell" ? price <= trigger : price >= trigger;
}

/** Base units of an order that is sized at its fill. `risk-per-trade` keeps what was computed at the decision. */
function sizeNow(
  sizing: Exclude<PlainSizing, { kind: "fixed-notional" }>,
  spendable: number,
  unitCost: number,
  estimate: number,
): number {
  switch (sizing.kind) {
    case "equity-fraction":
      return (spendable * sizing.fraction) / unitCost;
    case "units":
      return sizing.units;
    case "risk-per-trade":
      return estimate;
  }
}
