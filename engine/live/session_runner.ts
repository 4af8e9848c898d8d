// One process that trades an account: lease, recovery, reconciliation, then candle after candle.
import { CodedError, counted } from "../errors/mod.ts";
import type { Exchange } from "../exchanges/mod.ts";
import { notional } from "../money/mod.ts";
import type { ClientOrderId, OrderIntent, RiskApproved } from "../orders/mod.ts";
import { type CrashLabel, MINUTE_MS, pause, type Scheduler, type TimestampMs } from "../time/mod.ts";
import { findOrder, hasExitsToRetry, hasOverdue, type TraderConfig } from "../trader/mod.ts";
import { AccountWatch } from "./account_watch.ts";
import { type ArrivedCandle, CandleFeed } from "./candle_feed.ts";
import { ExchangeLink, type ForeignNews } from "./exchange_link.ts";
import { GridWatch } from "./grid_watch.ts";
import { epochIn, lostOrders } from "./lost_orders.ts";
import { sessionGate, type TradingMode } from "./session_gate.ts";
import {
  type CountedLease,
  countedLease,
  type HeldLease,
  isHeld,
  isInForce,
  type LeaseClocks,
  type LeaseKeeper,
} from "./session_lease.ts";
import type { SessionStore } from "./session_store.ts";
import { isOfSession } from "./session_tag.ts";
import { type Alarm, type SessionParts, TradingSession } from "./trading_session.ts";

/** What a process needs to trade an account. */
export interface RunnerParts extends LeaseClocks {
  readonly config: TraderConfig;
  readonly lease: LeaseKeeper;
  /** The session's memory under an epoch. */
  readonly storeOf: (epoch: number) => SessionStore;
  readonly exchange: Pick<
    Exchange,
    "submit" | "cancel" | "order" | "openOrders" | "orders" | "fills" | "balances" | "markets"
  >;
  /** Closed candles of an instrument from a moment on; null where there is no answer. */
  readonly fetchCandles: (instrument: number, fromMs: TimestampMs) => Promise<readonly ArrivedCandle[] | null>;
  /** Of the venue's time, in which candles close and orders are looked after. */
  readonly scheduler: Scheduler;
  /** Of the machine's time, by which the lease is kept: the same unless a simulated venue runs faster. */
  readonly real: Scheduler;
  /** See {@linkcode CandleFeedParts.freshMs}. */
  readonly freshMs?: number;
  /** See {@linkcode GateParts.decisionLastsMs}. */
  readonly decisionLastsMs?: number;
  /** See {@linkcode LinkParts.pushesFills}. */
  readonly pushesFills?: boolean;
  /** Length of the candles. */
  readonly lengthMs: number;
  /** The lease ends so long after it was last renewed. Without it: {@linkcode LEASE_TTL_MS}. */
  readonly leaseTtlMs?: number;
  readonly seen?: SessionParts["seen"];
  /** Called when it leads and trades. */
  readonly leads?: (runner: SessionRunner) => void;
  /** After so long, by the machine's time, nothing that a predecessor sent can arrive any more: expiry and a margin. */
  readonly requestsEndMs: number;
  readonly killed: () => string | null;
  readonly mode: () => TradingMode;
  /** See {@linkcode GateParts.unfit}. */
  readonly unfit?: () => string | null;
  readonly alarm: (alarm: Alarm) => void;
  readonly hearForeign: (news: ForeignNews) => void;
  readonly ended: (reason: string) => void;
  readonly reach?: (label: CrashLabel) => void | Promise<void>;
  /** What it shares with the session's watchdog; left out where there is none. */
  readonly guard?: GuardSide;
}

/** A session's watchdog, as whoever trades sees it. */
export interface GuardSide {
  /** Takes part in sending; false while the watchdog acts alone. */
  hold(): boolean;
  letGo(): void;
  /** What the watchdog has sent and the journal may not have. @throws {CodedError} where that cannot be read. */
  orders(): Promise<readonly { readonly order: RiskApproved<OrderIntent> }[]>;
}

/** A lease lasts so long without being renewed. */
export const LEASE_TTL_MS = 3_000;
const RENEWALS_PER_TTL = 3, RETRIES_PER_TTL = 15;
/** Orders are looked after so often, executions of each market read again so often, with this overlap. */
const TIMER_MS = 500, CATCH_UP_MS = MINUTE_MS, OVERLAP_MS = 2 * MINUTE_MS, CATCH_UP_RETRY_MS = 1_000;
/** What a leader has to know first and cannot read so many times is told, and read less often from then on. */
const TOLD_TRIES = 10, TOLD_RETRY_MS = 5_000;
/** The same between two markets while something could not be read, or differs. */
const HURRY_MS = 2_000;
/** Orders that the database may have lost are looked for from so long before its last input on. */
const LOOK_BACK_MS = MINUTE_MS;
/** What is under way is waited for at the end for so long, looked at so often. */
const CLOSE_MS = 10_000, CLOSE_LOOK_MS = 50;
/** New decisions wait so long at most for what a predecessor left unknown, looked at so often. */
const SETTLE_MS = 15_000, SETTLE_LOOK_MS = 100;

/** Leads an account for as long as it can. */
export class SessionRunner {
  readonly #parts: RunnerParts;
  readonly #leaseTtlMs: number;
  #lease: CountedLease | null = null;
  #session: TradingSession | null = null;
  #link: ExchangeLink | null = null;
  #grids: GridWatch | null = null;
  #feed: CandleFeed | null = null;
  #end: string | null = null;
  /** True once nothing that a predecessor sent can arrive any more. */
  #isAlone = false;
  /** True while the watchdog cannot act alone. */
  #isGuardHeld = true;

  private constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#leaseTtlMs = parts.leaseTtlMs ?? LEASE_TTL_MS;
  }

  /** Begins to wait for the account's lease, and trades once it has it. */
  static start(parts: RunnerParts): SessionRunner {
    const runner = new SessionRunner(parts);
    runner.#run().catch(runner.#fail);
    return runner;
  }

  get session(): TradingSession | null {
    return this.#session;
  }

  get link(): ExchangeLink | null {
    return this.#link;
  }

  get feed(): CandleFeed | null {
    return this.#feed;
  }

  get epoch(): number | null {
    return this.#lease?.held.epoch ?? null;
  }

  /** Takes no new exposure from here on, with or without a database; entries that wait are taken back at once. */
  halt(reason: string, flatten: boolean): void {
    const session = this.#session, timeMs = this.#parts.scheduler.now();
    if (session === null || this.#link === null) return;
    // Not by way of the journal, which may be away; the input says the same once it can be written.
    this.#parts.reach?.("kill: seen");
    for (const name of this.#entries()) {
      this.#link.cancel(name);
      this.#parts.reach?.("kill: between cancels");
    }
    session.offer({ kind: "halt", reason, flatten, timeMs });
    this.#parts.reach?.("kill: halted");
  }

  /**
   * Takes no candle any more, lets what is under way come to its end, and gives the lease back (fault 61).
   *
   * @param withdraws True where nobody goes on: entries are taken back, as nothing would protect what they bring.
   */
  async close(reason: string, withdraws = false): Promise<void> {
    this.#feed?.stop();
    const { real } = this.#parts, untilMs = real.now() + CLOSE_MS;
    if (withdraws) this.#askEntriesBack();
    const isBusy = () =>
      this.#session !== null &&
      (!this.#session.isIdle || !this.#link!.isIdle || withdraws && this.#entries().length > 0);
    while (this.#end === null && isBusy() && real.now() < untilMs) {
      // Again and again: an answer that was lost must not leave one behind.
      if (withdraws) { for (const name of this.#entries()) this.#link?.cancel(name); }
      await pause(real, CLOSE_LOOK_MS);
    }
    if (this.#end !== null) return;
    const left = withdraws ? this.#entries() : [];
    const message = this.#session === null
      ? "it had not read its account yet: entries that wait at the venue are left there, look at it"
      : `${left.join(", ")} could not be taken back: nobody looks after what they may still bring`;
    if (withdraws && (this.#session === null || left.length > 0)) this.#parts.alarm({ code: "entries-left", message });
    this.#endWith(reason);
    // Where it cannot be given back it ends by itself; and where something may still arrive, the successor has to wait.
    const mayArrive = isBusy() ||
      this.#session?.trader.state.orders.some(({ state }) => state === "sending" || state === "unknown");
    if (this.#lease !== null && this.#isAlone && mayArrive !== true) {
      await this.#parts.lease.release(this.#lease.held).catch(() => null);
    }
    this.#parts.ended(reason);
  }

  stop(reason: string): void {
    if (this.#end !== null) return;
    this.#endWith(reason);
    this.#parts.ended(reason);
  }

  #entries(): ClientOrderId[] {
    const orders = this.#session?.trader.state.orders ?? [];
    return orders.filter(({ intent }) => intent.slot === "entry").map(({ intent }) => intent.clientOrderId);
  }

  /** By way of the trader as well: one that is being moved must not be sent anew. */
  #askEntriesBack(): void {
    const timeMs = this.#session?.trader.state.nowMs;
    if (timeMs === undefined) return;
    const requests = [{ kind: "withdraw" }] as const;
    for (let book = 0; book < this.#parts.config.books.length; book++) {
      this.#session!.offer({ kind: "decision", book, requests, timeMs });
    }
  }

  #endWith(reason: string): void {
    this.#end = reason;
    this.#feed?.stop();
    this.#session?.stop(reason);
  }

  async #run(): Promise<void> {
    const { real, storeOf, reach } = this.#parts;
    const lease = await this.#acquire();
    if (lease === null) return;
    this.#renewLater();
    // What the one before sent last may still arrive: it must not meet what is decided now (I7).
    if (!lease.isClean) await pause(real, this.#parts.requestsEndMs);
    const store = storeOf(lease.epoch), guarded = await this.#guarded(store, lease);
    // The watchdog gives its lease back whatever became of its orders.
    if (lease.isClean && guarded.length > 0) await pause(real, this.#parts.requestsEndMs);
    this.#isAlone = true;
    const session = this.#end === null ? await this.#open(store) : null;
    if (session === null) return;
    reach?.("recovery: before venue");
    const lost = await this.#lostOrders(session, store, guarded.map(({ clientOrderId }) => clientOrderId));
    if (this.#end !== null) return;
    const link = this.#link = this.#linkOf(session);
    this.#session = session;
    const isNew = session.isNew;
    session.lead(link, guarded, lost);
    // Their executions are the session's, which has to know the orders first.
    while (guarded.length > 0 && this.#end === null && !session.isIdle) await pause(real, SETTLE_LOOK_MS);
    if (lost.length > 0) this.#tellLost(session, lost);
    if (isNew) await this.#takeAccount(session);
    await this.#reconcile(session, link);
    reach?.("recovery: after venue");
    this.#look();
    await this.#settle(session);
    reach?.("recovery: settled");
    if (this.#end !== null) return;
    const { state } = session.trader, { scheduler, lengthMs, freshMs } = this.#parts;
    this.#feed = new CandleFeed(
      {
        symbols: this.#parts.config.instruments.map(({ symbol }) => symbol),
        lengthMs,
        ...(freshMs === undefined ? {} : { freshMs }),
        scheduler,
        offer: (input) => session.offer(input),
        fetch: this.#parts.fetchCandles,
        alarm: this.#parts.alarm,
      },
      state.lastOpenTimeMs,
      state.marks,
    );
    await this.#feed.start();
    this.#parts.leads?.(this);
  }

  /** Orders of the watchdog that the journal does not have; a leader whose epoch they had already leaves its place. */
  async #guarded(store: SessionStore, lease: HeldLease): Promise<readonly RiskApproved<OrderIntent>[]> {
    const { guard, real, config } = this.#parts;
    if (guard === undefined) return [];
    while (this.#end === null && !guard.hold()) await pause(real, SETTLE_LOOK_MS);
    const orders = await this.#guardOrders(guard);
    const newest = Math.max(0, ...orders.map(({ clientOrderId }) => epochIn(clientOrderId, config.session)));
    if (newest >= lease.epoch) await this.close(`the watchdog has sent orders of epoch ${newest}: a later one leads`);
    while (this.#end === null && orders.length > 0) {
      const known = await store.known(orders.map(({ clientOrderId }) => clientOrderId));
      if (known.kind === "done") return orders.filter(({ clientOrderId }) => !known.value.has(clientOrderId));
      await pause(real, CATCH_UP_RETRY_MS);
    }
    return [];
  }

  /** What cannot be read is told; what it hides is found at the venue, as orders that the database has lost. */
  async #guardOrders(guard: GuardSide): Promise<RiskApproved<OrderIntent>[]> {
    try {
      return (await guard.orders()).map(({ order }) => order);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#parts.alarm({ code: error.code, message: error.message });
      return [];
    }
  }

  /** The lease holds again: it goes on unless the watchdog has sent meanwhile, of which this process knows nothing. */
  async #holdAgain(guard: GuardSide): Promise<void> {
    if (!guard.hold()) return;
    const trader = this.#session?.trader;
    const orders = trader === undefined ? [] : await this.#guardOrders(guard);
    if (orders.some(({ clientOrderId }) => findOrder(trader!.state, clientOrderId) === undefined)) {
      return this.stop("the watchdog has acted while the database was away: a successor goes on");
    }
    this.#isGuardHeld = true;
  }

  /** Orders that the database has lost; a leader whose epoch they had already leaves its place to one with a later epoch. */
  async #lostOrders(
    { trader: { state } }: TradingSession,
    store: SessionStore,
    guarded: readonly ClientOrderId[],
  ): Promise<ClientOrderId[]> {
    const { config: { instruments, session }, exchange, scheduler } = this.#parts;
    const isOurs = (id: string): id is ClientOrderId => isOfSession(id, session);
    const unsent = state.orders.filter((own) => own.state === "approved" || own.state === "recorded");
    const isUnsent = (id: ClientOrderId) => unsent.some(({ intent }) => intent.clientOrderId === id);
    const sinceMs = Number.isFinite(state.nowMs) && state.nowMs > 0 ? state.nowMs : scheduler.now();
    const fromMs = Math.max(0, sinceMs - LOOK_BACK_MS) as TimestampMs;
    for (let tries = 1; this.#end === null; tries++) {
      const found = await lostOrders({ exchange, instruments, store, isOurs, isUnsent }, fromMs);
      if (found !== null) {
        const lost = found.filter((name) => !guarded.includes(name));
        const newest = Math.max(0, ...lost.map((name) => epochIn(name, session)));
        // Names have to be new: what was asked of an order of this epoch must not be answered by another one.
        if (newest >= this.#lease!.held.epoch) {
          await this.close(`the venue knows orders of epoch ${newest}: a later one leads`);
        }
        return lost;
      }
      await this.#waitForVenue(tries, "orders");
    }
    return [];
  }

  async #waitForVenue(tries: number, what: string): Promise<void> {
    if (tries === TOLD_TRIES) {
      const message = `the ${what} of the account cannot be read, and nothing is traded before they are: look at the ` +
        "venue, and at the key with deno task keys test";
      this.#parts.alarm({ code: "venue-silent", message });
    }
    await pause(this.#parts.real, tries < TOLD_TRIES ? CATCH_UP_RETRY_MS : TOLD_RETRY_MS);
  }

  #tellLost(session: TradingSession, lost: readonly ClientOrderId[]): void {
    const reason = `the database has lost ${counted(lost.length, "order")} that the venue has, as ${
      lost[0]
    }: look at both`;
    this.#parts.alarm({ code: "orders-lost", message: reason });
    session.offer({ kind: "halt", reason, flatten: false, timeMs: this.#parts.scheduler.now() });
  }

  /** What the account has beside its cash when a session begins is not of its trades. */
  async #takeAccount(session: TradingSession): Promise<void> {
    const { exchange, scheduler, config: { instruments } } = this.#parts;
    for (let tries = 1;; tries++) {
      const balances = await exchange.balances();
      if (balances.kind === "done") {
        for (const { asset, total } of balances.value) {
          const amount = notional(total), timeMs = scheduler.now();
          if (amount === 0n || instruments.some(({ quote }) => quote === asset)) continue;
          const adjustment = { id: `held-${asset}`, asset, amount, reason: "held when the session began", timeMs };
          session.offer({ kind: "adjusted", adjustment, timeMs });
        }
        return;
      }
      if (this.#end !== null) return;
      await this.#waitForVenue(tries, "balances");
    }
  }

  async #acquire(): Promise<HeldLease | null> {
    const { lease, real, wallMs } = this.#parts;
    while (this.#end === null) {
      const askedMs = wallMs(), outcome = await lease.acquire(this.#leaseTtlMs);
      if (outcome.kind === "done" && isHeld(outcome.value)) {
        this.#lease = countedLease(outcome.value, askedMs, this.#leaseTtlMs);
        return outcome.value;
      }
      await pause(real, this.#leaseTtlMs / RETRIES_PER_TTL);
    }
    return null;
  }

  #renewLater(): void {
    const { real, lease, wallMs } = this.#parts;
    real.after(this.#leaseTtlMs / RENEWALS_PER_TTL, () => {
      if (this.#end !== null) return;
      this.#renewLater();
      const { guard, monotonic } = this.#parts;
      // From here on the watchdog may act in its place.
      if (guard !== undefined && monotonic() >= this.#lease!.held.validUntilMs) {
        this.#isGuardHeld = false;
        guard.letGo();
      }
      const askedMs = wallMs();
      lease.renew(this.#lease!.held, this.#leaseTtlMs).then(async (outcome) => {
        if (outcome.kind === "refused") return this.stop(`another process leads: ${outcome.reason}`);
        if (outcome.kind !== "done") return;
        this.#lease = countedLease(outcome.value, askedMs, this.#leaseTtlMs);
        if (guard !== undefined && !this.#isGuardHeld) await this.#holdAgain(guard);
      }).catch(this.#fail);
    });
  }

  /** Nobody foresaw it, or the database cannot write any more: a successor reads what is durable (faults 53 and 68). */
  readonly #fail = (error: unknown): void => {
    if (this.#end !== null) return;
    this.#parts.alarm({ code: "session-failed", message: (error as Error).stack ?? String(error) });
    this.stop((error as Error).message);
  };

  async #open(store: SessionStore): Promise<TradingSession | null> {
    const { config, scheduler, real, alarm, reach, seen } = this.#parts;
    while (this.#end === null) {
      const opened = await TradingSession.open({
        config,
        store,
        scheduler,
        real,
        epoch: this.#lease!.held.epoch,
        alarm,
        ended: (reason) => this.stop(reason),
        ...(seen === undefined ? {} : { seen }),
        ...(reach === undefined ? {} : { reach }),
      });
      if (opened.kind === "done") return opened.value;
      await pause(real, CATCH_UP_RETRY_MS);
    }
    return null;
  }

  #linkOf(session: TradingSession): ExchangeLink {
    const { config, exchange, scheduler, killed, mode, unfit, hearForeign, reach, decisionLastsMs } = this.#parts,
      { pushesFills = false } = this.#parts;
    const grids = this.#grids = new GridWatch({
      exchange,
      trader: session.trader,
      scheduler,
      offer: (event) => session.offer(event),
      failed: (error) => session.fail(error),
    });
    return new ExchangeLink({
      exchange,
      instruments: config.instruments,
      scheduler,
      sendMs: config.timing.sendMs,
      pushesFills,
      gate: sessionGate({
        killed,
        mode,
        leads: () => this.#end === null && this.#isGuardHeld && isInForce(this.#lease!, this.#parts),
        nowMs: () => scheduler.now(),
        ...(decisionLastsMs === undefined ? {} : { decisionLastsMs }),
        ...(unfit === undefined ? {} : { unfit }),
      }),
      find: (id) => findOrder(session.trader.state, id),
      isOurs: (id) => isOfSession(id, config.session),
      isOfSuccessor: (id) => epochIn(id, config.session) > this.#lease!.held.epoch,
      hear: (event) => {
        session.offer(event);
        if (event.kind === "refused" && event.code === "invalid-order") grids.suspect();
      },
      hearForeign,
      failed: (error) => session.fail(error),
      ...(reach === undefined ? {} : { reach }),
    });
  }

  /** Reads what happened on the account while nobody looked, and goes on reading it. */
  async #reconcile(session: TradingSession, link: ExchangeLink): Promise<void> {
    const { config: { instruments, session: tag }, exchange, scheduler } = this.#parts;
    const watch = new AccountWatch({
      exchange,
      link,
      trader: session.trader,
      fills: session.fills,
      scheduler,
      isOurs: (id) => isOfSession(id, tag),
      isSettled: () => session.isIdle,
      offer: (event) => session.offer(event),
    });
    const sinceMs = session.trader.state.nowMs - OVERLAP_MS;
    for (const market of instruments) {
      for (let tries = 1; this.#end === null && !await watch.readFills(market, sinceMs); tries++) {
        await this.#waitForVenue(tries, `executions in ${market.symbol}`);
      }
      this.#parts.reach?.("recovery: between pages");
    }
    void this.#watch(watch, link).catch((error) => session.fail(error));
  }

  /** Goes through the markets again and again, one after the other: all at once would hold up what is decided meanwhile. */
  async #watch(watch: AccountWatch, link: ExchangeLink): Promise<void> {
    const { config: { instruments }, scheduler, real } = this.#parts;
    const readMs = instruments.map(() => scheduler.now());
    for (let isWhole = true;;) {
      let isRead = true;
      for (const [number, market] of instruments.entries()) {
        const hurries = !isWhole || watch.isInDoubt, pauseMs = CATCH_UP_MS / instruments.length;
        await pause(real, hurries ? Math.min(pauseMs, HURRY_MS) : pauseMs);
        if (this.#end !== null) return;
        const startedMs = scheduler.now();
        if (await watch.readFills(market, readMs[number]! - OVERLAP_MS)) readMs[number] = startedMs;
        else isRead = false;
        await link.readOpenOrders(market);
      }
      isWhole = isRead && this.#end === null && await watch.readBalances();
      this.#grids?.look();
    }
  }

  /** Lets the trader look after what is overdue. */
  #look(): void {
    const { scheduler, real } = this.#parts;
    real.after(TIMER_MS, () => {
      if (this.#end !== null) return;
      this.#look();
      const session = this.#session!, timeMs = scheduler.now();
      if (session.waiting > 0) return;
      if (hasOverdue(session.trader, timeMs)) session.offer({ kind: "timer", timeMs });
      if (hasExitsToRetry(session.trader, timeMs)) session.offer({ kind: "retry", timeMs });
    });
  }

  async #settle({ trader }: TradingSession): Promise<void> {
    const { real } = this.#parts, untilMs = real.now() + SETTLE_MS;
    const isUnknown = () => trader.state.orders.some(({ state }) => state === "unknown");
    while (this.#end === null && isUnknown() && real.now() < untilMs) await pause(real, SETTLE_LOOK_MS);
  }
}
