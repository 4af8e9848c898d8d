import type { InstrumentId } from "../market/mod.ts";
import { priceToNumber } from "../money/mod.ts";
import type { ClientOrderId, OrderIntent, Recorded, RiskApproved, Venue, VenueEvent } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { refusalOf } from "./admission.ts";
import { AfterEntry } from "./after_entry.ts";
import type { AmbiguousFill } from "./ambiguous_fill.ts";
import { BookEntries } from "./book_entries.ts";
import { CandleWalk } from "./candle_walk.ts";
import { Execution } from "./execution.ts";
import { KnownCloses } from "./known_closes.ts";
import { LateArrivals } from "./late_arrivals.ts";
import { latencyOf } from "./latency.ts";
import { LiveOrders } from "./live_orders.ts";
import { MarketEnds } from "./market_ends.ts";
import { reachesLimit } from "./matching.ts";
import { OfferedVolume } from "./offered_volume.ts";
import { Opening } from "./opening.ts";
import { OrderNews } from "./order_news.ts";
import { PositionDesk } from "./position_desk.ts";
import { restsThrough } from "./rests_through.ts";
import { SimulatedAccount } from "./simulated_account.ts";
import { type SimulatedOrder, simulatedOrder } from "./simulated_order.ts";
import type { SimulatorConfig } from "./simulator_config.ts";
import { trailAtClose } from "./trail_at_close.ts";
import type { TradedCandles } from "./traded_candles.ts";
import { WorstCase } from "./worst_case.ts";

/** What is left to do with the candles in work: a walk where their path is stated, three steps where it is not. */
type Stage = "walk" | "arrivals" | "inside" | "after-entry" | "done";

/**
 * An exchange in memory. It takes orders at any moment, trades them through candles step by step (the open, what is
 * inside, what protects an entry from there on) and answers with events; between the steps its user may react, as at a
 * real exchange.
 */
export class Simulator implements Venue {
  readonly account: SimulatedAccount;
  /** Charges and liquidates open positions; null where the run states neither. */
  readonly desk: PositionDesk | null;

  readonly #config: SimulatorConfig;
  readonly #news = new OrderNews();
  readonly #orders: LiveOrders;
  readonly #volume: OfferedVolume;
  readonly #closes: KnownCloses;
  readonly #entries: BookEntries;
  readonly #execution: Execution;
  readonly #opening: Opening;
  readonly #walk: CandleWalk;
  readonly #late: LateArrivals;
  readonly #worstCase: WorstCase;
  readonly #afterEntry: AfterEntry;
  readonly #ends: MarketEnds;
  readonly #numbers: ReadonlyMap<InstrumentId, number>;
  readonly #marks: Float64Array;
  /** Rows of the candles in work in whose markets something can happen. */
  readonly #rows: number[] = [];
  #stage: Stage = "done";
  #traded: TradedCandles | null = null;

  constructor(config: SimulatorConfig) {
    const { cash, instruments, leverage, costs, positions, feeds, rules } = config, count = instruments.length;
    this.#config = config;
    this.#numbers = new Map(instruments.map((instrument, i) => [instrument.id, i]));
    this.#marks = new Float64Array(count).fill(NaN);
    this.account = new SimulatedAccount(cash, instruments, leverage, costs, positions);
    this.desk = PositionDesk.of(this.account, positions, feeds, this.#news.events);
    this.#orders = new LiveOrders(count, this.#news);
    this.#volume = new OfferedVolume(rules.volumeShare, count);
    this.#closes = new KnownCloses(rules, count);
    this.#entries = new BookEntries(rules);
    const { account, desk } = this;
    const execution = this.#execution = new Execution(
      config,
      account,
      desk,
      this.#news,
      this.#orders,
      this.#volume,
      this.#entries,
      this.#marks,
    );
    this.#opening = new Opening(execution, this.#closes);
    this.#walk = new CandleWalk(execution);
    this.#late = new LateArrivals(execution);
    this.#worstCase = new WorstCase(execution, this.#closes);
    this.#afterEntry = new AfterEntry(execution, this.#worstCase);
    this.#ends = new MarketEnds(execution);
  }

  /** News that nobody has taken yet; the driver empties it. */
  get events(): VenueEvent[] {
    return this.#news.events;
  }

  /** Exits whose candle leaves open what came first. */
  get ambiguous(): readonly AmbiguousFill[] {
    return this.#execution.ambiguous;
  }

  /** Entries that filled in a candle that reaches another entry of their group, too. */
  get ambiguousEntries(): readonly AmbiguousFill[] {
    return this.#execution.ambiguousEntries;
  }

  /** Entries that were cut because the funds did not reach. */
  get cutEntries(): number {
    return this.#execution.cutEntries;
  }

  /** True when nothing can happen in any candle, to an order or to a position. */
  get idle(): boolean {
    return this.#orders.count === 0 && (this.desk === null || this.desk.idle);
  }

  /** True when nothing can happen in these candles: trading them may be left out. */
  isStill(candles: TradedCandles): boolean {
    if (this.#orders.count === 0) return this.desk === null || this.desk.idle;
    for (let row = 0; row < candles.count; row++) if (!this.#isStillIn(candles, row)) return false;
    return true;
  }

  #isStillIn(candles: TradedCandles, row: number): boolean {
    if (this.desk !== null) return false;
    const orders = this.#orders.of(candles.instrument[row]!);
    for (let i = 0; i < orders.length; i++) if (!restsThrough(orders[i]!, candles, row)) return false;
    return true;
  }

  submit(intent: Recorded<RiskApproved<OrderIntent>>): void {
    const { clientOrderId, quantity } = intent;
    const instrument = this.#numbers.get(intent.instrument) ?? -1;
    const refusal = this.#refusalOf(intent, instrument);
    if (refusal !== null) return this.#news.refused(clientOrderId, refusal);
    if (this.#ends.hasEnded(instrument, intent.decidedAtMs)) return this.#ends.settle(intent, instrument);
    const protects = intent.reduceOnly ? this.#entries.inside.get(intent.book)?.kind ?? null : null;
    const { tick } = this.#config.instruments[instrument]!, takes = this.#takesAt(intent, instrument);
    this.#orders.add(simulatedOrder(intent, instrument, tick, protects, this.#arrivalMs(intent), takes));
    if (this.#stage !== "done") this.#alsoTrade(instrument);
    this.#news.accepted(clientOrderId, quantity);
  }

  /** When an order is at the exchange; −Infinity for one that is there at the open of the candle that it meets first. */
  #arrivalMs({ clientOrderId, reduceOnly, book }: OrderIntent): number {
    const latencyMs = this.#latencyOf(clientOrderId), { nowMs } = this.#news;
    // On a path it acts from where the market is now, however fast it comes.
    if (this.#stage === "walk") return nowMs + latencyMs;
    const sentMs = (reduceOnly ? this.#entries.inside.get(book)?.timeMs : undefined) ?? nowMs;
    // An answer to what happened at a moment inside the candle comes after that moment.
    if (this.#stage === "arrivals" && this.#late.hasBegun) return sentMs + Math.max(1, latencyMs);
    return latencyMs === 0 ? -Infinity : sentMs + latencyMs;
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
    if (this.#stage === "walk") this.#walk.begin(this.#traded!, row, this.#news.nowMs);
  }

  move(intent: RiskApproved<OrderIntent>): void {
    const order = this.#orders.find(intent.clientOrderId);
    if (order?.state !== "open") return;
    const latencyMs = this.#latencyOf(intent.clientOrderId, "/move");
    order.movesTo = intent;
    if (latencyMs === 0) this.#orders.carryMoveOut(order, this.#marks[order.instrument]!);
    else order.movesFromMs = this.#news.nowMs + latencyMs;
  }

  cancel(clientOrderId: ClientOrderId): void {
    const order = this.#orders.find(clientOrderId);
    if (order?.state !== "open") return;
    const latencyMs = this.#latencyOf(clientOrderId, "/cancel");
    if (latencyMs === 0) this.#news.end(order, "cancelled", "asked for");
    else order.cancelledFromMs = Math.min(order.cancelledFromMs, this.#news.nowMs + latencyMs);
  }

  query(clientOrderId: ClientOrderId): void {
    this.#news.found(clientOrderId, this.#orders.find(clientOrderId));
  }

  /** Orders that close a position go before all that were asked for earlier. */
  closesGoFirst(): void {
    this.#orders.closesGoFirst();
  }

  /** Begins with a group of candles: what happens at the open. {@linkcode next} goes on. */
  open(candles: TradedCandles): void {
    const { rules } = this.#config;
    this.#work(candles);
    this.#stage = rules.path === undefined ? "arrivals" : "walk";
    this.#late.begin();
    const markOf = rules.fundsMark === "candle-close" ? candles.close : candles.open;
    for (let row = 0; row < candles.count; row++) {
      this.#marks[candles.instrument[row]!] = markOf[row]!;
      if (!this.#isStillIn(candles, row)) this.#rows.push(row);
    }
    this.#volume.offer(candles);
    this.desk?.atOpen(candles);
    this.#execution.isOpening = true;
    for (const row of this.#rowsOfSales(candles)) this.#opening.open(candles, row);
    this.#execution.isOpening = false;
    this.desk?.beforeClose(candles);
    if (this.#stage === "walk") { for (const row of this.#rows) this.#walk.begin(candles, row, -Infinity); }
    this.#forgetEnded();
  }

  /** Markets of which something is closed at this open come first: what they bring pays for what is bought in others. */
  #rowsOfSales({ instrument }: TradedCandles): readonly number[] {
    const rows = this.#rows;
    let isOther = false, isInOrder = true;
    for (let i = 0; i < rows.length; i++) {
      if (!closesAtMarket(this.#orders.of(instrument[rows[i]!]!))) isOther = true;
      else if (isOther) isInOrder = false;
    }
    if (isInOrder) return rows;
    const rank = (row: number) => closesAtMarket(this.#orders.of(instrument[row]!)) ? 0 : 1;
    return rows.toSorted((a, b) => rank(a) - rank(b));
  }

  #work(candles: TradedCandles): void {
    this.#traded = candles;
    this.#execution.candles = candles;
    while (this.#rows.length > 0) this.#rows.pop(); // setting the length would give the memory back
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

  /** Does what is next; true when its user should look. */
  #takeStage(): boolean {
    const candles = this.#traded!, { latencyMs } = this.#config.rules;
    switch (this.#stage) {
      case "walk":
        if (this.#walk.next(this.#rows)) return true;
        this.#end();
        return false;
      case "arrivals":
        if (latencyMs !== undefined && this.#late.next(candles, this.#rows)) return true;
        this.#stage = "inside";
        return false;
      case "inside":
        for (const row of this.#rows) this.#worstCase.meet(candles, row);
        this.#stage = "after-entry";
        return true;
      case "after-entry":
        if (this.#afterEntry.meet(candles, this.#rows)) return true;
        this.#end();
    }
    return false;
  }

  /** The candles end. */
  #end(): void {
    for (const row of this.#rows) trailAtClose(this.#orders, this.#traded!, row, this.#config.rules);
    this.#stage = "done";
  }

  /** Market orders that were decided on these candles, at their closes; only where the rules let them fill there. */
  atClose(candles: TradedCandles): void {
    this.#work(candles);
    this.#volume.offer(candles);
    this.#volume.endWith(candles);
    this.desk?.beforeClose(candles);
    for (let row = 0; row < candles.count; row++) {
      this.#rows.push(row);
      this.#opening.marketOrders(candles.instrument[row]!, candles.close[row]!, candles.closeTimeMs, "this-close");
    }
    this.#forgetEnded();
  }

  /** Time passes: a market that has ended by then ends the orders that rest there. */
  advance(timeMs: TimestampMs): void {
    this.#news.nowMs = timeMs;
    this.#ends.advance(timeMs);
  }

  /** The candles have closed: remembers their closes. Needed for every group, orders or not. */
  close(candles: TradedCandles): void {
    this.advance(candles.closeTimeMs);
    if (this.desk !== null && !this.desk.idle) {
      this.desk.beforeClose(candles); // finer candles may have ended before
      this.desk.atClose(candles);
    }
    for (let row = 0; row < candles.count; row++) this.#marks[candles.instrument[row]!] = candles.close[row]!;
    this.#closes.remember(candles);
  }

  #refusalOf(intent: OrderIntent, instrument: number): { code: string; reason: string } | null {
    if (instrument < 0) return { code: "unknown-instrument", reason: `${intent.instrument} is not traded here` };
    // A second order of the same name is the first one: as at a real venue, the name finds and does not repeat.
    if (this.#orders.find(intent.clientOrderId) !== undefined) {
      return { code: "duplicate-id", reason: "an order of that name exists" };
    }
    return this.#execution.groups.refusalOf(intent) ??
      refusalOf(intent, this.#config.instruments[instrument]!, this.#marks[instrument]!);
  }

  #latencyOf(order: ClientOrderId, request = ""): number {
    const { rules: { latencyMs }, seed } = this.#config;
    return latencyMs === undefined ? 0 : latencyOf(latencyMs, seed, order + request);
  }

  #forgetEnded(): void {
    for (const row of this.#rows) this.#orders.forgetEnded(this.#traded!.instrument[row]!);
  }
}

function closesAtMarket(orders: readonly SimulatedOrder[]): boolean {
  for (const { state, intent } of orders) {
    if (state === "open" && intent.kind === "market" && intent.reduceOnly) return true;
  }
  return false;
}
