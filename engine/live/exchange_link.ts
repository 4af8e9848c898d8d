// From a trader's commands to the calls of a venue, and from its answers back to news.
import type { Exchange, VenueFill, VenueOrder } from "../exchanges/mod.ts";
import type { Instrument, InstrumentId } from "../market/mod.ts";
import { addQuantity, type Quantity, quantity, ZERO_QUANTITY } from "../money/mod.ts";
import {
  type ClientOrderId,
  type Fill,
  isGuardOrder,
  isTerminal,
  type OrderIntent,
  type Recorded,
  type RiskApproved,
  type Venue,
  type VenueEvent,
} from "../orders/mod.ts";
import type { CrashLabel, Scheduler, TimestampMs } from "../time/mod.ts";
import type { OrderRecord } from "../trader/mod.ts";
import type { SessionGate } from "./session_gate.ts";
import { fillOf, requestOf } from "./venue_amounts.ts";

/** What a link asks of a venue. */
export type TradingExchange = Pick<Exchange, "submit" | "cancel" | "order" | "openOrders" | "orders" | "fills">;

/** An order or execution on the account that is not of this session. */
export interface ForeignNews {
  readonly what: "order" | "fill";
  readonly symbol: string;
  readonly id: string;
}

export interface LinkParts {
  readonly exchange: TradingExchange;
  readonly instruments: readonly Instrument[];
  readonly scheduler: Scheduler;
  readonly gate: SessionGate;
  /** See {@linkcode VenueTiming.sendMs}. */
  readonly sendMs: number;
  /** True where executions come by themselves, mostly. */
  readonly pushesFills?: boolean;
  /** An order of the session by its name: live, or ended lately. */
  readonly find: (id: ClientOrderId) => OrderRecord | undefined;
  /** True of names that this session, or one before it on the account, has given. */
  readonly isOurs: (id: string) => id is ClientOrderId;
  /** True of names that a later leader has given: what it does is not undone here (I7). */
  readonly isOfSuccessor: (id: ClientOrderId) => boolean;
  readonly hear: (event: VenueEvent) => void;
  readonly hearForeign: (news: ForeignNews) => void;
  /** An error that nobody foresaw, in the middle of a call. */
  readonly failed: (error: unknown) => void;
  /** See `crashPoint`; a test may also let the process stand still there. */
  readonly reach?: (label: CrashLabel) => void | Promise<void>;
}

/** What the venue has told to be filled of an order, how often that was read, and whether it is to be read again later. */
interface OwedFills {
  filled: Quantity;
  looks: number;
  waits: boolean;
}

/** So many names are known at most; an order that trades was placed not longer than this ago, or is known as it rests. */
const MOST_NAMES = 20_000, ORDERS_LAST_MS = 60 * 60_000;
/** Clocks of two sides may differ by so much: histories are read from so long before the first moment that counts. */
const CLOCK_SKEW_MS = 10_000;
/** What could not be read of an order that has traded is asked for again after so long, later each time. */
const LOOK_AGAIN_MS = 2_000, LONGEST_LOOK_AGAIN_MS = 30_000;
/** What could not be taken back is not tried again sooner: the trader, who asks for it, would do so at each answer. */
const CANCEL_AGAIN_MS = 1_000;
/** Executions that come by themselves come within this time after the answer that counts them; else they are asked for. */
const FILLS_LAG_MS = 500;

/**
 * A venue as a trader knows it. An order of a market leaves after the answers to what was taken back there before: a
 * stop that takes another's place needs the balance that the other one holds.
 */
export class ExchangeLink implements Venue {
  readonly #parts: LinkParts;
  readonly #numbers: ReadonlyMap<InstrumentId, Instrument>;
  /** Calls that change a market and have no answer yet. */
  readonly #underWay = new Map<InstrumentId, Promise<unknown>>();
  /** Names that we gave orders, by the venue's ids of them: many venues tell only those with an execution. */
  readonly #names = new Map<string, string>();
  /** Orders that were to be taken back while the mode did not allow it, and their markets. */
  readonly #unsaid = new Map<ClientOrderId, InstrumentId>();
  /** Orders that were asked back and have not ended by that: a kill switch does so while nothing can be written down. */
  readonly #wanted = new Set<ClientOrderId>();
  /** Orders that could just now not be taken back. */
  readonly #kept = new Set<ClientOrderId>();
  /** Orders that are being asked for. */
  readonly #asked = new Set<ClientOrderId>();
  /** Of orders that have traded, as far as the executions have not come yet: each is being read, or waits for that. */
  readonly #owed = new Map<ClientOrderId, OwedFills>();

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#numbers = new Map(parts.instruments.map((own) => [own.id, own]));
  }

  submit(order: Recorded<RiskApproved<OrderIntent>>): void {
    this.#after(order.instrument, () => this.#submit(order));
  }

  cancel(clientOrderId: ClientOrderId): void {
    const record = this.#parts.find(clientOrderId);
    if (record === undefined || this.#kept.has(clientOrderId)) return;
    this.#wanted.add(clientOrderId);
    if (this.#wanted.size > MOST_NAMES) this.#wanted.delete(this.#wanted.values().next().value!);
    const work = this.#cancel(clientOrderId, this.#market(record.intent.instrument));
    this.#follow(record.intent.instrument, work);
  }

  /** The venue moves nothing: the trader's settings say so. */
  move({ clientOrderId }: RiskApproved<OrderIntent>): void {
    throw new Error(`${clientOrderId} cannot be moved at this venue`);
  }

  /** True while no call waits for its answer. */
  get isIdle(): boolean {
    return this.#underWay.size === 0 && this.#asked.size === 0;
  }

  query(clientOrderId: ClientOrderId): void {
    if (this.#asked.has(clientOrderId)) return;
    this.#asked.add(clientOrderId);
    this.#lookUp(clientOrderId).catch(this.#parts.failed).finally(() => {
      this.#asked.delete(clientOrderId);
      this.#lookAgain(clientOrderId);
    });
  }

  /** The trader knows of nothing that is missing, and would ask for a resting order much later. */
  #lookAgain(clientOrderId: ClientOrderId): void {
    const owed = this.#owed.get(clientOrderId);
    if (owed === undefined || owed.waits) return;
    if (!this.#isOwed(clientOrderId, owed)) return void this.#owed.delete(clientOrderId);
    owed.waits = true;
    this.#parts.scheduler.after(Math.min(LOOK_AGAIN_MS * 2 ** owed.looks, LONGEST_LOOK_AGAIN_MS), () => {
      owed.waits = false;
      owed.looks++;
      if (this.#isOwed(clientOrderId, owed)) this.query(clientOrderId);
      else this.#owed.delete(clientOrderId);
    });
  }

  #isOwed(clientOrderId: ClientOrderId, { filled }: OwedFills): boolean {
    return this.#parts.find(clientOrderId) !== undefined && this.#knownOf(clientOrderId) < filled;
  }

  /** Fills come first: they are read before what the venue says of the order counts. */
  #readOwed(clientOrderId: ClientOrderId, filled: Quantity): void {
    const owed = this.#owed.get(clientOrderId);
    if (owed === undefined) this.#owed.set(clientOrderId, { filled, looks: 0, waits: false });
    else owed.filled = filled;
    this.query(clientOrderId);
  }

  /** Looks for orders of others that rest in a market (fault 26); false where the venue does not answer. */
  async readOpenOrders(market: Instrument): Promise<boolean> {
    const open = await this.#parts.exchange.openOrders(market.symbol);
    if (open.kind !== "done") return false;
    for (const own of open.value) {
      this.#learn(own);
      if (!this.#hearOwner("order", market.symbol, own.clientOrderId, own.id)) continue;
      const name = own.clientOrderId as ClientOrderId;
      if (this.#parts.isOfSuccessor(name)) continue;
      // One of ours that has ended for us came through after all: it is taken back.
      const record = this.#parts.find(name);
      if (record === undefined && isGuardOrder(own.clientOrderId!)) continue;
      if ((record === undefined || isTerminal(record.state)) && this.#parts.gate.cancelRefusal() === null) {
        await this.#parts.exchange.cancel(market.symbol, own.clientOrderId!);
      }
    }
    return true;
  }

  /** News of an execution. What cannot be told whose it is now is read again later. */
  hearFill(market: Instrument, own: VenueFill): void {
    if (own.clientOrderId !== null || this.#names.has(own.orderId ?? "")) return this.#hearNamed(market, own);
    this.#hearUnnamed(market, own).catch(this.#parts.failed);
  }

  async #hearUnnamed(market: Instrument, own: VenueFill): Promise<void> {
    // The answer to the order that trades may be right behind, and names it.
    await this.#underWay.get(market.id);
    (await this.named(market, [own]))?.forEach((fill) => this.#hearNamed(market, fill));
  }

  #hearNamed(market: Instrument, own: VenueFill): void {
    const name = own.clientOrderId ?? this.#names.get(own.orderId ?? "") ?? null;
    if (!this.#hearOwner("fill", market.symbol, name, own.id)) return;
    // Of an order that the database has lost: nobody here can count it, and the balances will tell of it.
    if (this.#parts.find(name as ClientOrderId) === undefined) {
      // The watchdog's, while the database is away: whoever leads next is told of it by what it has written down.
      if (isGuardOrder(name!)) return;
      return this.#parts.hearForeign({ what: "fill", symbol: market.symbol, id: name! });
    }
    this.#parts.reach?.("fill received");
    this.#parts.hear({ kind: "fill", fill: fillOf(own, name as ClientOrderId, market), timeMs: this.#now() });
  }

  /** Executions with the names of their orders, which are asked for where they are not known; null without an answer. */
  async named(market: Instrument, fills: readonly VenueFill[]): Promise<VenueFill[] | null> {
    const isUnknown = ({ clientOrderId, orderId }: VenueFill) =>
      clientOrderId === null && orderId !== null && !this.#names.has(orderId);
    const unknown = fills.filter(isUnknown);
    if (unknown.length > 0) {
      const sinceMs = Math.min(...unknown.map(({ timeMs }) => timeMs)) - ORDERS_LAST_MS;
      const orders = await this.#parts.exchange.orders({ symbol: market.symbol, fromMs: from(sinceMs) });
      if (orders.kind !== "done") return null;
      orders.value.forEach((own) => this.#learn(own));
    }
    return fills.map((own) => ({
      ...own,
      clientOrderId: own.clientOrderId ?? this.#names.get(own.orderId ?? "") ?? null,
    }));
  }

  #learn({ id, clientOrderId }: VenueOrder): void {
    if (id === null || clientOrderId === null || this.#names.has(id)) return;
    this.#names.set(id, clientOrderId);
    if (this.#names.size > MOST_NAMES) this.#names.delete(this.#names.keys().next().value!);
  }

  /** News of an order: only its end says more than its fills do. */
  hearOrder(market: Instrument, own: VenueOrder): void {
    this.#learn(own);
    if (!this.#hearOwner("order", market.symbol, own.clientOrderId, own.id)) return;
    this.#hearTraded(own.clientOrderId as ClientOrderId, own);
  }

  #now(): TimestampMs {
    return this.#parts.scheduler.now();
  }

  #market(id: InstrumentId): Instrument {
    return this.#numbers.get(id)!;
  }

  /** False for what is not ours, which is told to whoever looks after that. */
  #hearOwner(what: ForeignNews["what"], symbol: string, name: string | null, id: string | null): boolean {
    if (name !== null && this.#parts.isOurs(name)) return true;
    this.#parts.hearForeign({ what, symbol, id: name ?? id ?? "unnamed" });
    return false;
  }

  #after(instrument: InstrumentId, work: () => Promise<void>): void {
    const before = this.#underWay.get(instrument) ?? Promise.resolve();
    this.#follow(instrument, before.then(work));
  }

  #follow(instrument: InstrumentId, work: Promise<void>): void {
    const all = Promise.all([this.#underWay.get(instrument), work]).then(() => {}, this.#parts.failed);
    this.#underWay.set(instrument, all);
    void all.then(() => {
      if (this.#underWay.get(instrument) === all) this.#underWay.delete(instrument);
    });
  }

  async #submit(order: Recorded<RiskApproved<OrderIntent>>): Promise<void> {
    const { exchange, hear, reach } = this.#parts, { clientOrderId } = order;
    const request = requestOf(order, this.#market(order.instrument));
    await reach?.("before sign");
    const lastLook = () => this.#refusalOf(order);
    const refusal = request === null ? `no ${order.kind} order here` : lastLook();
    if (refusal !== null) {
      return hear({ kind: "refused", clientOrderId, code: "gate", reason: refusal, timeMs: this.#now() });
    }
    for (const [name, instrument] of this.#unsaid) if (instrument === order.instrument) await this.#sayAgain(name);
    // Looked at again before the socket: what has changed since the approval counts, also while it waited (I7, I10).
    const outcome = await exchange.submit(request!, lastLook);
    reach?.("response parsed");
    switch (outcome.kind) {
      case "done":
        this.#hearSubmitted(order, outcome.value);
        // It was taken back while it was on its way: the word may have come before it, and what takes its place waits.
        if (outcome.value.status === "open" && this.#isWanted(clientOrderId)) {
          await this.#cancel(clientOrderId, this.#market(order.instrument));
        }
        return;
      case "refused":
        return hear({ ...outcome, clientOrderId, timeMs: this.#now() });
      case "notSent":
      case "unknown":
        return hear({ kind: outcome.kind, clientOrderId, timeMs: this.#now() });
    }
  }

  #refusalOf(order: OrderIntent): string | null {
    const record = this.#parts.find(order.clientOrderId);
    // While it waited for its turn, nobody knew where it was: by now its absence may be taken for proven.
    if (record?.state !== "sending") return "it was given up while it waited";
    if (record.cancelSent) return "it was taken back before it left";
    // Its absence is proven from the step on that says it is on its way: it leaves soon after that, or not at all.
    if (this.#now() - record.sentAtMs > this.#parts.sendMs) return "it has waited too long for its turn";
    return this.#parts.gate.refusalOf(order);
  }

  #hearSubmitted({ clientOrderId, quantity: asked }: OrderIntent, own: VenueOrder): void {
    this.#learn(own);
    if (own.status !== "refused") {
      const size = own.quantity === null ? asked : quantity(own.quantity);
      const { timeMs: placedAtMs } = own;
      this.#parts.hear({
        kind: "accepted",
        clientOrderId,
        quantity: size,
        timeMs: this.#now(),
        ...(placedAtMs === null ? {} : { placedAtMs }),
      });
    }
    this.#hearTraded(clientOrderId, own);
  }

  /** State of an order whose executions may be about to come by themselves. */
  #hearTraded(clientOrderId: ClientOrderId, own: VenueOrder): void {
    const { pushesFills = false, scheduler } = this.#parts, filled = filledOf(own);
    if (!pushesFills || filled <= this.#knownOf(clientOrderId) || this.#asked.has(clientOrderId)) {
      return this.#hearState(clientOrderId, own);
    }
    this.#asked.add(clientOrderId);
    scheduler.after(FILLS_LAG_MS, () => {
      this.#asked.delete(clientOrderId);
      this.#hearState(clientOrderId, own);
      // Another word of it may have come meanwhile, and found it being waited for.
      if (!this.#asked.has(clientOrderId)) this.#lookAgain(clientOrderId);
    });
  }

  #knownOf(clientOrderId: ClientOrderId): Quantity {
    return this.#parts.find(clientOrderId)?.filled ?? ZERO_QUANTITY;
  }

  async #cancel(clientOrderId: ClientOrderId, { id, symbol }: Instrument): Promise<void> {
    if (this.#parts.gate.cancelRefusal() !== null) return void this.#unsaid.set(clientOrderId, id);
    this.#unsaid.delete(clientOrderId);
    const outcome = await this.#parts.exchange.cancel(symbol, clientOrderId);
    this.#parts.reach?.("cancel acknowledged");
    // Refused: it may have filled, or have ended. Unknown: it may be gone. Only a look tells.
    if (outcome.kind === "done") {
      this.#wanted.delete(clientOrderId);
      return this.#hearState(clientOrderId, outcome.value);
    }
    this.#keep(clientOrderId);
    this.query(clientOrderId);
  }

  #isWanted(clientOrderId: ClientOrderId): boolean {
    return this.#parts.find(clientOrderId)?.cancelSent === true || this.#wanted.has(clientOrderId);
  }

  /** The mode allows it by now. */
  async #sayAgain(clientOrderId: ClientOrderId): Promise<void> {
    const record = this.#parts.find(clientOrderId);
    if (record === undefined || isTerminal(record.state)) return void this.#unsaid.delete(clientOrderId);
    await this.#cancel(clientOrderId, this.#market(record.intent.instrument));
  }

  #keep(clientOrderId: ClientOrderId): void {
    this.#kept.add(clientOrderId);
    this.#parts.scheduler.after(CANCEL_AGAIN_MS, () => void this.#kept.delete(clientOrderId));
  }

  #hearState(clientOrderId: ClientOrderId, own: VenueOrder): void {
    const filled = filledOf(own), timeMs = this.#now();
    const reason = "told by the venue";
    const { state } = this.#parts.find(clientOrderId) ?? {};
    // One that was taken and is turned down later, as a stop whose order the venue cannot place, has ended.
    const wasTaken = state === "open" || state === "partiallyFilled";
    if (own.status === "refused" && !wasTaken) {
      return this.#parts.hear({ kind: "refused", clientOrderId, code: "refused", reason, timeMs });
    }
    if (filled > this.#knownOf(clientOrderId)) return this.#readOwed(clientOrderId, filled);
    if (own.status === "cancelled" || own.status === "expired" || own.status === "refused") {
      const { updatedAtMs: endedAtMs } = own;
      this.#parts.hear({
        kind: "ended",
        clientOrderId,
        state: own.status === "cancelled" ? "cancelled" : "expired",
        filled,
        reason,
        timeMs,
        ...(endedAtMs === null ? {} : { endedAtMs }),
      });
    }
  }

  async #lookUp(clientOrderId: ClientOrderId): Promise<void> {
    const record = this.#parts.find(clientOrderId);
    if (record === undefined) return;
    const market = this.#market(record.intent.instrument), fromMs = from(record.sentAtMs);
    const { exchange } = this.#parts;
    const found = await exchange.order(market.symbol, clientOrderId);
    this.#parts.reach?.("query answered");
    if (found.kind === "done") return this.#hearFound(record, market, found.value, fromMs);
    if (found.kind !== "refused" || found.code !== "order-not-found") return;
    // One look proves nothing: open orders, history and executions must not know it either (RELIABILITY §1.3).
    const open = await exchange.openOrders(market.symbol);
    if (open.kind !== "done") return;
    const history = await exchange.orders({ symbol: market.symbol, fromMs });
    if (history.kind !== "done") return;
    const own = [...open.value, ...history.value].find((other) => other.clientOrderId === clientOrderId);
    if (own !== undefined) return this.#hearFound(record, market, own, fromMs);
    const fills = await this.#fillsOf(clientOrderId, market, fromMs);
    if (fills === null) return;
    const timeMs = this.#now();
    for (const fill of fills) this.#parts.hear({ kind: "fill", fill, timeMs });
    if (fills.length === 0) this.#parts.hear({ kind: "missing", clientOrderId, timeMs });
  }

  async #hearFound(record: OrderRecord, market: Instrument, own: VenueOrder, fromMs: TimestampMs): Promise<void> {
    this.#learn(own);
    const { clientOrderId, price, limitPrice } = record.intent, { status } = own;
    const filled = filledOf(own), owed = this.#owed.get(clientOrderId);
    if (owed !== undefined) owed.filled = filled; // a trade may have been taken back since
    const fills = filled > 0n ? await this.#fillsOf(clientOrderId, market, fromMs) : [];
    if (fills === null || status === null) return;
    const timeMs = this.#now();
    if (status === "refused") return this.#hearState(clientOrderId, own);
    // Its end counts once all that it has traded is known; until then it is asked for again (fault 19).
    const isWhole = status === "open" || sumOf(fills) >= filled;
    if (!isWhole) return fills.forEach((fill) => this.#parts.hear({ kind: "fill", fill, timeMs }));
    const { timeMs: placedAtMs, updatedAtMs: changedAtMs } = own;
    this.#parts.hear({
      kind: "found",
      clientOrderId,
      state: status,
      price,
      limitPrice,
      fills,
      timeMs,
      ...(placedAtMs === null ? {} : { placedAtMs }),
      ...(changedAtMs === null ? {} : { changedAtMs }),
    });
  }

  async #fillsOf(clientOrderId: ClientOrderId, market: Instrument, fromMs: TimestampMs): Promise<Fill[] | null> {
    const fills = await this.#parts.exchange.fills({ symbol: market.symbol, fromMs });
    if (fills.kind !== "done") return null;
    const named = await this.named(market, fills.value);
    if (named === null) return null;
    return named.filter((own) => own.clientOrderId === clientOrderId).map((own) => fillOf(own, clientOrderId, market));
  }
}

function from(timeMs: number): TimestampMs {
  return Math.max(0, timeMs - CLOCK_SKEW_MS) as TimestampMs;
}

function filledOf({ filled }: VenueOrder): Quantity {
  return filled === null ? ZERO_QUANTITY : quantity(filled);
}

function sumOf(fills: readonly Fill[]): Quantity {
  return fills.reduce((sum, fill) => addQuantity(sum, fill.quantity), ZERO_QUANTITY);
}
