// The session again, from candles alone: the same `step`, the simulator's matching, and the latencies that were measured.
import {
  type LoopbackAccountOptions,
  type LoopbackFill,
  type LoopbackOrder,
  LoopbackVenue,
  recordedMarket,
} from "../../exchanges/mod.ts";
import { type CandleColumns, type Instrument, settlementAsset } from "../../market/mod.ts";
import {
  AMOUNT_DECIMALS,
  AMOUNTS_PER_UNIT,
  formatDecimal,
  formatPrice,
  notionalOf,
  ZERO_NOTIONAL,
} from "../../money/mod.ts";
import type { ClientOrderId, Fill, OrderIntent } from "../../orders/mod.ts";
import { equityOf } from "../../portfolio/mod.ts";
import { SimulatedClock, type TimestampMs } from "../../time/mod.ts";
import {
  type CandleGroup,
  candleGroup,
  type Command,
  createTrader,
  type Trader,
  type TraderConfig,
} from "../../trader/mod.ts";
import { type CandleRow, type SessionInput, takeInput } from "../session_input.ts";
import { fillsOf } from "../trading_session.ts";
import { fillOf, requestOf } from "../venue_amounts.ts";
import { fillOf as toldFill } from "../world/world_exchange.ts";
import { type CandleFault, type CandleHistory, storedRow } from "./candle_history.ts";
import { DueQueue } from "./due_queue.ts";
import { type LoggedOrder, OrderLog } from "./order_log.ts";
import { isOrderNews, nameIn, type OrderNews, type RecordedSession } from "./recorded_session.ts";

/** What a fresh run is made of; of the session it is told the latencies only, and what it is to take as it happened. */
export interface FreshRunParts {
  readonly config: TraderConfig;
  readonly session: RecordedSession;
  readonly history: CandleHistory;
  /** Minutes of each instrument, along whose path orders are matched. */
  readonly minutes: readonly CandleColumns[];
  readonly account: LoopbackAccountOptions;
}

/** What a fresh run does not find out by itself but takes over from the session. */
export interface TakenOver {
  /**
   * Close times whose candles come when the session heard them, those that it did not hear of never, and which of their
   * faults are taken over: without `revision` they say what the store says, without `candle not in store` what it lacks
   * is left out.
   */
  readonly closes: ReadonlyMap<number, ReadonlySet<CandleFault>>;
  /** Numbers of inputs that are no candles and no news of orders: commands, halts, adjustments, trades taken back. */
  readonly inputs: ReadonlySet<number>;
  /** Keys of orders that fare at the venue as they did in the session. */
  readonly orders: ReadonlySet<string>;
}

/** What came of it. */
export interface FreshRun {
  readonly log: OrderLog;
  /** Cash and positions at the last close, quote units. */
  readonly equityQuote: number;
}

/** An order at the venue of a fresh run. */
interface Placed {
  readonly order: LoggedOrder;
  /** Null before it has arrived, and where the venue has refused it. */
  atVenue: LoopbackOrder | null;
  refusal: string | null;
  fills: Fill[];
  endedAtMs: number | null;
}

export function freshRun(parts: FreshRunParts, taken: TakenOver): FreshRun {
  return new Run(parts, taken).run();
}

class Run {
  readonly #log = new OrderLog();
  readonly #trader: Trader;
  readonly #group: CandleGroup;
  readonly #clock: SimulatedClock;
  readonly #venue: LoopbackVenue;
  readonly #due = new DueQueue();
  readonly #placed = new Map<string, Placed>();
  readonly #fed = new Set<number>();
  /** Where the feed has come to in the history. */
  #next = 0;
  /** Number of the input that is being heard. */
  #at = 0;

  constructor(readonly parts: FreshRunParts, readonly taken: TakenOver) {
    const { config, session, minutes, account } = parts;
    this.#trader = createTrader(config, []);
    this.#group = candleGroup(config.instruments.length);
    this.#clock = new SimulatedClock(session.heardAtMs[0]! as TimestampMs);
    const markets = minutes.map((own, number) => ({
      ...recordedMarket(own),
      ...gridOf(config.instruments[number]!),
    }));
    this.#venue = new LoopbackVenue(markets, this.#clock, account);
    this.#venue.listeners.add((news) => news.kind === "order" && this.#onVenue(news.order, news.fill));
    for (const closeTimeMs of parts.history.closeTimesMs) this.#planUnheard(closeTimeMs);
    for (const key of taken.orders) {
      for (const fill of session.log.orders.get(key)!.fills) this.#due.add(fill.timeMs, () => this.#move(fill));
    }
  }

  run(): FreshRun {
    const { session, config, history } = this.parts;
    session.inputs.forEach((input, at) => {
      this.#passTo(session.heardAtMs[at]!);
      this.#at = at;
      this.#hear(input, at);
    });
    const { account } = this.#trader.state;
    const marks = history.lastCloses(config.instruments.length);
    return { log: this.#log, equityQuote: equityOf(account, marks, config.instruments) };
  }

  /** Candles that the session never heard of: a fresh run does, when candles usually come. */
  #planUnheard(closeTimeMs: number): void {
    const { session, history } = this.parts;
    if (this.taken.closes.has(closeTimeMs) || closeTimeMs <= session.heardAtMs[0]!) return;
    if (session.closeTimesMs.has(closeTimeMs)) return;
    this.#due.add(closeTimeMs + session.typical.candleMs, () => this.#feed(closeTimeMs, history.rows(closeTimeMs)));
  }

  #passTo(atMs: number): void {
    for (;;) {
      const dueMs = this.#due.nextMs;
      this.#clock.advanceTo(Math.min(dueMs, atMs) as TimestampMs);
      this.#venue.now();
      if (this.#due.nextMs > atMs) return;
      this.#due.take()();
    }
  }

  #hear(input: SessionInput, at: number): void {
    switch (input.kind) {
      case "candles":
        return this.#hearCandles(input);
      case "timer":
      case "retry":
      case "leader":
      case "recovered":
        return this.#take(input);
      case "recorded":
        return this.#hearRecorded(input);
      default:
        if (isOrderNews(input)) this.#hearNews(input);
        else if (this.taken.inputs.has(at)) this.#takeOver(input);
        this.#passTime(input.timeMs);
    }
  }

  /** The session looked at its clock then, whatever it was told. */
  #passTime(timeMs: TimestampMs): void {
    this.#take({ kind: "leader", epoch: this.#trader.state.epoch, timeMs });
  }

  #hearCandles(input: Extract<SessionInput, { kind: "candles" }>): void {
    const { closeTimeMs } = input, { history } = this.parts;
    // What the session was to warm up with before, and has left out.
    for (; (history.closeTimesMs[this.#next] ?? Infinity) < closeTimeMs; this.#next++) {
      const earlier = history.closeTimesMs[this.#next]!;
      if (!this.taken.closes.has(earlier)) this.#feed(earlier, history.rows(earlier));
    }
    const faults = this.taken.closes.get(closeTimeMs), stored = history.rows(closeTimeMs);
    if (faults === undefined) return this.#feed(closeTimeMs, stored);
    this.#log.candles(closeTimeMs);
    const rows = input.rows.flatMap((row) => {
      const other = storedRow(row, stored);
      if (other === undefined) return faults.has("candle not in store") ? [row] : [];
      return [faults.has("revision") ? row : other];
    });
    this.#take({ ...input, rows });
  }

  #feed(closeTimeMs: number, rows: readonly CandleRow[]): void {
    if (this.#fed.has(closeTimeMs)) return;
    this.#fed.add(closeTimeMs);
    this.#log.candles(closeTimeMs);
    const isLate = closeTimeMs < this.parts.session.decidesFromMs;
    const heardAtMs = this.#clock.now();
    this.#take({ kind: "candles", closeTimeMs: closeTimeMs as TimestampMs, isLate, heardAtMs, rows });
  }

  #hearRecorded(input: Extract<SessionInput, { kind: "recorded" }>): void {
    const order = this.#own(input.clientOrderId);
    if (order !== undefined) this.#take({ ...input, clientOrderId: order.intent.clientOrderId });
    this.#passTime(input.timeMs);
  }

  /** The order of this run that is what the session means by a name. */
  #own(name: string): LoggedOrder | undefined {
    const key = this.parts.session.named(name)?.key;
    return key === undefined ? undefined : this.#log.orders.get(key);
  }

  /** The session heard of an order now: so does this run, of what its own venue has to say of it by then. */
  #hearNews(news: OrderNews): void {
    const order = this.#own(nameIn(news));
    if (order === undefined) return;
    if (this.taken.orders.has(order.key)) return this.#takeOver(renamed(news, order.intent.clientOrderId));
    const placed = this.#placed.get(order.key);
    if (news.kind === "unknown") return this.#take(renamed(news, order.intent.clientOrderId));
    if (placed === undefined) return;
    switch (news.kind) {
      case "accepted":
        return this.#tellAccepted(placed, news.timeMs);
      case "fill":
        return this.#tellFill(placed, this.parts.session.fillNumber(news.fill), news.timeMs);
      case "ended":
        return this.#tellEnd(placed, news.timeMs);
      case "refused":
        return this.#tellRefusal(placed, news.timeMs);
      case "found":
        return this.#tellFound(placed, news);
    }
  }

  #tellAccepted({ atVenue, order: { intent: { clientOrderId } } }: Placed, timeMs: TimestampMs): void {
    if (atVenue === null) return;
    this.#take({ kind: "accepted", clientOrderId, quantity: atVenue.quantity, timeMs });
  }

  #tellFill({ fills }: Placed, number: number, timeMs: TimestampMs): void {
    const fill = fills[number];
    if (fill !== undefined) this.#take({ kind: "fill", fill, timeMs });
  }

  #tellEnd({ atVenue, endedAtMs, order: { intent: { clientOrderId } } }: Placed, timeMs: TimestampMs): void {
    if (atVenue === null || endedAtMs === null) return;
    const { state, filled } = atVenue;
    if (state !== "cancelled" && state !== "expired") return;
    this.#take({ kind: "ended", clientOrderId, state, filled, reason: "told by the venue", timeMs });
  }

  #tellRefusal({ refusal, order: { intent: { clientOrderId } } }: Placed, timeMs: TimestampMs): void {
    if (refusal === null) return;
    this.#take({ kind: "refused", clientOrderId, code: refusal, reason: `the venue says ${refusal}`, timeMs });
  }

  #tellFound({ atVenue, fills, order: { intent } }: Placed, news: Extract<OrderNews, { kind: "found" }>): void {
    if (atVenue === null) return;
    const { clientOrderId, price, limitPrice } = intent, { timeMs } = news;
    const known = news.state === "open" ? fills.slice(0, news.fills.length) : fills;
    const state = news.state === "open" || atVenue.state === "refused" ? "open" : atVenue.state;
    this.#take({ kind: "found", clientOrderId, state, price, limitPrice, fills: known, timeMs });
  }

  /** Something that happened to the session, as it happened. What it moved on the account moves here, too. */
  #takeOver(input: SessionInput): void {
    if (input.kind === "busted") fillsOf(input).forEach((fill) => this.#move(fill));
    if (input.kind === "adjusted") this.#venue.transfer(input.adjustment.asset, amount(input.adjustment.amount));
    if (input.kind === "regridded") {
      const { symbol } = this.parts.config.instruments[input.instrument]!;
      this.#venue.regrid(this.#venue.market(symbol)!, gridOf(input.grid));
    }
    this.#take(input);
  }

  #move({ instrument: id, side, price, quantity, fee, feeAsset }: Fill): void {
    const market = this.parts.config.instruments.find((own) => own.id === id)!, sign = side === "buy" ? 1n : -1n;
    this.#venue.transfer(market.base, amount(sign * quantity * AMOUNTS_PER_UNIT));
    this.#venue.transfer(settlementAsset(market), amount(-sign * notionalOf(price, quantity)));
    this.#venue.transfer(feeAsset, amount(-fee));
  }

  #take(input: SessionInput): void {
    const commands: Command[] = [], at = this.#at;
    takeInput(this.#trader, input, this.#group, commands);
    this.#log.take(at, commands, this.#trader.steps!);
    this.#log.hear(at, input);
    for (const command of commands) this.#carryOut(command);
  }

  #carryOut(command: Command): void {
    switch (command.kind) {
      case "record":
        return this.#record(command.order);
      case "submit":
        return this.#submit(command.order);
      case "cancel":
        return this.#cancel(command.clientOrderId);
      case "query":
        return this.#query(command.clientOrderId);
    }
  }

  /** Durable when the session's was; an order that it does not have takes as long as others did. */
  #record({ clientOrderId }: OrderIntent): void {
    const { session } = this.parts, { key } = this.#log.named(clientOrderId)!, times = session.times.get(key);
    if (this.taken.orders.has(key) || (times?.recordedAt ?? -1) > this.#at) return;
    this.#after(session.typical.commitMs, (timeMs) => this.#take({ kind: "recorded", clientOrderId, timeMs }));
  }

  #submit(intent: OrderIntent): void {
    const { session, config: { instruments } } = this.parts, order = this.#log.named(intent.clientOrderId)!;
    if (this.taken.orders.has(order.key)) return;
    const placed: Placed = { order, atVenue: null, refusal: null, fills: [], endedAtMs: null };
    this.#placed.set(order.key, placed);
    const nowMs = this.#clock.now(), { placedAtMs = null, refusedAt = -1 } = session.times.get(order.key) ?? {};
    // A refusal does not say when the order came: before it was heard of.
    const atMs = placedAtMs ?? Math.min(nowMs + session.typical.sendMs, session.heardAtMs[refusedAt] ?? Infinity);
    const request = requestOf(intent, instruments.find(({ id }) => id === intent.instrument)!);
    this.#due.add(Math.max(nowMs, atMs), () => {
      const made = request === null ? "gate" : this.#venue.place({
        ...{ symbol: request.symbol, clientOrderId: request.clientOrderId, side: request.side, kind: request.kind },
        ...{ timeInForce: request.timeInForce, postOnly: request.postOnly, quantity: request.quantity },
        ...(request.limitPrice === null ? {} : { price: request.limitPrice }),
        ...(request.triggerPrice === null ? {} : { triggerPrice: request.triggerPrice }),
      });
      if (typeof made !== "string") {
        placed.atVenue = made;
        return this.#unlessHeard(
          session.times.get(order.key)?.acceptedAt,
          (timeMs) => this.#tellAccepted(placed, timeMs),
        );
      }
      placed.refusal = made === "no-funds" ? "insufficient-funds" : made;
      const isHeard = session.inputs.some((own, at) =>
        at > this.#at && own.kind === "refused" && session.named(own.clientOrderId)?.key === order.key
      );
      if (!isHeard) this.#after(session.typical.hearMs, (timeMs) => this.#tellRefusal(placed, timeMs));
    });
  }

  #cancel(clientOrderId: ClientOrderId): void {
    const { session } = this.parts, { key } = this.#log.named(clientOrderId)!, placed = this.#placed.get(key);
    if (placed === undefined || this.taken.orders.has(key)) return;
    const { cancelledAtMs = null, lastFillMs = null } = session.times.get(key) ?? {}, nowMs = this.#clock.now();
    // A cancel that came too late came after what was traded.
    const atMs = cancelledAtMs ?? Math.max(nowMs + session.typical.sendMs, lastFillMs ?? 0);
    const arrive = () => {
      if (placed.atVenue !== null) this.#venue.cancel(placed.atVenue);
      else if (placed.refusal === null) this.#due.add(this.#due.nextMs, arrive);
    };
    this.#due.add(Math.max(nowMs, atMs), arrive);
  }

  /** Answers of the session come at its inputs; an order of which it heard nothing more is told of here. */
  #query(clientOrderId: ClientOrderId): void {
    const { session } = this.parts, { key } = this.#log.named(clientOrderId)!, placed = this.#placed.get(key);
    if (placed === undefined || this.taken.orders.has(key)) return;
    const times = session.times.get(key);
    if (Math.max(times?.endedAt ?? -1, ...(times?.fillAt ?? [])) > this.#at) return;
    this.#after(session.typical.sendMs + session.typical.hearMs, (timeMs) => {
      const { atVenue, fills, order: { intent: { price, limitPrice } } } = placed;
      if (atVenue === null || atVenue.state === "refused") return;
      this.#take({
        ...{ kind: "found", clientOrderId, state: atVenue.state, price, limitPrice, fills: [...fills], timeMs },
      });
    });
  }

  /** The venue has changed an order of ours. */
  #onVenue(own: LoopbackOrder, fill: LoopbackFill | null): void {
    const { session } = this.parts, order = this.#log.named(own.clientOrderId);
    const placed = order === undefined ? undefined : this.#placed.get(order.key);
    if (placed === undefined) return;
    placed.atVenue = own;
    const times = session.times.get(order!.key);
    if (fill !== null) {
      const market = this.parts.config.instruments.find(({ id }) => id === order!.intent.instrument)!;
      const { clientOrderId } = order!.intent;
      const number = placed.fills.push(fillOf(toldFill(fill, true), clientOrderId, market)) - 1;
      this.#unlessHeard(times?.fillAt[number], (timeMs) => this.#tellFill(placed, number, timeMs));
    }
    if (own.state === "cancelled" || own.state === "expired") {
      placed.endedAtMs = own.updatedAtMs;
      this.#unlessHeard(times?.endedAt, (timeMs) => this.#tellEnd(placed, timeMs));
    }
  }

  /** Tells by itself what the session does not hear of any more. */
  #unlessHeard(at: number | undefined, tell: (timeMs: TimestampMs) => void): void {
    if (at === undefined || at < this.#at) this.#after(this.parts.session.typical.hearMs, tell);
  }

  #after(delayMs: number, work: (timeMs: TimestampMs) => void): void {
    this.#due.add(this.#clock.now() + delayMs, () => work(this.#clock.now()));
  }
}

function gridOf({ tick, lot, minNotional }: Pick<Instrument, "tick" | "lot" | "minNotional">) {
  return {
    tick: formatPrice(tick),
    lot: formatDecimal(lot, 12),
    minNotional: minNotional === ZERO_NOTIONAL ? "0" : formatDecimal(minNotional, AMOUNT_DECIMALS),
  };
}

function amount(value: bigint): string {
  return formatDecimal(value, AMOUNT_DECIMALS);
}

/** The same news of an order that has another name here. */
function renamed(news: OrderNews, clientOrderId: ClientOrderId): OrderNews {
  if (news.kind === "fill") return { ...news, fill: { ...news.fill, clientOrderId } };
  if (news.kind !== "found") return { ...news, clientOrderId };
  return { ...news, clientOrderId, fills: news.fills.map((fill) => ({ ...fill, clientOrderId })) };
}
