import type { InstrumentId } from "../market/mod.ts";
import {
  floorToLot,
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
  PriceBasis,
  Recorded,
  RiskApproved,
  Side,
  Venue,
  VenueEvent,
} from "../orders/mod.ts";
import { hashText, keyedRandom, type TimestampMs } from "../time/mod.ts";
import { refusalOf } from "./admission.ts";
import { CandlePath, nearestExtremeIsHigh } from "./candle_path.ts";
import { slippedPrice } from "./costs.ts";
import { affordabilityOf, canPay, cutToFunds, type Quote, sizeNow } from "./funds.ts";
import { latencyOf } from "./latency.ts";
import { PositionDesk } from "./position_desk.ts";
import { isBeyondLimit } from "./matching.ts";
import { leastMovedStop } from "./own_price.ts";
import { type CandlePrices, follow, ORDER_KINDS } from "./order_kinds.ts";
import { isReached, OcoGroups, yieldsTo } from "./oco_groups.ts";
import { OrderIndex } from "./order_index.ts";
import { restsThrough } from "./rests_through.ts";
import { SimulatedAccount } from "./simulated_account.ts";
import type { SimulatorConfig } from "./simulator_config.ts";
import type { TradedCandles } from "./traded_candles.ts";
import { exactPriceOf, hasMoved, moveOrder, restOf, type SimulatedOrder, simulatedOrder } from "./simulated_order.ts";

/** A fill of a protective order in a candle that reaches the other one, too: which came first is an assumption. */
export interface AmbiguousFill {
  /** Open time of the candle. */
  readonly timeMs: TimestampMs;
  readonly instrument: number;
  readonly book: number;
}

/** How many ended orders can still be asked for. */
const REMEMBERED_ORDERS = 1_024;

/** What is left to do with the candles in work. */
type Stage = "inside" | "after-entry" | "late" | "done";

/**
 * An exchange in memory. It takes orders at any moment, trades them through candles step by step (the open, what is
 * inside, what protects an entry from there on) and answers with events; between the steps its user may react, as at a
 * real exchange.
 */
export class Simulator implements Venue {
  /** News that nobody has taken yet; the driver empties it. */
  readonly events: VenueEvent[] = [];
  readonly account: SimulatedAccount;
  /** Charges and liquidates open positions; null where the run states neither. */
  readonly desk: PositionDesk | null;
  readonly ambiguous: AmbiguousFill[] = [];
  /** Entries that filled in a candle that reaches another entry of their group, too. */
  readonly ambiguousEntries: AmbiguousFill[] = [];
  /** Entries that were cut because the funds did not reach. */
  cutEntries = 0;

  readonly #config: SimulatorConfig;
  /** Orders that may still do something, by instrument, in the order of their arrival. */
  readonly #live: SimulatedOrder[][];
  #liveCount = 0;
  readonly #numbers: ReadonlyMap<InstrumentId, number>;
  readonly #hashes: readonly number[];
  readonly #byId = new OrderIndex(REMEMBERED_ORDERS);
  readonly #groups = new OcoGroups();
  readonly #marks: Float64Array;
  /** True where the rules fill anything at the close before. */
  readonly #needsCloses: boolean;
  /** True where the rules ask for the candle of an entry. */
  readonly #needsEntries: boolean;
  readonly #lastClose: Float64Array;
  readonly #previousClose: Float64Array;
  readonly #lastCloseTimeMs: Float64Array;
  readonly #previousCloseTimeMs: Float64Array;
  /** Entries of this candle that filled inside it, by book and before slippage, until their protection has met the rest of the candle. */
  readonly #enteredInside = new Map<number, { readonly kind: "limit" | "stop"; readonly price: number }>();
  /** By book the first candle of its newest entry, and its price; only where the rules ask. */
  readonly #entries = new Map<number, { readonly fromMs: number; readonly price: number }>();
  /** What own orders may still trade in the candles in work, base units, and when those opened. */
  readonly #volumeLeft: Float64Array;
  readonly #volumeOfMs: Float64Array;
  readonly #path = new CandlePath();
  /** Rows of the candles in work in whose markets something can happen. */
  readonly #rows: number[] = [];
  /** Which of these rows has its path walked; −1 before the first. */
  #walked = -1;
  #nowMs = 0 as TimestampMs;
  /** When the next market ends; −∞ before the first look. */
  #nextEndMs = -Infinity;
  #stage: Stage = "done";
  #isOpening = false;
  /** True when an entry that arrived inside these candles has traded. */
  #enteredLate = false;
  #traded: TradedCandles | null = null;
  #executions = 0;

  constructor(config: SimulatorConfig) {
    const column = (value: number) => new Float64Array(config.instruments.length).fill(value);
    this.#config = config;
    this.#numbers = new Map(config.instruments.map((instrument, i) => [instrument.id, i]));
    this.#hashes = config.instruments.map((instrument) => hashText(instrument.id));
    this.#live = config.instruments.map(() => []);
    const { cash, instruments, leverage, costs, positions, feeds } = config;
    this.account = new SimulatedAccount(cash, instruments, leverage, costs, positions);
    this.desk = PositionDesk.of(this.account, positions, feeds, this.events);
    const { marketPrice, stopEntryGap } = config.rules;
    const { trailing, afterEntryInside } = config.rules;
    this.#needsEntries = trailing !== undefined || Object.values(afterEntryInside).includes("whole-candle");
    this.#needsCloses = marketPrice === "previous-close" || stopEntryGap === "previous-close";
    this.#marks = column(NaN);
    this.#lastClose = column(NaN);
    this.#previousClose = column(NaN);
    this.#lastCloseTimeMs = column(NaN);
    this.#previousCloseTimeMs = column(NaN);
    this.#volumeLeft = column(Infinity);
    this.#volumeOfMs = column(-Infinity);
  }

  /** True when nothing can happen in any candle, to an order or to a position. */
  get idle(): boolean {
    return this.#liveCount === 0 && (this.desk === null || this.desk.idle);
  }

  /** True when nothing can happen in these candles: trading them may be left out. */
  isStill(candles: TradedCandles): boolean {
    if (this.#liveCount === 0) return this.desk === null || this.desk.idle;
    for (let row = 0; row < candles.count; row++) if (!this.#isStillIn(candles, row)) return false;
    return true;
  }

  #isStillIn(candles: TradedCandles, row: number): boolean {
    if (this.desk !== null) return false;
    const orders = this.#live[candles.instrument[row]!]!;
    for (let i = 0; i < orders.length; i++) if (!restsThrough(orders[i]!, candles, row)) return false;
    return true;
  }

  submit(intent: Recorded<RiskApproved<OrderIntent>>): void {
    const { clientOrderId, quantity } = intent;
    const instrument = this.#numbers.get(intent.instrument) ?? -1;
    const refusal = this.#refusalOf(intent, instrument);
    if (refusal !== null) {
      this.events.push({ kind: "refused", clientOrderId, ...refusal, timeMs: this.#nowMs });
      return;
    }
    if (this.#hasEnded(instrument, intent.decidedAtMs)) return this.#settle(intent, instrument);
    const protects = intent.reduceOnly ? this.#enteredInside.get(intent.book)?.kind ?? null : null;
    const latencyMs = this.#latencyOf(clientOrderId);
    const { tick } = this.#config.instruments[instrument]!;
    const activeFromMs = latencyMs === 0 ? -Infinity : this.#nowMs + latencyMs;
    const order = simulatedOrder(intent, instrument, tick, protects, activeFromMs, this.#takesAt(intent, instrument));
    this.#live[instrument]!.push(order);
    this.#liveCount++;
    if (this.#stage !== "done") this.#alsoTrade(instrument);
    this.#byId.add(order);
    this.events.push({ kind: "accepted", clientOrderId, quantity, timeMs: this.#nowMs });
  }

  /** True for a limit order that is at or beyond the market when it is sent. */
  #takesAt({ kind, side, price }: OrderIntent, instrument: number): boolean {
    return kind === "limit" && reachesLimit(side, priceToNumber(price!), this.#marks[instrument]!);
  }

  /** An order has come into a market whose candle was left out as still. */
  #alsoTrade(instrument: number): void {
    const { count, instrument: numbers } = this.#traded!;
    let row = 0;
    while (row < count && numbers[row] !== instrument) row++;
    if (row === count || this.#rows.includes(row)) return;
    const place = this.#rows.findIndex((other) => other > row);
    this.#rows.splice(place < 0 ? this.#rows.length : place, 0, row);
    if (place >= 0 && place <= this.#walked) this.#walked++;
  }

  move(intent: RiskApproved<OrderIntent>): void {
    const order = this.#byId.get(intent.clientOrderId);
    if (order?.state !== "open") return;
    const latencyMs = this.#latencyOf(intent.clientOrderId, "/move");
    order.movesTo = intent;
    if (latencyMs === 0) this.#carryMoveOut(order);
    else order.movesFromMs = this.#nowMs + latencyMs;
  }

  /** The order rests elsewhere, behind all others. */
  #carryMoveOut(order: SimulatedOrder): void {
    const intent = order.movesTo!, { clientOrderId, limitPrice } = intent, orders = this.#live[order.instrument]!;
    moveOrder(order, intent, this.#takesAt(intent, order.instrument));
    for (let i = orders.indexOf(order); i + 1 < orders.length; i++) orders[i] = orders[i + 1]!;
    orders[orders.length - 1] = order;
    this.events.push({ kind: "moved", clientOrderId, price: intent.price!, limitPrice, timeMs: this.#nowMs });
  }

  cancel(clientOrderId: ClientOrderId): void {
    const order = this.#byId.get(clientOrderId);
    if (order?.state !== "open") return;
    const latencyMs = this.#latencyOf(clientOrderId, "/cancel");
    if (latencyMs === 0) this.#end(order, "cancelled", "asked for");
    else order.cancelledFromMs = Math.min(order.cancelledFromMs, this.#nowMs + latencyMs);
  }

  query(clientOrderId: ClientOrderId): void {
    const order = this.#byId.get(clientOrderId);
    if (order === undefined) {
      this.events.push({ kind: "missing", clientOrderId, timeMs: this.#nowMs });
      return;
    }
    const { state, fills, intent: { price, limitPrice } } = order;
    this.events.push({
      kind: "found",
      clientOrderId,
      state,
      price,
      limitPrice,
      fills: [...fills],
      timeMs: this.#nowMs,
    });
  }

  /** Begins with a group of candles: what happens at the open. {@linkcode next} goes on. */
  open(candles: TradedCandles): void {
    this.#traded = candles;
    this.#stage = "inside";
    this.#walked = -1;
    this.#rows.length = 0;
    const { rules } = this.#config;
    const markOf = rules.fundsMark === "candle-close" ? candles.close : candles.open;
    for (let row = 0; row < candles.count; row++) {
      const instrument = candles.instrument[row]!;
      this.#marks[instrument] = markOf[row]!;
      if (!this.#isStillIn(candles, row)) this.#rows.push(row);
    }
    this.#offerVolume(candles);
    this.desk?.atOpen(candles);
    this.#isOpening = true;
    for (const row of this.#rows) this.#openRow(candles, row);
    this.#isOpening = false;
    this.desk?.beforeClose(candles);
    this.#forgetEnded();
  }

  /** The next step in the candles that were opened; false when there is none left. Its user reacts before the next. */
  next(): boolean {
    while (this.#stage !== "done") {
      if (!this.#takeStage()) continue;
      this.#forgetEnded();
      return true;
    }
    return false;
  }

  /** Market orders that were decided on these candles, at their closes; only where the rules let them fill there. */
  atClose(candles: TradedCandles): void {
    this.#traded = candles;
    this.#offerVolume(candles);
    // Finer candles within these have nothing more to offer.
    for (let row = 0; row < candles.count; row++) {
      this.#volumeOfMs[candles.instrument[row]!] = candles.closeTimeMs - 1;
    }
    this.desk?.beforeClose(candles);
    this.#rows.length = 0;
    for (let row = 0; row < candles.count; row++) {
      this.#rows.push(row);
      this.#marketOrders(candles.instrument[row]!, candles.close[row]!, candles.closeTimeMs, "this-close");
    }
    this.#forgetEnded();
  }

  /** Time passes: a market that has ended by then ends the orders that rest there. */
  advance(timeMs: TimestampMs): void {
    this.#nowMs = timeMs;
    if (timeMs < this.#nextEndMs) return;
    this.#nextEndMs = Infinity;
    for (const listing of this.#config.listings ?? []) {
      const endMs = listing?.delistedAtMs ?? Infinity;
      if (endMs > timeMs && endMs < this.#nextEndMs) this.#nextEndMs = endMs;
    }
    for (const order of this.#live.flat()) {
      if (order.state === "open" && this.#hasEnded(order.instrument, timeMs)) this.#end(order, "expired", "delisted");
    }
  }

  #hasEnded(instrument: number, timeMs: TimestampMs): boolean {
    return timeMs >= (this.#config.listings?.[instrument]?.delistedAtMs ?? Infinity);
  }

  /** An order in a market that has ended: what closes a position is settled at the last trade, at the taker's fee. */
  #settle(intent: Recorded<RiskApproved<OrderIntent>>, instrument: number): void {
    const { clientOrderId, quantity, side } = intent, last = this.#marks[instrument]!;
    if (!intent.reduceOnly || intent.kind !== "market") {
      const reason = `${intent.instrument} was delisted`;
      this.events.push({ kind: "refused", clientOrderId, code: "delisted", reason, timeMs: this.#nowMs });
      return;
    }
    const market = this.#config.instruments[instrument]!;
    const order = simulatedOrder(intent, instrument, market.tick, null, -Infinity, true);
    this.#byId.add(order);
    this.events.push({ kind: "accepted", clientOrderId, quantity, timeMs: this.#nowMs });
    const price = slippedPrice(last, side, 0, market), most = this.#reducing(order);
    if (most > 0n) this.#book(order, price, most, "taker", this.#nowMs, { rule: "delisted", unslipped: last });
    if (order.state === "open") this.#end(order, "expired", "nothing left to reduce");
    this.#byId.ended(order);
  }

  /** The candles have closed: remembers their closes. Needed for every group, orders or not. */
  close(candles: TradedCandles): void {
    this.advance(candles.closeTimeMs);
    if (this.desk !== null && !this.desk.idle) {
      this.desk.beforeClose(candles); // finer candles may have ended before
      this.desk.atClose(candles);
    }
    for (let row = 0; row < candles.count; row++) {
      const instrument = candles.instrument[row]!;
      this.#marks[instrument] = candles.close[row]!;
      if (!this.#needsCloses) continue;
      this.#previousClose[instrument] = this.#lastClose[instrument]!;
      this.#previousCloseTimeMs[instrument] = this.#lastCloseTimeMs[instrument]!;
      this.#lastClose[instrument] = candles.close[row]!;
      this.#lastCloseTimeMs[instrument] = candles.closeTimeMs;
    }
  }

  #refusalOf(intent: OrderIntent, instrument: number): { code: string; reason: string } | null {
    if (instrument < 0) return { code: "unknown-instrument", reason: `${intent.instrument} is not traded here` };
    // A second order of the same name is the first one: as at a real venue, the name finds and does not repeat.
    if (this.#byId.get(intent.clientOrderId) !== undefined) {
      return { code: "duplicate-id", reason: "an order of that name exists" };
    }
    return this.#groups.refusalOf(intent) ??
      refusalOf(intent, this.#config.instruments[instrument]!, this.#marks[instrument]!);
  }

  #latencyOf(order: ClientOrderId, request = ""): number {
    const { rules: { latencyMs }, seed } = this.#config;
    return latencyMs === undefined ? 0 : latencyOf(latencyMs, seed, order + request);
  }

  /** A candle that is met again, at its close or at the end of the data, has the volume that is left of it. */
  #offerVolume({ count, instrument, openTimeMs, volume }: TradedCandles): void {
    const { volumeShare } = this.#config.rules;
    if (volumeShare === undefined) return;
    for (let row = 0; row < count; row++) {
      const own = instrument[row]!;
      if (openTimeMs[row]! <= this.#volumeOfMs[own]!) continue;
      this.#volumeOfMs[own] = openTimeMs[row]!;
      // Where nobody knows how much was traded, nothing of it can be counted on.
      this.#volumeLeft[own] = volumeShare * (volume[row]! || 0);
    }
  }

  #openRow(candles: TradedCandles, row: number): void {
    const { rules } = this.#config;
    const instrument = candles.instrument[row]!, open = candles.open[row]!;
    const openTimeMs = candles.openTimeMs[row] as TimestampMs;
    this.#nowMs = openTimeMs;
    this.#dropDue(instrument, openTimeMs);
    this.#takeAtOnce(instrument, open, openTimeMs);
    if (rules.openGoesFirst) this.#restingAtOpen(candles, row, openTimeMs);
    if (rules.marketPrice === "previous-close") this.#marketOrdersBefore(instrument, openTimeMs);
    else this.#marketOrders(instrument, open, openTimeMs, "next-open");
    // Of an order whose time is up somewhere in the candle only the open is certain: it never trades late.
    this.#expire(instrument, candles.closeTimeMs - 1);
  }

  #expire(instrument: number, byMs: number): void {
    for (const order of this.#live[instrument]!) {
      const { expiresAtMs } = order.intent.terms;
      if (order.state !== "open" || expiresAtMs === null || expiresAtMs > byMs) continue;
      this.#end(order, "expired", "its time is up");
    }
  }

  /** Moves and cancels that have arrived, and orders whose time is up. */
  #dropDue(instrument: number, openTimeMs: number): void {
    const orders = this.#live[instrument]!;
    // Backwards, as each goes to the end.
    for (let i = orders.length - 1; i >= 0; i--) {
      if (orders[i]!.movesFromMs <= openTimeMs) this.#carryMoveOut(orders[i]!);
    }
    for (const order of orders) {
      if (order.state !== "open") continue;
      order.allowance = Infinity;
      if (order.metFromMs !== order.metFromMs) order.metFromMs = openTimeMs;
      if (order.cancelledFromMs <= openTimeMs) this.#end(order, "cancelled", "asked for");
    }
    this.#expire(instrument, openTimeMs);
  }

  /** Limit orders that may not rest: the open, or nothing. */
  #takeAtOnce(instrument: number, open: number, timeMs: TimestampMs): void {
    for (const order of this.#live[instrument]!) {
      const { kind, side, terms } = order.intent;
      if (kind !== "limit" || terms.timeInForce === "GTC" || !this.#canTrade(order, instrument, timeMs)) continue;
      const trades = isBeyondLimit(side, order.price, open) || open === order.price;
      if (trades) this.#execute(order, open, "taker", timeMs, "next-open");
      if (order.state === "open") this.#end(order, "expired", "nothing more to trade at once");
    }
  }

  /** True when the order is at the exchange by that time and in that market. */
  #canTrade(order: SimulatedOrder, instrument: number, timeMs: number): boolean {
    return order.instrument === instrument && order.state === "open" && order.activeFromMs <= timeMs;
  }

  #marketOrders(instrument: number, price: number, timeMs: TimestampMs, rule: PriceBasis["rule"]): void {
    for (const order of this.#live[instrument]!) {
      if (order.intent.kind !== "market" || !this.#canTrade(order, instrument, this.#nowMs)) continue;
      this.#execute(order, price, "taker", timeMs, rule);
      const mayWait = order.intent.terms.timeInForce === "GTC";
      if (order.state === "open" && !mayWait) this.#end(order, "expired", "nothing more to trade at once");
    }
  }

  /** Market orders at the close before the candle that is traded; there is none before the first. */
  #marketOrdersBefore(instrument: number, openTimeMs: TimestampMs): void {
    const again = this.#isAgain(instrument, openTimeMs);
    const close = again ? this.#previousClose[instrument]! : this.#lastClose[instrument]!;
    const closeTimeMs = again ? this.#previousCloseTimeMs[instrument]! : this.#lastCloseTimeMs[instrument]!;
    if (close === close) this.#marketOrders(instrument, close, closeTimeMs as TimestampMs, "previous-close");
  }

  /** The closing pass at the end of a run trades the last candle again: then the close before it is the previous one. */
  #isAgain(instrument: number, openTimeMs: number): boolean {
    return openTimeMs < this.#lastCloseTimeMs[instrument]!;
  }

  #restingAtOpen(candles: TradedCandles, row: number, timeMs: TimestampMs): void {
    const instrument = candles.instrument[row]!, open = candles.open[row]!, candle = candleOf(candles, row);
    for (const order of this.#live[instrument]!) {
      if (!this.#canTrade(order, instrument, timeMs)) continue;
      this.#executeAt(order, ORDER_KINDS[order.intent.kind].atOpen(order, open, candle), timeMs);
    }
  }

  /** Does what is next; true when its user should look. */
  #takeStage(): boolean {
    const candles = this.#traded!;
    switch (this.#stage) {
      case "inside":
        if (this.#config.rules.path !== undefined) {
          if (this.#walkOn(candles)) return true;
          this.#stage = "late";
          return false;
        }
        for (const row of this.#rows) this.#restingInside(candles, row);
        this.#stage = "after-entry";
        return true;
      case "after-entry":
        this.#stage = "late";
        if (this.#enteredInside.size === 0) return false;
        for (const row of this.#rows) this.#afterEntries(candles, row);
        this.#liquidateEntered(candles);
        this.#enteredInside.clear();
        return true;
      case "late":
        if (this.#tradeLate(candles)) return true;
        // An entry that came late is held to the candle's worst price, as all that were filled inside are.
        if (this.#enteredLate) { for (const row of this.#rows) this.#liquidateIn(candles, row); }
        this.#enteredLate = false;
        for (const row of this.#rows) this.#trail(candles, row);
        this.#stage = "done";
    }
    return false;
  }

  /** Stops before limits: where a candle reaches both, the worse one counts. */
  #restingInside(candles: TradedCandles, row: number, sinceEntry = false): void {
    const candle = candleOf(candles, row), instrument = candles.instrument[row]!;
    if (this.#config.rules.trailing === "best-price-first") this.#trailInside(instrument, candle);
    const stopped = this.#stopsInside(instrument, candle, sinceEntry, false);
    this.desk?.inside(instrument, candle.openTimeMs);
    for (const order of this.#live[instrument]!) {
      if (ORDER_KINDS[order.intent.kind].isStop || !this.#canMeet(order, instrument, candle, sinceEntry)) continue;
      if (sinceEntry && this.#liesBehindClose(order, candle)) continue;
      const price = ORDER_KINDS[order.intent.kind].inside(order, candle, candle.open, this.#config.rules);
      if (price !== price) continue;
      if (order.intent.reduceOnly && order.intent.book === stopped) this.#noteAmbiguous(order, candle.openTimeMs);
      if (this.#executeAt(order, price, candle.openTimeMs) && !order.intent.reduceOnly) {
        this.#enteredInside.set(order.intent.book, { kind: "limit", price });
      }
    }
    if (this.#config.rules.trailing === "best-price-first") this.#stopsInside(instrument, candle, sinceEntry, true);
  }

  /**
   * Stops that have moved inside candles come after everything else, all others first.
   *
   * @returns The book of a protective stop that has filled; −1 without one.
   */
  #stopsInside(instrument: number, candle: CandlePrices, sinceEntry: boolean, moved: boolean): number {
    const { stopEntryGap, trailing } = this.#config.rules;
    let stopped = -1;
    for (const order of this.#live[instrument]!) {
      const kind = ORDER_KINDS[order.intent.kind];
      if (!kind.isStop || !this.#canMeet(order, instrument, candle, sinceEntry)) continue;
      if ((trailing === "best-price-first" && hasMoved(order)) !== moved) continue;
      // What the candle moved over its own open has not been jumped over by it; a wide tick may move it over the best price.
      const jumped = order.followedMs === candle.openTimeMs
        ? Math.min(Math.max(order.price, candle.low), candle.high)
        : order.intent.reduceOnly || stopEntryGap === "open"
        ? candle.open
        : (this.#isAgain(instrument, candle.openTimeMs) ? this.#previousClose : this.#lastClose)[instrument]!;
      const reached = kind.inside(order, candle, jumped, this.#config.rules);
      const price = moved && reached === reached ? this.#movedStop(order, candle, reached) : reached;
      if (!this.#executeAt(order, price, candle.openTimeMs)) continue;
      if (order.intent.reduceOnly) stopped = order.intent.book;
      else this.#enteredInside.set(order.intent.book, { kind: "stop", price });
    }
    return stopped;
  }

  /** The candle goes to its best price first: trailing stops follow it, unless they are reached where they are. */
  #trailInside(instrument: number, { high, low, openTimeMs }: CandlePrices): void {
    for (const order of this.#live[instrument]!) {
      if (order.intent.kind !== "trailing-stop" || !this.#canTrade(order, instrument, openTimeMs)) continue;
      const sells = order.intent.side === "sell";
      if (reaches(order, sells ? low : high)) continue;
      follow(order, sells ? high : low);
      order.followedMs = openTimeMs;
    }
  }

  #movedStop({ intent: { book, side, trail } }: SimulatedOrder, candle: CandlePrices, reached: number): number {
    if (this.#entries.get(book)?.fromMs !== candle.openTimeMs) return reached;
    return leastMovedStop(side, trail!, candle, this.#config.leverage);
  }

  /** After an entry that filled inside the candle, and from the other side of its open: a target beyond its close. */
  #liesBehindClose({ price, intent: { side, slot, book, sinceMs } }: SimulatedOrder, candle: CandlePrices): boolean {
    const entry = this.#entries.get(book);
    if (entry?.fromMs !== candle.openTimeMs || slot !== "target" || sinceMs === candle.openTimeMs) return false;
    const sign = side === "sell" ? 1 : -1, open = sign * candle.open, close = sign * candle.close;
    return close < open && sign * entry.price < open && sign * price > close;
  }

  #canMeet(order: SimulatedOrder, instrument: number, candle: CandlePrices, sinceEntry: boolean): boolean {
    if (!this.#canTrade(order, instrument, candle.openTimeMs)) return false;
    if (yieldsTo(order, this.#live[instrument]!, candle, this.#config.rules)) return false;
    return !sinceEntry || (order.protects !== null && this.#enteredInside.has(order.intent.book) &&
      this.#config.rules.afterEntryInside[order.protects] === "whole-candle");
  }

  /** What protects entries that filled inside, in the rest of the candle. */
  #afterEntries(candles: TradedCandles, row: number): void {
    const timeMs = candles.openTimeMs[row] as TimestampMs;
    const { limit, stop } = this.#config.rules.afterEntryInside;
    if (limit === "whole-candle" || stop === "whole-candle") this.#restingInside(candles, row, true);
    this.#stopsAfterEntry(candles, row, timeMs);
    this.#targetsAfterEntry(candles, row, timeMs);
  }

  /** A position that was opened inside a candle has its worst price before it, unless the rules leave that out. */
  #liquidateEntered(candles: TradedCandles): void {
    const { afterEntryInside } = this.#config.rules;
    if (![...this.#enteredInside.values()].some(({ kind }) => afterEntryInside[kind] !== "none")) return;
    for (let row = 0; row < candles.count; row++) this.#liquidateIn(candles, row);
  }

  #liquidateIn(candles: TradedCandles, row: number): void {
    this.desk?.inside(candles.instrument[row]!, candles.openTimeMs[row] as TimestampMs);
  }

  #stopsAfterEntry(candles: TradedCandles, row: number, timeMs: TimestampMs): void {
    for (const order of this.#live[candles.instrument[row]!]!) {
      if (!this.#protectsIn(order, true)) continue;
      // A trigger on the wrong side of the entry is reached at once, where the market is then.
      const { price } = this.#enteredInside.get(order.intent.book)!;
      const certain = reaches(order, candles.close[row]!) || reaches(order, price);
      if (!certain && !reaches(order, order.intent.side === "sell" ? candles.low[row]! : candles.high[row]!)) continue;
      const rule = this.#config.rules.afterEntryInside[order.protects!];
      if (rule === "stop") {
        if (!certain) this.#noteAmbiguous(order, timeMs);
        this.#execute(order, reaches(order, price) ? price : order.price, "taker", timeMs, "stop-after-entry");
      } else this.#enteredInside.delete(order.intent.book);
    }
  }

  #targetsAfterEntry(candles: TradedCandles, row: number, timeMs: TimestampMs): void {
    const { rules } = this.#config;
    const candle = candleOf(candles, row);
    for (const order of this.#live[candles.instrument[row]!]!) {
      if (!this.#protectsIn(order, false)) continue;
      if (rules.afterEntryInside[order.protects!] !== "target-unless-stop") continue;
      const price = ORDER_KINDS[order.intent.kind].inside(order, candle, candle.open, rules);
      if (price !== price) continue;
      const isMaker = ORDER_KINDS[order.intent.kind].isMaker(order, price);
      this.#execute(order, price, isMaker ? "maker" : "taker", timeMs, "target-after-entry");
    }
  }

  /** Of a book that was entered inside this candle, and whose stop, for a target, has not been reached. */
  #protectsIn(order: SimulatedOrder, isStop: boolean): boolean {
    return order.protects !== null && order.state === "open" &&
      ORDER_KINDS[order.intent.kind].isStop === isStop && this.#enteredInside.has(order.intent.book);
  }

  /** Walks the paths of the candles, one market after the other, up to the next fill; false at their end. */
  #walkOn(candles: TradedCandles): boolean {
    const path = this.#path;
    for (;; this.#walked++) {
      if (this.#walked >= 0) {
        const row = this.#rows[this.#walked]!;
        while (path.end === path.end) {
          if (this.#tradeOnWay(candles, row)) return true;
          this.#passTo(candles, row, path.end);
          path.turn();
        }
        if (this.desk?.insideByMark(candles.instrument[this.#walked]!, candles.openTimeMs[this.#walked]!)) return true;
      }
      if (this.#walked + 1 >= this.#rows.length) return false;
      this.#startPath(candles, this.#rows[this.#walked + 1]!);
    }
  }

  #startPath(candles: TradedCandles, row: number): void {
    const open = candles.open[row]!, high = candles.high[row]!, low = candles.low[row]!;
    const highFirst = this.#config.rules.path === "random"
      ? keyedRandom(this.#config.seed, this.#hashes[candles.instrument[row]!]!, candles.openTimeMs[row]!) < 0.5
      : nearestExtremeIsHigh(open, high, low);
    this.#path.start(open, high, low, candles.close[row]!, highFirst);
  }

  /** Trades the order that the way ahead meets first; stops before others at the same price. */
  #tradeOnWay(candles: TradedCandles, row: number): boolean {
    const { price: from, end: to } = this.#path;
    const instrument = candles.instrument[row]!, timeMs = candles.openTimeMs[row] as TimestampMs;
    const lost = this.desk?.onWay(instrument, from, to) ?? null;
    let first: SimulatedOrder | null = null, price = NaN, distance = Infinity;
    for (const order of this.#volumeLeft[instrument]! > 0 ? this.#live[instrument]! : []) {
      if (!this.#canTrade(order, instrument, timeMs)) continue;
      const kind = ORDER_KINDS[order.intent.kind];
      const reached = kind.onWay(order, from, to, this.#config.rules);
      const away = Math.abs(reached - from);
      if (!(away < distance || (away === distance && kind.isStop && !ORDER_KINDS[first!.intent.kind].isStop))) continue;
      [first, price, distance] = [order, reached, away];
    }
    if (lost !== null && Math.abs(lost.price - from) <= distance) {
      this.#passTo(candles, row, lost.price);
      this.#path.price = lost.price;
      this.desk!.takeOver(lost, timeMs);
      return true;
    }
    if (first === null) return false;
    if (first.intent.reduceOnly && this.#reachesOther(first, candles, row)) this.#noteAmbiguous(first, timeMs);
    this.#passTo(candles, row, price);
    this.#path.price = price;
    // Of a target and a liquidation by marks, whose way is not known, the worse one.
    if (first.intent.reduceOnly && !ORDER_KINDS[first.intent.kind].isStop) this.desk?.insideByMark(instrument, timeMs);
    return this.#executeAt(first, price, timeMs);
  }

  #passTo(candles: TradedCandles, row: number, to: number): void {
    for (const order of this.#live[candles.instrument[row]!]!) {
      if (!this.#canTrade(order, candles.instrument[row]!, candles.openTimeMs[row]!)) continue;
      ORDER_KINDS[order.intent.kind].passed(order, this.#path.price, to);
    }
  }

  /** True when the candle reaches another protective order of the same book: only its path says which came first. */
  #reachesOther(filled: SimulatedOrder, candles: TradedCandles, row: number): boolean {
    const candle = candleOf(candles, row), { rules } = this.#config;
    return this.#live[filled.instrument]!.some((order) => {
      if (order === filled || !order.intent.reduceOnly || order.intent.book !== filled.intent.book) return false;
      if (order.intent.kind === "market" || order.intent.kind === filled.intent.kind) return false;
      const { state, price, intent: { side, kind } } = order;
      const reached = ORDER_KINDS[kind].isStop
        ? reaches(order, side === "sell" ? candle.low : candle.high)
        : isBeyondLimit(side, price, side === "sell" ? candle.high : candle.low);
      return state === "open" && rules.path !== undefined && reached;
    });
  }

  /** Orders that arrive inside a candle meet what is left of its path, one after the other. */
  #tradeLate(candles: TradedCandles): boolean {
    for (const row of this.#rows) {
      const openTimeMs = candles.openTimeMs[row]!, { closeTimeMs } = candles;
      for (const order of this.#live[candles.instrument[row]!]!) {
        if (order.state !== "open" || order.metLateMs === closeTimeMs) continue;
        if (order.activeFromMs <= openTimeMs || order.activeFromMs >= closeTimeMs) continue;
        order.metLateMs = closeTimeMs;
        this.#nowMs = order.activeFromMs as TimestampMs;
        this.#startPath(candles, row);
        this.#path.skip((order.activeFromMs - openTimeMs) / (closeTimeMs - openTimeMs));
        if (this.#meetPath(order)) return true;
      }
    }
    return false;
  }

  #meetPath(order: SimulatedOrder): boolean {
    const path = this.#path, kind = ORDER_KINDS[order.intent.kind];
    const { side, kind: name, terms } = order.intent;
    const mayRest = terms.timeInForce === "GTC";
    order.takesAtFirst = name === "limit" && reachesLimit(side, order.price, path.price);
    if (terms.postOnly && order.takesAtFirst) {
      this.#end(order, "expired", "it would trade at once");
      return true;
    }
    do {
      const price = kind.onWay(order, path.price, mayRest ? path.end : path.price, this.#config.rules);
      const traded = this.#executeAt(order, price, this.#nowMs);
      if (traded && !order.intent.reduceOnly) this.#enteredLate = true;
      if (!mayRest && order.state === "open") this.#end(order, "expired", "nothing more to trade at once");
      if (traded || !mayRest) return true;
      kind.passed(order, path.price, path.end);
      path.turn();
    } while (path.end === path.end);
    return false;
  }

  /** The candle has closed: trailing stops follow its best price; on a path they have done so on the way. */
  #trail(candles: TradedCandles, row: number): void {
    const { path, trailing } = this.#config.rules;
    for (const order of this.#live[candles.instrument[row]!]!) {
      order.takesAtFirst = false;
      if (order.intent.kind !== "trailing-stop") continue;
      const best = order.intent.side === "sell" ? candles.high[row]! : candles.low[row]!;
      if (path === undefined && trailing === undefined && order.activeFromMs <= candles.openTimeMs[row]!) {
        follow(order, order.sinceInside ? candles.close[row]! : best);
      }
      order.sinceInside = false;
    }
  }

  #noteAmbiguous({ instrument, intent: { book } }: SimulatedOrder, timeMs: TimestampMs): void {
    this.ambiguous.push({ timeMs, instrument, book });
  }

  /** Executes an order where it has a price. True when something traded or the order ended. */
  #executeAt(order: SimulatedOrder, price: number, timeMs: TimestampMs): boolean {
    if (price !== price) return false;
    const kind = ORDER_KINDS[order.intent.kind];
    return this.#execute(order, price, kind.isMaker(order, price) ? "maker" : "taker", timeMs, kind.rule(order, price));
  }

  #execute(
    order: SimulatedOrder,
    raw: number,
    liquidity: "maker" | "taker",
    timeMs: TimestampMs,
    rule: PriceBasis["rule"],
  ): boolean {
    const { intent, instrument } = order;
    const { rules, instruments } = this.#config;
    // A position is gone before an order could close it at a price beyond its liquidation. At the open nothing is between.
    if (this.desk !== null && intent.reduceOnly && !this.#isOpening) {
      this.desk.comesFirst(this.account.held(instrument, intent.side, true), raw, timeMs);
    }
    const slippage = this.#slips(intent, liquidity) ? this.#slippage(order, raw, timeMs) : 0;
    const exact = slippage === 0 ? exactPriceOf(order, raw) : null;
    const slipped = exact ?? slippedPrice(raw, intent.side, slippage, instruments[instrument]!);
    const price = rules.slips === "takers" ? withinLimit(intent, slipped) : slipped;
    if (rules.fundsMark === "fill-price") this.#marks[instrument] = raw;
    const most = intent.reduceOnly ? this.#reducing(order) : this.#affordable(order, { price, raw, liquidity, timeMs });
    if (most === 0n) {
      this.#end(order, "expired", intent.reduceOnly ? "nothing left to reduce" : "insufficient funds");
      return true;
    }
    const quantity = this.#offered(order, most);
    if (quantity < order.quantity && intent.terms.timeInForce === "FOK") {
      this.#end(order, "expired", "not all of it could trade at once");
      return true;
    }
    if (quantity === 0n) return false;
    this.#book(order, price, quantity, liquidity, timeMs, { rule, unslipped: raw });
    if (order.state === "open" && quantity === most) {
      this.#end(order, "expired", intent.reduceOnly ? "nothing left to reduce" : "insufficient funds for the rest");
    }
    return true;
  }

  /** What of a quantity the candle's volume and the queue still offer. */
  #offered({ instrument, allowance }: SimulatedOrder, most: Quantity): Quantity {
    const left = Math.min(this.#volumeLeft[instrument]!, allowance);
    if (left === Infinity) return most;
    const offered = quantityFromNumber(Math.max(0, left), this.#config.instruments[instrument]!.lot);
    return offered < most ? offered : most;
  }

  /** The model's answer on what an order trades in the candle in work. */
  #slippage(order: SimulatedOrder, price: number, timeMs: TimestampMs): number {
    const { flatSlippage } = this.#config.costs;
    if (flatSlippage !== null) return flatSlippage;
    const candles = this.#traded!, row = candles.instrument.indexOf(order.instrument);
    return this.#config.costs.slippage({
      instrument: order.intent.instrument,
      side: order.intent.side,
      price,
      timeMs,
      quantity: Math.min(quantityToNumber(restOf(order)), this.#volumeLeft[order.instrument]!),
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
    const most = this.account.books.reducible(order.intent.book, order.intent.side), rest = restOf(order);
    return most < rest ? floorToLot(most, this.#config.instruments[order.instrument]!.lot) : rest;
  }

  /** The quantity that an entry gets: sized now where the rules say so, and never beyond the funds. */
  #affordable(order: SimulatedOrder, quote: Quote): Quantity {
    const config = this.#config, { account } = this;
    const market = config.instruments[order.instrument]!;
    const funds = affordabilityOf(config, account, this.#marks, order, quote);
    const { sizeAtFill, clientOrderId } = order.intent;
    if (sizeAtFill !== null && order.filled === 0n) {
      const size = sizeNow(sizeAtFill, market, funds, quantityToNumber(order.quantity));
      order.quantity = quantityFromNumber(Math.max(0, size), market.lot);
      if (order.quantity === 0n) return ZERO_QUANTITY;
      this.events.push({ kind: "accepted", clientOrderId, quantity: order.quantity, timeMs: this.#nowMs });
    }
    if (canPay(config, account, order, quote, funds)) return restOf(order);
    if (config.rules.beyondFunds === "cancel") return ZERO_QUANTITY;
    this.cutEntries++;
    return cutToFunds(config, account, order, quote, funds);
  }

  #book(
    order: SimulatedOrder,
    price: Fill["price"],
    quantity: Quantity,
    liquidity: "maker" | "taker",
    timeMs: TimestampMs,
    basis: PriceBasis,
  ): void {
    const { intent, instrument } = order, { side } = intent, { instruments, rules } = this.#config;
    const market = instruments[instrument]!;
    const charge = this.account.fees.chargeOf({ instrument: market, side, liquidity, price, quantity, timeMs });
    const fill: Fill = {
      tradeId: String(++this.#executions),
      clientOrderId: intent.clientOrderId,
      instrument: intent.instrument,
      side,
      price,
      quantity,
      ...charge,
      liquidity,
      timeMs: rules.entryTime === "order" && !intent.reduceOnly ? order.metFromMs as TimestampMs : timeMs,
    };
    this.account.apply(intent.book, instrument, fill, intent.reduceOnly);
    if (this.#needsEntries && !intent.reduceOnly) {
      this.#entries.set(intent.book, { fromMs: order.metFromMs, price: priceToNumber(price) });
    }
    order.filled = (order.filled + quantity) as Quantity;
    order.fills.push(fill);
    if (rules.volumeShare !== undefined) this.#volumeLeft[instrument]! -= quantityToNumber(quantity);
    if (order.filled >= order.quantity) order.state = "filled";
    else if (intent.kind !== "limit") order.triggered = true;
    this.events.push({ kind: "fill", fill, basis, timeMs });
    if (intent.oco !== undefined) this.#endGroup(order, timeMs);
  }

  /** One has cancelled the others. */
  #endGroup(order: SimulatedOrder, timeMs: TimestampMs): void {
    const { instrument } = order, candles = this.#traded!, row = candles.instrument.indexOf(instrument);
    const ended = this.#groups.endedBy(order, this.#live[instrument]!);
    const candle = candleOf(candles, row);
    if (!this.#isOpening && ended.some((other) => isReached(other, candle, this.#config.rules))) {
      this.ambiguousEntries.push({ timeMs, instrument, book: order.intent.book });
    }
    for (const other of ended) this.#end(other, "cancelled", "another order of its group has traded");
  }

  #end(order: SimulatedOrder, state: "cancelled" | "expired", reason: string): void {
    order.state = state;
    const { intent: { clientOrderId }, filled } = order;
    this.events.push({ kind: "ended", clientOrderId, state, filled, reason, timeMs: this.#nowMs });
  }

  #forgetEnded(): void {
    for (const row of this.#rows) {
      const live = this.#live[this.#traded!.instrument[row]!]!;
      let kept = 0;
      for (const order of live) {
        if (order.state === "open") live[kept++] = order;
        else this.#byId.ended(order);
      }
      this.#liveCount -= live.length - kept;
      if (kept < live.length) live.length = kept;
    }
  }
}

/** A limit is never exceeded, whatever the slippage. (A spread that rules charge on entries is paid beside the price.) */
function withinLimit({ kind, side, price, limitPrice }: OrderIntent, slipped: Price): Price {
  const limit = kind === "limit" ? price : limitPrice;
  if (limit === null) return slipped;
  const isWorse = side === "buy" ? slipped > limit : slipped < limit;
  return isWorse ? limit : slipped;
}

/** True when a price is as good as a limit or better. */
function reachesLimit(side: Side, limit: number, price: number): boolean {
  return side === "sell" ? price >= limit : price <= limit;
}

/** True when a price is at the trigger of a stop order or beyond it. */
function reaches({ intent, price: trigger }: SimulatedOrder, price: number): boolean {
  return intent.side === "sell" ? price <= trigger : price >= trigger;
}

function candleOf(candles: TradedCandles, row: number): CandlePrices {
  return {
    openTimeMs: candles.openTimeMs[row] as TimestampMs,
    open: candles.open[row]!,
    high: candles.high[row]!,
    low: candles.low[row]!,
    close: candles.close[row]!,
    volume: candles.volume[row]!,
  };
}
