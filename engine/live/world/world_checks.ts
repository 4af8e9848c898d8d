// What must hold in a world, judged from outside: by the venue's own books and by what is durable.
import type { LoopbackFill, LoopbackOrder } from "../../exchanges/mod.ts";
import {
  absoluteQuantity,
  addNotional,
  addQuantity,
  AMOUNTS_PER_UNIT,
  notional,
  type Quantity,
  ZERO_QUANTITY,
} from "../../money/mod.ts";
import {
  bustIdOf,
  type ClientOrderId,
  hashOfJournal,
  isTerminal,
  type OrderIntent,
  replayJournal,
} from "../../orders/mod.ts";
import { DAY_MS, MINUTE_MS } from "../../time/mod.ts";
import { cashChange } from "../../portfolio/mod.ts";
import { createTrader, restoreTrader, saveTrader, type Trader } from "../../trader/mod.ts";
import { FRESH_MS } from "../candle_feed.ts";
import { readInput } from "../session_input.ts";
import type { SessionBatch } from "../session_store.ts";
import { isOfSession } from "../session_tag.ts";
import { replayInputs } from "../trading_session.ts";
import { tradeIdOf } from "../venue_amounts.ts";
import { CASH, type WorldView } from "./world_view.ts";

/** Limits that the trader was given. */
export interface Limits {
  readonly maxPositions: number;
  readonly maxEntriesPerDay: number;
}

const NO_CANDLE = { open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN };
/** So many violations are told; what follows from the first ones helps nobody. */
const MOST_TOLD = 20;
/** Between a decision and its arrival at the venue. */
const DECISION_TO_VENUE_MS = FRESH_MS + 30_000 + 5_000;
/** What closing and corrected fees leave of a market comes to less than this; an entry is for about twenty times as much. */
const LEFT_OVER_QUOTE = 1_000;
/** Within this a kill switch has taken back what waits, where the line to the venue works; somebody has to lead for it. */
const ENTRIES_GONE_MS = 5 * MINUTE_MS;
/** Trades that are older are not looked after any more when they are taken back. */
const MOST_REMEMBERED_MS = 20 * MINUTE_MS;
/** A position is without its stop, and a trade counts that was taken back, for so long at most. */
const MOST_NAKED_MS = 10 * MINUTE_MS;
/** A kill switch acts within this. */
const KILL_ACTS_MS = 1_000;

/** The checkers of a world: none of them asks the trader whether it is right. */
export class WorldChecks {
  readonly violations: string[] = [];
  readonly steps = new Map<string, number>();
  readonly labels = new Map<string, number>();
  killed: string | null = null;
  settledAfterMs = 0;
  readonly #world: WorldView;
  readonly #limits: Limits;
  readonly #names = new Set<string>();
  readonly #slots = new Set<string>();
  /** All that ever were, those that were taken back included. */
  readonly #fills: LoopbackFill[] = [];
  readonly #entriesByDay = new Map<number, number>();
  readonly #foreignTold = new Set<string>();
  #newestEpoch = 0;
  #killedAtMs = Infinity;
  readonly #sentAtMs = new Map<string, number>();
  readonly #undoneAtMs = new Map<string, number>();
  #readOnlyAtMs = -Infinity;
  #seenEvents = 0;
  #seenInputs = 0;
  readonly #states = new Map<ClientOrderId, string>();
  readonly #nakedSince = new Map<string, number>();
  /** Trades that the venue has taken back, and when that was seen. */
  readonly #busted = new Map<LoopbackFill, number>();
  /** Cash that the journal's fills come to, and how many they were. */
  #paid = notional(CASH);
  #paidFills = 0;
  readonly #thirdFees = new Map<string, bigint>();

  constructor(world: WorldView, limits: Limits) {
    this.#world = world;
    this.#limits = limits;
  }

  /** Adds what must not be. */
  violation(invariant: string, what: string): void {
    if (this.violations.length >= MOST_TOLD) return;
    this.violations.push(`${invariant} at ${new Date(this.#world.clock.now()).toISOString()}: ${what}`);
    this.#world.note(`violation ${invariant}`);
  }

  label(name: string): void {
    this.labels.set(name, (this.labels.get(name) ?? 0) + 1);
  }

  /** A process tells of an order or execution that is not of the session. */
  foreign(what: string, id: string): void {
    if (what === "order") this.#foreignTold.add(id);
  }

  /** Sets the kill switch. */
  kill(reason: string): void {
    this.killed = reason;
    this.#killedAtMs = this.#world.clock.now();
  }

  /** Lets it go. */
  revive(): void {
    this.killed = null;
    this.#killedAtMs = Infinity;
  }

  /** The first byte of an order leaves: what nobody can call back any more is judged by this moment. */
  onSent(name: string): void {
    this.#sentAtMs.set(name, this.#world.clock.now());
  }

  /** An order has reached the venue. */
  onPlaced(order: LoopbackOrder): void {
    const { store, clock } = this.#world, name = order.clientOrderId as ClientOrderId, nowMs = clock.now();
    const known = store.journal.kept.orders.get(name);
    this.#world.note(`placed ${name}`);
    if (known === undefined && store.lost.has(name)) return;
    if (known === undefined) return this.violation("I1", `${name} is at the venue, and the journal does not know it`);
    if (this.#names.has(name)) this.violation("I2", `${name} is at the venue twice`);
    this.#names.add(name);
    if (isTerminal(known.state)) this.violation("I6", `${name} came after the journal had it as ${known.state}`);
    if (known.epoch < this.#newestEpoch) {
      this.violation("I7", `${name} of epoch ${known.epoch} came after one of epoch ${this.#newestEpoch}`);
    }
    this.#newestEpoch = Math.max(this.#newestEpoch, known.epoch);
    const { intent } = known;
    if (intent.quantity !== order.quantity || intent.side !== order.side) {
      this.violation("I1", `${name} is at the venue otherwise than in the journal`);
    }
    if (intent.slot === "entry" || intent.slot === "close") {
      const slot = `${intent.book} ${intent.slot} ${intent.decidedAtMs}`, isTaken = this.#slots.has(slot);
      if (isTaken && intent.slot === "close") this.violation("I2", `${name}: its slot has an order already`);
      this.#slots.add(slot);
      // One that takes the place of another is the same entry elsewhere.
      if (intent.slot === "entry" && intent.sinceMs === undefined) {
        this.#onEntry(order, intent.decidedAtMs, nowMs, isTaken);
      }
    }
  }

  /** @param isPart Several of one decision are one entry together. */
  #onEntry({ clientOrderId, market }: LoopbackOrder, decidedAtMs: number, nowMs: number, isPart: boolean): void {
    if ((this.#sentAtMs.get(clientOrderId) ?? nowMs) > this.#killedAtMs + KILL_ACTS_MS) {
      this.violation("I10", `${clientOrderId} came after the kill switch was set`);
    }
    if (nowMs - decidedAtMs > DECISION_TO_VENUE_MS) {
      this.violation("I11", `${clientOrderId} was decided ${nowMs - decidedAtMs} ms before it came`);
    }
    const day = Math.floor(decidedAtMs / DAY_MS), entries = (this.#entriesByDay.get(day) ?? 0) + (isPart ? 0 : 1);
    this.#entriesByDay.set(day, entries);
    if (entries > this.#limits.maxEntriesPerDay) {
      this.violation("I9", `${clientOrderId} is entry ${entries} of its day`);
    }
    const { venue, store } = this.#world;
    // What the database has lost is held beside what it knows: a person was told, who lets trading go on or not.
    if (store.lost.size > 0) return;
    this.#bustsAreSeen();
    const busy = new Set(venue.openOrders().filter((own) => this.#slotOf(own) === "entry").map((own) => own.market));
    const sentMs = this.#sentAtMs.get(clientOrderId) ?? nowMs;
    for (const other of venue.markets) {
      const worth = Number(this.#held(other.symbol, sentMs)) / 1e12 * venue.lastPrice(other);
      if (worth > LEFT_OVER_QUOTE) busy.add(other);
    }
    busy.add(market);
    if (busy.size > this.#limits.maxPositions) {
      const which = [...busy].map(({ symbol }) => `${symbol} ${this.#held(symbol, sentMs)}`).join(", ");
      this.violation("I9", `${clientOrderId} opens position ${busy.size}: ${which}`);
    }
  }

  /** A batch is durable: it may say that the venue has taken a trade back. */
  onCommitted({ fills }: Pick<SessionBatch, "fills">): void {
    for (const { tradeId } of fills) {
      if (tradeId.endsWith(bustIdOf(""))) this.#undoneAtMs.set(tradeId, this.#world.clock.now());
    }
  }

  /** An execution at the venue. */
  onFill(fill: LoopbackFill): void {
    this.#fills.push(fill);
  }

  /**
   * What orders of ours had brought of a market's base asset at a moment, as the venue traded them. One that it took back
   * counts until it could be known that it did.
   */
  #held(symbol: string, atMs: number): bigint {
    const { orders, fills } = this.#world.store.journal.kept;
    let held = 0n;
    for (const fill of this.#fills) {
      const { number, order, side, quantity, fee, feeAsset } = fill, id = tradeIdOf(`${number}`, order.market);
      if (order.market.symbol !== symbol || !orders.has(order.clientOrderId as ClientOrderId)) continue;
      const undone = bustIdOf(id), isUndone = fills.has(undone) && (this.#undoneAtMs.get(undone) ?? -Infinity) <= atMs;
      if (this.#busted.has(fill) && (!fills.has(id) || isUndone)) continue;
      held += side === "buy" ? quantity : -quantity;
      if (symbol.startsWith(`${feeAsset}/`)) held -= fee / AMOUNTS_PER_UNIT;
    }
    return held;
  }

  #slotOf({ clientOrderId }: LoopbackOrder): string | undefined {
    return this.#world.store.journal.kept.orders.get(clientOrderId as ClientOrderId)?.intent.slot;
  }

  /** The database has lost what it had confirmed: what was counted on it is counted anew. */
  rewound(): void {
    const { journal: { events, kept }, inputs } = this.#world.store;
    this.#seenEvents = Math.min(this.#seenEvents, events.length);
    this.#seenInputs = Math.min(this.#seenInputs, inputs.length);
    this.#paid = notional(CASH);
    this.#paidFills = 0;
    this.#thirdFees.clear();
    this.#states.clear();
    for (const [name, { state }] of kept.orders) this.#states.set(name, state);
    this.#entriesByDay.clear();
    const counted = new Set<string>();
    for (const [name, { intent: { book, slot, sinceMs, decidedAtMs } }] of kept.orders) {
      if (slot !== "entry" || sinceMs !== undefined || !this.#names.has(name)) continue;
      if (counted.has(`${book} ${decidedAtMs}`)) continue;
      counted.add(`${book} ${decidedAtMs}`);
      const day = Math.floor(decidedAtMs / DAY_MS);
      this.#entriesByDay.set(day, (this.#entriesByDay.get(day) ?? 0) + 1);
    }
  }

  /** Every few seconds. */
  atTick(): void {
    const { store, leader } = this.#world, { events } = store.journal, session = leader?.runner.session;
    this.#candlesAreTrue();
    this.#killHolds();
    this.#bustsAreSeen();
    if (session !== null && session !== undefined) this.#nakedIsShort(session.trader);
    for (; this.#seenEvents < events.length; this.#seenEvents++) {
      const event = events[this.#seenEvents]!;
      if (event.kind === "intent") this.#decisionIsFresh(event.order);
      if (event.kind === "intent") this.#states.set(event.order.clientOrderId, "recorded");
      if (event.kind !== "step") continue;
      const step = `${this.#states.get(event.clientOrderId)}>${event.to}`;
      this.#states.set(event.clientOrderId, event.to);
      this.steps.set(step, (this.steps.get(step) ?? 0) + 1);
    }
    // One that lags behind a successor may know as many inputs, and others.
    const isNewest = leader?.runner.epoch === store.epoch && session?.isOf(store.inputs.length);
    if (session?.isIdle && isNewest) this.#journalIsTrader(session.trader);
  }

  /** What the trader counts is what the journal adds up to, at any moment and not at the end alone. */
  #journalIsTrader({ state: { orders, account, external } }: Trader): void {
    const { store: { journal: { kept } }, instruments } = this.#world;
    for (const { intent: { clientOrderId }, state, filled } of orders) {
      const known = kept.orders.get(clientOrderId);
      if (known?.state === state && known.filled === filled) continue;
      const journal = `${known?.state} with ${known?.filled}`;
      this.violation("I3", `${clientOrderId} is ${state} with ${filled} for the trader, and ${journal} in the journal`);
    }
    instruments.forEach(({ id, base, symbol }, number) => {
      const held = addQuantity(account.positions[number]!, account.dust[number]!);
      const own = held * AMOUNTS_PER_UNIT + (external[base] ?? 0n);
      const inJournal = (kept.positions.get(id) ?? 0n) * AMOUNTS_PER_UNIT + (kept.adjusted.get(base) ?? 0n);
      if (own !== inJournal) {
        this.violation("I3", `${symbol}: the trader counts ${own} ${base}, the journal ${inJournal}`);
      }
    });
    for (const { fill } of [...kept.fills.values()].slice(this.#paidFills)) {
      const market = instruments.find(({ id }) => id === fill.instrument)!;
      this.#paid = addNotional(this.#paid, cashChange(fill, market));
      if (fill.feeFrom === "third") {
        this.#thirdFees.set(fill.feeAsset, (this.#thirdFees.get(fill.feeAsset) ?? 0n) + fill.fee);
      }
      this.#paidFills++;
    }
    for (const [asset, fees] of this.#thirdFees) {
      const own = external[asset] ?? 0n, inJournal = (kept.adjusted.get(asset) ?? 0n) - fees;
      if (own !== inJournal) this.violation("I4", `the trader counts ${own} ${asset}, the journal ${inJournal}`);
    }
    const { quote } = instruments[0]!, paid = this.#paid + (kept.adjusted.get(quote) ?? 0n);
    if (account.cash !== paid) this.violation("I4", `the trader counts ${account.cash} ${quote}, the journal ${paid}`);
  }

  /** New exposure is decided on what has just closed (I11). */
  #decisionIsFresh({ clientOrderId, slot, decidedAtMs, sinceMs }: OrderIntent): void {
    const ageMs = this.#world.clock.now() - decidedAtMs, { isStoreTroubled } = this.#world;
    if (slot !== "entry" || sinceMs !== undefined || isStoreTroubled || ageMs <= DECISION_TO_VENUE_MS) return;
    this.violation("I11", `${clientOrderId} was decided on a candle that had closed ${ageMs} ms before`);
  }

  /** What traders were shown is what the market was: closed, whole and unchanged (I11). */
  #candlesAreTrue(): void {
    const { inputs } = this.#world.store;
    for (; this.#seenInputs < inputs.length; this.#seenInputs++) {
      const text = inputs[this.#seenInputs]!;
      if (!text.startsWith('{"kind":"candles"')) continue;
      const input = readInput(text);
      if (input.kind !== "candles") continue;
      if (input.closeTimeMs > this.#world.clock.now()) {
        this.violation("I11", `a candle of ${input.closeTimeMs} has not closed`);
      }
      for (const [number, openTimeMs, ...values] of input.rows) {
        const { open, high, low, close, volume } = this.#world.candle(number, openTimeMs) ?? NO_CANDLE;
        // One that the venue changed before it was used counts as changed: its close is its open then.
        const isTrue = [close, open].some((end) => values.join() === [open, high, low, end, volume].join());
        if (!isTrue) {
          this.violation("I11", `candle ${openTimeMs} of instrument ${number} was shown as ${values.join(" ")}`);
        }
      }
    }
  }

  /** A kill switch has taken back what waits to open a position, once the line had time for it (I10). */
  #killHolds(): void {
    const { venue, clock } = this.#world;
    if (this.#world.mode === "readOnly") this.#readOnlyAtMs = clock.now();
    const sinceMs = Math.max(this.#killedAtMs, this.#readOnlyAtMs);
    if (this.#world.wasLineTroubled(ENTRIES_GONE_MS) || clock.now() < sinceMs + ENTRIES_GONE_MS) return;
    const left = venue.openOrders().filter((own) => this.#slotOf(own) === "entry").map(({ clientOrderId }) =>
      clientOrderId
    );
    if (left.length > 0) this.violation("I10", `${left.join(", ")} still open after the kill switch`);
  }

  /** True when nothing is on its way and every order is where the venue has it. */
  isSettled(): boolean {
    const leader = this.#world.leader, session = leader?.runner.session ?? null;
    if (session === null || !session.isIdle) return false;
    const settled = session.trader.state.orders.every(({ state, cancelSent }) =>
      (state === "open" || state === "partiallyFilled" || state === "quarantined") && !cancelSent
    );
    return settled && this.#naked(session.trader).size === 0 && this.#unbalanced(session.trader).length === 0 &&
      this.#differences(session.trader.state.orders.map(({ intent }) => intent.clientOrderId)).length === 0 &&
      this.#missingFills().length === 0;
  }

  /** After the faults have ended and things had time to settle. */
  atTheEnd(): void {
    const { store, config, clock } = this.#world, leader = this.#world.leader;
    this.atTick();
    if (leader === undefined) return this.violation("liveness", "nobody leads");
    const { session } = leader.runner, { trader } = session!;
    if (!this.isSettled()) {
      const orders = trader.state.orders.map(({ intent, state }) => `${intent.clientOrderId} ${state}`).join(", ");
      this.violation(
        "liveness",
        `after ${this.settledAfterMs} ms still: ${orders || "none"}; waiting ${session!.waiting}`,
      );
    }
    for (const what of this.#differences(trader.state.orders.map(({ intent }) => intent.clientOrderId))) {
      this.violation("I3", what);
    }
    for (const id of this.#missingFills()) {
      this.violation("I5", `the venue's trade ${id} is not in the journal, or otherwise`);
    }
    for (const what of this.#unbalanced(trader)) this.violation("I3", what);
    for (const what of this.#foreignUntold()) this.violation("I9", `nobody was told of ${what}, which is not ours`);
    this.#journalIsTrader(trader);
    for (const what of this.#naked(trader).values()) this.violation("I9", what);
    if (session!.isIdle) {
      const { snapshot, inputs } = store.load();
      const again = snapshot === null ? createTrader(config) : restoreTrader(config, snapshot.state);
      replayInputs(again, inputs.map(readInput));
      const fromStart = createTrader(config);
      replayInputs(fromStart, store.inputs.map(readInput));
      if (saveTrader(again) !== saveTrader(fromStart)) {
        this.violation("I13", "a snapshot and all inputs lead to two states");
      }
      if (saveTrader(again) !== saveTrader(trader)) this.violation("I13", "what is durable leads to another state");
    }
    if (hashOfJournal(replayJournal(store.journal.events)) !== hashOfJournal(store.journal.kept)) {
      this.violation("I13", "the journal's events lead to another state than it keeps");
    }
    this.#world.note(`end ${clock.now()} ${hashOfJournal(store.journal.kept)} ${saveTrader(trader).length}`);
  }

  /** Where the trader and the venue differ: positions (I3), beside what came otherwise, and cash (I4). */
  #unbalanced({ state: { account, external } }: Trader): string[] {
    const { venue, instruments } = this.#world, { quote } = instruments[0]!;
    const totals = new Map(venue.balances().map(({ asset, total }) => [asset, notional(total)]));
    const counted: [string, bigint][] = instruments.map(({ base }, number) => {
      const held = addQuantity(account.positions[number]!, account.dust[number]!);
      return [base, held * AMOUNTS_PER_UNIT + (external[base] ?? 0n)];
    });
    return [...counted, [quote, account.cash] as const].filter(([asset, own]) => own !== totals.get(asset))
      .map(([asset, own]) => `the trader counts ${own} ${asset}, the venue ${totals.get(asset)}`);
  }

  /** Each position that is to have a stop has one at the venue, of its size; what has none, in words. */
  #naked({ state }: Trader): Map<string, string> {
    const { venue, instruments, config } = this.#world, found = new Map<string, string>();
    state.books.forEach((book, i) => {
      const { instrument } = config.books[i]!, { lot, symbol } = instruments[instrument]!;
      // Where the market is closed nobody can protect anything, nor buy it back.
      if (!venue.isTrading(venue.market(symbol)!)) return;
      const short = Number(-book.position) / 1e12 * state.marks[instrument]!;
      if (short > LEFT_OVER_QUOTE) {
        found.set(symbol, `${symbol}: ${book.position} are held, of what nobody can be short`);
      }
      if (book.position <= 0n || book.plan.stop === null || book.closing !== null) return;
      const stops = venue.openOrders().filter((own) => own.market.symbol === symbol && own.triggerPrice !== null);
      const size = stops.reduce((sum, own) => addQuantity(sum, (own.quantity - own.filled) as Quantity), ZERO_QUANTITY);
      const naked = absoluteQuantity((book.position - size) as Quantity);
      const worth = Number(naked) / 1e12 * state.marks[instrument]!;
      if (naked < lot || worth < LEFT_OVER_QUOTE) return;
      found.set(symbol, `${symbol}: ${book.position} are held, and stops at the venue are for ${size}`);
    });
    return found;
  }

  /** Nothing stays without its stop for long, whatever fails. */
  #nakedIsShort(trader: Trader): void {
    const naked = this.#naked(trader), nowMs = this.#world.clock.now();
    for (const symbol of this.#nakedSince.keys()) if (!naked.has(symbol)) this.#nakedSince.delete(symbol);
    for (const [symbol, what] of naked) {
      const sinceMs = this.#nakedSince.get(symbol) ?? nowMs;
      this.#nakedSince.set(symbol, sinceMs);
      if (nowMs - sinceMs > MOST_NAKED_MS) this.violation("I9", `${what}, for ${nowMs - sinceMs} ms by now`);
    }
  }

  /** A trade that the venue took back does not count for long (fault 29). */
  #bustsAreSeen(): void {
    const { venue, clock, store: { journal: { kept } } } = this.#world, nowMs = clock.now();
    if (venue.fills.length + this.#busted.size < this.#fills.length) {
      const left = new Set(venue.fills);
      for (const fill of this.#fills) if (!left.has(fill) && !this.#busted.has(fill)) this.#busted.set(fill, nowMs);
    }
    for (const [{ number, order, timeMs }, sinceMs] of this.#busted) {
      const id = tradeIdOf(`${number}`, order.market);
      // What is older than it remembers shows as a balance only.
      if (timeMs < sinceMs - MOST_REMEMBERED_MS) continue;
      if (nowMs - sinceMs < MOST_NAKED_MS || !kept.fills.has(id) || kept.fills.has(bustIdOf(id))) continue;
      this.violation("I4", `trade ${number} was taken back ${nowMs - sinceMs} ms ago, and the journal counts it`);
    }
  }

  /** Orders of others that are open for longer than it takes to look for them (fault 26). */
  #foreignUntold(): string[] {
    const { venue, clock, config } = this.#world;
    return venue.openOrders().filter(({ clientOrderId, placedAtMs }) =>
      !isOfSession(clientOrderId, config.session) && placedAtMs < clock.now() - MOST_NAKED_MS &&
      !this.#foreignTold.has(clientOrderId)
    ).map(({ clientOrderId }) => clientOrderId);
  }

  /** Orders that only one side has open. */
  #differences(traders: readonly ClientOrderId[]): string[] {
    const { venue } = this.#world, own = new Set<string>(traders);
    const atVenue = new Set(venue.openOrders().map(({ clientOrderId }) => clientOrderId));
    const kept = this.#world.store.journal.kept.orders;
    return [
      ...[...atVenue].filter((id) => !own.has(id) && kept.has(id as ClientOrderId)).map((id) =>
        `${id} is open at the venue, and the trader does not count on it`
      ),
      ...[...own].filter((id) => !atVenue.has(id)).map((id) => `${id} is open for the trader, and not at the venue`),
      ...[...kept].filter(([id, order]) => isTerminal(order.state) === atVenue.has(id) && order.state !== "quarantined")
        .map(([id, order]) =>
          `${id} is ${order.state} in the journal, and ${atVenue.has(id) ? "" : "not "}open at the venue`
        ),
    ];
  }

  /** Numbers of the venue's trades that the journal lacks or has otherwise. */
  #missingFills(): string[] {
    const { venue, store } = this.#world, { fills } = store.journal.kept;
    return venue.fills.filter(({ number, order, quantity, price }) => {
      const kept = fills.get(tradeIdOf(`${number}`, order.market))?.fill;
      const isOurs = store.journal.kept.orders.has(order.clientOrderId as ClientOrderId);
      return isOurs && (kept === undefined || kept.quantity !== quantity || kept.price !== price);
    }).map(({ number }) => `${number}`);
  }
}
