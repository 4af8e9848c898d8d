import {
  floorToLot,
  type Price,
  type Quantity,
  quantityFromNumber,
  quantityToNumber,
  ZERO_QUANTITY,
} from "../money/mod.ts";
import type { Fill, OrderIntent, PriceBasis } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { AmbiguousFill } from "./ambiguous_fill.ts";
import type { BookEntries } from "./book_entries.ts";
import { slippedPrice } from "./costs.ts";
import { affordabilityOf, canPay, cutToFunds, type Quote, sizeNow } from "./funds.ts";
import type { LiveOrders } from "./live_orders.ts";
import { isReached, OcoGroups } from "./oco_groups.ts";
import type { OfferedVolume } from "./offered_volume.ts";
import { ORDER_KINDS } from "./order_kinds.ts";
import type { OrderNews } from "./order_news.ts";
import type { PositionDesk } from "./position_desk.ts";
import type { SimulatedAccount } from "./simulated_account.ts";
import { exactPriceOf, restOf, type SimulatedOrder } from "./simulated_order.ts";
import type { SimulatorConfig } from "./simulator_config.ts";
import { candleIn, type TradedCandles } from "./traded_candles.ts";

/**
 * The last part of the way of every order: from the price that it found to the price that it gets, the quantity that
 * the volume and the funds allow, the fee, the account, and the news of all that.
 */
export class Execution {
  /** Exits whose candle leaves open what came first. */
  readonly ambiguous: AmbiguousFill[] = [];
  /** Entries that filled in a candle that reaches another entry of their group, too. */
  readonly ambiguousEntries: AmbiguousFill[] = [];
  /** Orders of which one cancels the other. */
  readonly groups = new OcoGroups();
  /** Entries that were cut because the funds did not reach. */
  cutEntries = 0;
  /** True while the candles in work open: nothing is between the last price and this one. */
  isOpening = false;
  /** The candles in work. */
  candles: TradedCandles | null = null;
  #count = 0;

  /** @param marks At which open positions count when funds are checked, by market. */
  constructor(
    readonly config: SimulatorConfig,
    readonly account: SimulatedAccount,
    readonly desk: PositionDesk | null,
    readonly news: OrderNews,
    readonly orders: LiveOrders,
    readonly volume: OfferedVolume,
    readonly entries: BookEntries,
    readonly marks: Float64Array,
  ) {}

  /** An exit of the candles in work is one of those that their candle leaves open. */
  noteAmbiguous(order: SimulatedOrder, filledMs: TimestampMs): void {
    this.ambiguous.push(this.#ambiguous(order, filledMs));
  }

  #ambiguous({ instrument, intent: { book } }: SimulatedOrder, filledMs: TimestampMs): AmbiguousFill {
    const { openTimeMs, instrument: numbers } = this.candles!;
    return { timeMs: openTimeMs[numbers.indexOf(instrument)] as TimestampMs, filledMs, instrument, book };
  }

  /** Executes an order where it has a price. True when something traded or the order ended. */
  executeAt(order: SimulatedOrder, price: number, timeMs: TimestampMs): boolean {
    if (price !== price) return false;
    const kind = ORDER_KINDS[order.intent.kind];
    return this.execute(order, price, kind.isMaker(order, price) ? "maker" : "taker", timeMs, kind.rule(order, price));
  }

  /** The same with what is known of the price. */
  execute(
    order: SimulatedOrder,
    raw: number,
    liquidity: "maker" | "taker",
    timeMs: TimestampMs,
    rule: PriceBasis["rule"],
  ): boolean {
    const { intent, instrument } = order, { rules } = this.config;
    // A position is gone before an order could close it at a price beyond its liquidation. At the open nothing is between.
    if (this.desk !== null && intent.reduceOnly && !this.isOpening) {
      this.desk.comesFirst(this.account.held(instrument, intent.side, true), raw, timeMs);
    }
    const price = this.#priceOf(order, raw, liquidity, timeMs);
    if (rules.fundsMark === "fill-price") this.marks[instrument] = raw;
    const quote = { price, raw, liquidity, timeMs }, basis = { rule, unslipped: raw };
    const most = intent.reduceOnly ? this.#reducing(order) : this.#affordable(order, quote, basis);
    if (order.state !== "open") return true;
    if (most === 0n) {
      this.news.end(order, "expired", intent.reduceOnly ? "nothing left to reduce" : "insufficient funds");
      return true;
    }
    const quantity = this.#offered(order, most);
    if (quantity < order.quantity && intent.terms.timeInForce === "FOK") {
      this.news.end(order, "expired", "not all of it could trade at once");
      return true;
    }
    if (quantity === 0n) return false;
    const slipsInPart = rules.slips === "entries" && !intent.reduceOnly && this.config.costs.flatSlippage !== 0;
    const closing = slipsInPart ? this.#closing(order, quantity) : ZERO_QUANTITY;
    if (closing > 0n) this.#bookClosing(order, closing, quote, basis);
    if (closing < quantity) this.#book(order, price, (quantity - closing) as Quantity, liquidity, timeMs, basis);
    if (order.state === "open" && quantity === most) {
      this.news.end(order, "expired", intent.reduceOnly ? "nothing left to reduce" : "insufficient funds for the rest");
    }
    return true;
  }

  /** Closes what an order may reduce at the last trade of a market that has ended, without slippage. */
  settle(order: SimulatedOrder, last: number): void {
    const { news, config: { instruments } } = this;
    const price = slippedPrice(last, order.intent.side, 0, instruments[order.instrument]!),
      most = this.#reducing(order);
    if (most > 0n) this.#book(order, price, most, "taker", news.nowMs, { rule: "delisted", unslipped: last });
    if (order.state === "open") news.end(order, "expired", "nothing left to reduce");
  }

  #priceOf(order: SimulatedOrder, raw: number, liquidity: "maker" | "taker", timeMs: TimestampMs): Price {
    const { rules, instruments } = this.config, { intent } = order;
    const slippage = this.#slips(intent, liquidity) ? this.#slippage(order, raw, timeMs) : 0;
    const exact = slippage === 0 ? exactPriceOf(order, raw) : null;
    const slipped = exact ?? slippedPrice(raw, intent.side, slippage, instruments[order.instrument]!);
    return rules.slips === "takers" ? withinLimit(intent, slipped) : slipped;
  }

  /** What of a quantity the candle's volume and the queue still offer. */
  #offered({ instrument, allowance }: SimulatedOrder, most: Quantity): Quantity {
    const left = Math.min(this.volume.left(instrument), allowance);
    if (left === Infinity) return most;
    const offered = quantityFromNumber(Math.max(0, left), this.config.instruments[instrument]!.lot);
    return offered < most ? offered : most;
  }

  /** The model's answer on what an order trades in the candle in work. */
  #slippage(order: SimulatedOrder, price: number, timeMs: TimestampMs): number {
    const { flatSlippage, slippage } = this.config.costs;
    if (flatSlippage !== null) return flatSlippage;
    const candles = this.candles!, row = candles.instrument.indexOf(order.instrument);
    return slippage({
      instrument: order.intent.instrument,
      side: order.intent.side,
      price,
      timeMs,
      quantity: Math.min(quantityToNumber(restOf(order)), this.volume.left(order.instrument)),
      high: candles.high[row]!,
      low: candles.low[row]!,
      volume: candles.volume[row]!,
    });
  }

  #slips({ kind, reduceOnly }: OrderIntent, liquidity: "maker" | "taker"): boolean {
    switch (this.config.rules.slips) {
      case "takers":
        return liquidity === "taker";
      case "market-orders":
        return kind === "market";
      case "entries":
        return !reduceOnly;
    }
  }

  /** What of an entry closes an opposite position of its book first. */
  #closing({ intent: { book, side } }: SimulatedOrder, quantity: Quantity): Quantity {
    const held = this.account.books.reducible(book, side);
    return held < quantity ? held : quantity;
  }

  /** Where only what opens a position slips, this does not. */
  #bookClosing(order: SimulatedOrder, closing: Quantity, quote: Quote, basis: PriceBasis): void {
    const { rules, instruments } = this.config, { price, raw, liquidity, timeMs } = quote;
    const unslipped = exactPriceOf(order, raw) ??
      slippedPrice(raw, order.intent.side, 0, instruments[order.instrument]!);
    this.#book(order, rules.slips === "entries" ? unslipped : price, closing, liquidity, timeMs, basis);
  }

  #reducing(order: SimulatedOrder): Quantity {
    const most = this.account.books.reducible(order.intent.book, order.intent.side), rest = restOf(order);
    return most < rest ? floorToLot(most, this.config.instruments[order.instrument]!.lot) : rest;
  }

  /** The quantity that an entry gets: sized now where the rules say so, and never beyond the funds. */
  #affordable(order: SimulatedOrder, quote: Quote, basis: PriceBasis): Quantity {
    const { config, account } = this;
    const market = config.instruments[order.instrument]!;
    const funds = affordabilityOf(config, account, this.marks, order, quote);
    const { sizeAtFill, clientOrderId } = order.intent;
    if (sizeAtFill !== null && order.filled === 0n) {
      const size = sizeNow(sizeAtFill, market, funds, quantityToNumber(order.quantity));
      order.quantity = quantityFromNumber(Math.max(0, size), market.lot);
      if (order.quantity === 0n) return ZERO_QUANTITY;
      this.news.accepted(clientOrderId, order.quantity);
    }
    if (canPay(config, account, order, quote, funds)) return restOf(order);
    // What closes needs no funds and frees some, for what is left of the order.
    const closing = this.#mayTradeInParts(order) ? this.#closing(order, restOf(order)) : ZERO_QUANTITY;
    if (closing > 0n) {
      this.#bookClosing(order, closing, quote, basis);
      return order.state === "open" ? this.#affordable(order, quote, basis) : ZERO_QUANTITY;
    }
    if (config.rules.beyondFunds === "cancel") return ZERO_QUANTITY;
    this.cutEntries++;
    return cutToFunds(config, account, order, quote, funds);
  }

  #mayTradeInParts({ intent: { terms }, instrument, allowance }: SimulatedOrder): boolean {
    return terms.timeInForce !== "FOK" && this.volume.left(instrument) === Infinity && allowance === Infinity;
  }

  #book(
    order: SimulatedOrder,
    price: Fill["price"],
    quantity: Quantity,
    liquidity: "maker" | "taker",
    timeMs: TimestampMs,
    basis: PriceBasis,
  ): void {
    const { intent, instrument } = order, { side } = intent, { instruments, rules } = this.config;
    const market = instruments[instrument]!;
    const charge = this.account.fees.chargeOf({ instrument: market, side, liquidity, price, quantity, timeMs });
    const { fee, feeAsset, feeFrom, feeWorthQuote } = charge;
    const fill: Fill = {
      tradeId: String(++this.#count),
      clientOrderId: intent.clientOrderId,
      instrument: intent.instrument,
      side,
      price,
      quantity,
      fee,
      feeAsset,
      feeFrom,
      ...(feeWorthQuote === undefined ? undefined : { feeWorthQuote }),
      liquidity,
      timeMs: rules.entryTime === "order" && !intent.reduceOnly ? metFromOf(order, timeMs) : timeMs,
    };
    this.account.apply(intent.book, instrument, fill, intent.reduceOnly);
    if (!intent.reduceOnly) this.entries.note(order, price);
    order.filled = (order.filled + quantity) as Quantity;
    order.fills.push(fill);
    this.volume.take(instrument, quantity);
    if (order.filled >= order.quantity) order.state = "filled";
    else if (intent.kind !== "limit") order.triggered = true;
    this.news.filled(fill, basis, timeMs);
    if (intent.oco !== undefined) this.#endGroup(order, timeMs);
  }

  /** One has cancelled the others. */
  #endGroup(order: SimulatedOrder, timeMs: TimestampMs): void {
    const candles = this.candles!, candle = candleIn(candles, candles.instrument.indexOf(order.instrument));
    const ended = this.groups.endedBy(order, this.orders.of(order.instrument));
    if (!this.isOpening && ended.some((other) => isReached(other, candle, this.config.rules))) {
      this.ambiguousEntries.push(this.#ambiguous(order, timeMs));
    }
    for (const other of ended) this.news.end(other, "cancelled", "another order of its group has traded");
  }
}

/** A limit is never exceeded, whatever the slippage. (A spread that rules charge on entries is paid beside the price.) */
function withinLimit({ kind, side, price, limitPrice }: OrderIntent, slipped: Price): Price {
  const limit = kind === "limit" ? price : limitPrice;
  if (limit === null) return slipped;
  const isWorse = side === "buy" ? slipped > limit : slipped < limit;
  return isWorse ? limit : slipped;
}

/** An order that was sent inside the candle in which it trades has met no open yet. */
function metFromOf({ metFromMs }: SimulatedOrder, timeMs: TimestampMs): TimestampMs {
  return metFromMs === metFromMs ? metFromMs as TimestampMs : timeMs;
}
