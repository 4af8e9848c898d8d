// Trader, venue, journal, clock and line in one process, with everything that goes wrong drawn from one seed.
import {
  coarser,
  type FaultName,
  FAULTS,
  Faults,
  LoopbackVenue,
  Mishaps,
  type Refusal,
  SeededMarket,
  type VenueNews,
} from "../../exchanges/mod.ts";
import { sha256Hex } from "../../identity/mod.ts";
import { type Candle, type Instrument, instrument } from "../../market/mod.ts";
import { floorToLot, notional, type Quantity } from "../../money/mod.ts";
import { limitRules, PRE_TRADE_RULES } from "../../risk/mod.ts";
import {
  CRASH_LABELS,
  type CrashLabel,
  DAY_MS,
  MINUTE_MS,
  SeededRandom,
  timeframe,
  type TimestampMs,
} from "../../time/mod.ts";
import { DEFAULT_TIMING, type TraderConfig } from "../../trader/mod.ts";
import type { ArrivedCandle } from "../candle_feed.ts";
import { EntryRate } from "../entry_rate.ts";
import { HostGuard, MOST_SKEW_MS } from "../host_guard.ts";
import { SessionRunner } from "../session_runner.ts";
import { busyStrategy } from "./busy_strategy.ts";
import { WorldAudit } from "./world_audit.ts";
import { type Limits, WorldChecks } from "./world_checks.ts";
import { VenueSpells } from "./venue_spells.ts";
import type { TradingMode } from "../session_gate.ts";
import { type Mischief, MISCHIEFS, OF_THE_LINE, type Swarm, swarmOf } from "./swarm.ts";
import { WorldClock } from "./world_clock.ts";
import { fillOf, orderOf, WorldExchange } from "./world_exchange.ts";
import { WorldProcess } from "./world_process.ts";
import { DISK_FULL, StoreLine, WorldStore } from "./world_store.ts";
import { CASH, type WorldView } from "./world_view.ts";

export interface WorldOptions {
  readonly seed: number;
  readonly days: number;
  /** Drawn from the seed without it. */
  readonly swarm?: Swarm;
}

/** What came of a world. */
export interface WorldResult {
  readonly seed: number;
  readonly days: number;
  readonly violations: readonly string[];
  /** SHA-256 over all that happened, in its order: the same seed and program give the same. */
  readonly hash: string;
  /** How often each fault struck, by its name in the catalogue. */
  readonly fired: Readonly<Record<string, number>>;
  /** Steps that orders took, as in `open>filled`. */
  readonly steps: Readonly<Record<string, number>>;
  readonly orders: number;
  readonly fills: number;
  readonly starts: number;
  /** From the end of all faults until every order was settled, milliseconds. */
  readonly settledAfterMs: number;
}

const START_MS = Date.UTC(2024, 0, 1), LIMITS: Limits = { maxPositions: 2, maxEntriesPerDay: 120 };
const SYMBOLS = [["BTC/USDT", 42_000], ["ETH/USDT", 2_300], ["SOL/USDT", 100]] as const;
/** A market that was halted opens again with this chance every few ticks; a person looks at halts so often. */
const REOPENS_PER_TICK = 0.02, RESUMES_MS = 30 * MINUTE_MS;
/** A copy of the database lags behind by so much at most. */
const MOST_LOST_MS = 5_000;
/** A clock that is off by little is noticed when the venue's is asked for next. */
const CLOCK_ASKED_MS = 65_000;
/** Processes look for a kill switch, and at their machine, so often. */
const KILL_LOOK_MS = 5_000, GUARD_LOOK_MS = 5_000;
/** A kill switch stays set, and reads lag behind, for so long. */
const KILLED_MS = 20 * MINUTE_MS, LAG_LASTS_MS = 60 * MINUTE_MS;
/** A disk stays full, and a mode lowered, for so long at most; without orders at all nothing is protected for long. */
const AFTER_FAILURE_MS = 20_000, FULL_MS = 2 * MINUTE_MS, READ_ONLY_MS = 4 * MINUTE_MS, REDUCE_ONLY_MS = 20 * MINUTE_MS;
/** Processes that wait for a lease ask for it so often: a bit longer than that after its end another one has it. */
const OTHER_LEADS_MS = 450;
/** A process beside the one that leads waits for so long. */
const WAITS_MS = 20 * MINUTE_MS;
/** Reads lag behind by less than a proof of absence waits, lists of executions by less than those have before they are missed. */
const MOST_LAG_MS = DEFAULT_TIMING.marginMs + DEFAULT_TIMING.missGapMs - 500, MOST_FILLS_LAG_MS = 20_000;
const LATE_LAG_MS = 10 * MINUTE_MS, LIMITED_MS = 5 * MINUTE_MS, BROKEN_MS = 30_000, QUERIES_AWAY_MS = 3 * MINUTE_MS;
/** Longer than that of real processes, as are the pauses: renewals would take half of a world's time. */
const LEASE_TTL_MS = 6_000;
/** Venues that refuse old requests, and how old: one of them in each world. */
const REQUEST_EXPIRIES_MS = [3_000, 12_000] as const;
/** The venue's refusals by their numbers in the catalogue. */
const REFUSED_AS: Readonly<Partial<Record<Refusal, string>>> = {
  "bad-price": "A7 off the grid",
  "bad-quantity": "A7 off the grid",
  "too-small": "A7 off the grid",
  "no-funds": "A9 no funds",
  "would-take": "A11 would take",
  closed: "A13 closed",
};
/** And those of our own rules. */
const REFUSED_HERE: Readonly<Record<string, string>> = {
  duplicate: "A14 same wish twice",
  "insufficient-funds": "A9 no funds here",
};
const TICK_MS = 10_000, LIVENESS_MS = 5 * MINUTE_MS;
/** The labels that belong to files and sockets, which a world does not have, and to whoever sets the kill switch. */
const ELSEWHERE =
  /^(in commit|half of|request|response received|cancel written|before place|after place|kill|(before|after) (sign$|lease))/;
const LABELS: readonly CrashLabel[] = CRASH_LABELS.filter((label) => label === "before sign" || !ELSEWHERE.test(label));

/** What moves balances otherwise than by trades as they were told. */
const MOVERS: readonly FaultName[] = [
  "fee-elsewhere",
  "fee-revised",
  "fee-missing",
  "bust",
  "deposit",
  "withdrawal",
  "dust",
  "foreign-order",
];

/** Where things happen in a world, and what is seen of them. */
export class World implements WorldView {
  readonly clock = new WorldClock(START_MS);
  readonly venue: LoopbackVenue;
  readonly store = new WorldStore(this.clock);
  readonly instruments: readonly Instrument[];
  readonly config: TraderConfig;
  readonly checks: WorldChecks;
  readonly #audit: WorldAudit;
  readonly #requestExpiryMs: number;
  readonly fired = new Map<string, number>();
  readonly #options: WorldOptions;
  readonly #markets: readonly SeededMarket[];
  readonly #faults: Faults;
  readonly #mishaps: Mishaps;
  readonly #random: SeededRandom;
  readonly #log: string[] = [];
  #swarm: Swarm;
  #hash = "";
  #starts = 0;
  /** Processes that were started and have not ended, the newest last. */
  readonly #running: { readonly process: WorldProcess; readonly runner: SessionRunner; readonly line: StoreLine }[] =
    [];
  /** By how much the clocks of the machines are off, and since when. */
  readonly #clocks = new Map<string, { readonly offMs: number; readonly sinceMs: number }>();
  #silentUntilMs = -Infinity;
  #losesCommits: () => void = () => {};
  readonly #spells: VenueSpells;
  /** Faults of the line and the venue so far, and when the last one was noticed. */
  #line = { faults: 0, troubledAtMs: -Infinity };
  #mode: TradingMode = "trade";
  /** The label at which the process dies that is started next; null where at none. */
  #nextDiesAt: CrashLabel | null = null;
  readonly #areFillsNamed: boolean;

  constructor(options: WorldOptions) {
    const { seed } = options;
    this.#options = options;
    this.#swarm = options.swarm ?? swarmOf(seed);
    this.#random = new SeededRandom(seed);
    this.#areFillsNamed = seed % 2 === 0;
    this.#markets = SYMBOLS.map(([symbol, startPrice]) =>
      new SeededMarket({ symbol, seed, listedAtMs: START_MS - DAY_MS as TimestampMs, startPrice })
    );
    this.venue = new LoopbackVenue(this.#markets, this.clock, { cashQuote: CASH, seed });
    this.instruments = this.#markets.map(({ symbol, tick, lot, minNotional }) =>
      instrument({ exchange: "world", symbol, kind: "spot", tick, lot, minNotional })
    );
    this.#requestExpiryMs = REQUEST_EXPIRIES_MS[seed % 3 === 0 ? 1 : 0];
    this.config = configOf(this.instruments, seed, this.#requestExpiryMs);
    this.#faults = new Faults({ seed, shares: this.#swarm.shares });
    this.#mishaps = new Mishaps(this.venue, this.#faults);
    this.#spells = new VenueSpells(this.clock);
    this.checks = new WorldChecks(this, LIMITS);
    this.#audit = new WorldAudit(this, (invariant, what) => this.checks.violation(invariant, what));
    this.store.committed = (batch) => {
      this.checks.onCommitted(batch);
      this.#audit.onCommitted(batch);
    };
    this.venue.listeners.add((news) => this.#tell(news));
  }

  /** Lets the days pass, then lets all faults end and waits for things to settle. */
  async run(): Promise<WorldResult> {
    const { seed, days } = this.#options, untilMs = START_MS + days * DAY_MS;
    try {
      this.#tick();
      this.#minute();
      this.#resume();
      this.#startProcess("a");
      for (const mischief of MISCHIEFS) this.#plan(mischief);
      await this.clock.runTo(untilMs);
      this.#calm();
      await this.#settle();
      await this.checks.atTheEnd();
    } catch (error) {
      this.checks.violation("I15", (error as Error).stack ?? String(error));
    }
    for (const { process } of this.#running) process.kill();
    for (const [name, count] of this.#faults.fired) {
      FAULTS[name].ids.forEach((id) => this.count(`${id} ${name}`, count));
    }
    return {
      seed,
      days,
      violations: this.checks.violations,
      hash: this.#rolled(),
      fired: Object.fromEntries(this.fired),
      steps: Object.fromEntries(this.checks.steps),
      orders: this.venue.orders.length,
      fills: this.venue.fills.length,
      starts: this.#starts,
      settledAfterMs: this.checks.settledAfterMs,
    };
  }

  /** Who trades now: the runner whose process is alive, the newest first. */
  get leader(): { readonly process: WorldProcess; readonly runner: SessionRunner } | undefined {
    return this.#running.findLast(({ process, runner }) => process.isAlive && runner.session !== null);
  }

  /** A market's candle as it was. */
  candle(number: number, openTimeMs: number): Candle | null {
    return this.#markets[number]!.minute(openTimeMs);
  }

  /** True while a batch may wait for the database for longer than a moment. */
  get isStoreTroubled(): boolean {
    const { storeRequestLost, storeAnswerLost, storeSlow } = this.#swarm;
    return this.#swarm.perDay["store-away"] > 0 || storeRequestLost + storeAnswerLost + storeSlow > 0 ||
      this.#swarm.perDay["disk-full"] > 0 ||
      this.#swarm.perDay["stop-process"] > 0 || this.#swarm.perDay["second-process"] > 0;
  }

  /** Looked at with each tick, too. */
  wasLineTroubled(withinMs: number): boolean {
    let faults = 0;
    for (const [name, times] of this.#faults.fired) if (FAULTS[name].acts !== "candles") faults += times;
    if (faults > this.#line.faults) this.#line = { faults, troubledAtMs: this.clock.now() };
    return this.clock.now() - this.#line.troubledAtMs < withinMs;
  }

  get mode(): TradingMode {
    return this.#mode;
  }

  get killed(): string | null {
    return this.checks.killed;
  }

  get hasMovedBalances(): boolean {
    return this.store.lost.size > 0 || this.fired.has("F66 lost commits") ||
      MOVERS.some((name) => this.#faults.fired.has(name));
  }

  /** Counts a fault that struck. */
  count(what: string, times = 1): void {
    this.fired.set(what, (this.fired.get(what) ?? 0) + times);
  }

  /** Adds a line to what happened. */
  note(line: string): void {
    this.#log.push(`${this.clock.now()} ${line}`);
    if (this.#log.length >= 1_000) this.#rolled();
  }

  #rolled(): string {
    this.#hash = sha256Hex(`${this.#hash}\n${this.#log.join("\n")}`);
    this.#log.length = 0;
    return this.#hash;
  }

  /** Time passes for the venue, too. */
  #tick(): void {
    this.venue.now();
    for (const market of this.#markets) {
      if (!this.venue.isTrading(market) && this.#random.next() < REOPENS_PER_TICK) this.venue.halt(market, false);
    }
    this.checks.atTick();
    this.clock.after(TICK_MS, () => this.#tick());
  }

  /** A person looks from time to time, and lets the account go on. */
  #resume(): void {
    this.clock.after(RESUMES_MS, () => {
      this.#resume();
      const session = this.leader?.runner.session, state = session?.trader.state;
      if (this.killed !== null) return;
      const isHalted = state !== undefined &&
        (state.halted !== null || state.books.some(({ halted }) => halted !== null));
      if (isHalted) session!.offer({ kind: "resume", timeMs: this.clock.now() });
    });
  }

  /** A minute has closed: its candles are on their way. */
  #minute(): void {
    const nowMs = this.clock.now(), next = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
    this.clock.after(next - nowMs, () => {
      this.#minute();
      for (const running of this.#running) this.#sendCandles(running.process, running.runner, next - MINUTE_MS);
    });
  }

  #sendCandles(process: WorldProcess, runner: SessionRunner, openTimeMs: number): void {
    this.#markets.forEach((market, number) => {
      const candle = market.minute(openTimeMs);
      const fault = this.#faults.draw("candles", "candles");
      if (this.#random.next() < this.#swarm.forming) this.#sendForming(process, runner, number, openTimeMs + MINUTE_MS);
      if (this.#random.next() < this.#swarm.garbage) this.#sendGarbage(process, runner, number);
      if (candle === null || fault === "gap" || this.clock.now() < this.#silentUntilMs) return;
      const arrived = faulty({ ...candle, instrument: number }, fault);
      const delayMs = fault === "disorder" ? 500 + this.#random.next() * 90_000 : 20 + this.#random.next() * 900;
      this.#later(process, delayMs, () => runner.feed?.take(arrived));
      if (fault === "duplicate") this.#later(process, delayMs + 300, () => runner.feed?.take(arrived));
      if (fault === "revision") {
        const changed = { ...arrived, close: arrived.open };
        this.#later(process, delayMs + 3_000, () => runner.feed?.take(changed));
      }
    });
  }

  /** The minute that begins now is told while it goes on (fault 35). */
  #sendForming(process: WorldProcess, runner: SessionRunner, number: number, openTimeMs: number): void {
    const { open } = this.#markets[number]!.minute(openTimeMs)!;
    const forming = { openTimeMs: openTimeMs as TimestampMs, open, high: open, low: open, close: open, volume: 0 };
    this.count("C35 forming candle");
    this.#later(process, 30_000, () => {
      // Heard after its end, as by a process that stood still, it is held back until the stream's next state.
      if (this.clock.now() < openTimeMs + MINUTE_MS) runner.feed?.take({ ...forming, instrument: number });
    });
  }

  /** A frame that was taken for a candle (fault 42). */
  #sendGarbage(process: WorldProcess, runner: SessionRunner, number: number): void {
    this.count("C42 garbage");
    const openTimeMs = this.clock.now() - MINUTE_MS, text = "}{" as unknown as number;
    const garbage = { openTimeMs, open: text, high: text, low: text, close: text, volume: text, instrument: number };
    this.#later(process, 50, () => runner.feed?.take(garbage));
  }

  #later(process: WorldProcess, delayMs: number, work: () => void): void {
    this.clock.after(delayMs, () => process.deliver(work));
  }

  /** The account's stream: every process that listens hears of it, sooner or later or twice or never. */
  #tell(news: VenueNews): void {
    if (news.kind !== "order") return;
    if (news.fill !== null) this.checks.onFill(news.fill);
    this.#audit.onNews(news.order, news.fill?.quantity ?? null);
    this.note(`venue ${news.order.clientOrderId} ${news.order.state} ${news.order.filled} ${news.fill?.number ?? ""}`);
    const order = orderOf(news.order), fill = news.fill === null ? null : fillOf(news.fill, this.#areFillsNamed);
    for (const { process, runner } of this.#running) {
      if (this.clock.now() < this.#silentUntilMs) continue;
      const fault = this.#faults.draw("event", "event");
      if (fault === "lost-event") continue;
      const market = this.instruments.find(({ symbol }) => symbol === news.order.market.symbol)!;
      const delayMs = 5 + this.#random.next() * (fault === "late-event" || fault === "disordered-event" ? 20_000 : 100);
      const hear = () => {
        if (fill !== null) runner.link?.hearFill(market, fill);
        runner.link?.hearOrder(market, order);
      };
      this.#later(process, delayMs, hear);
      if (fault === "duplicate-event") this.#later(process, delayMs + 1_000, hear);
    }
  }

  #startProcess(name: string): void {
    this.#starts++;
    const process = new WorldProcess(this.clock, `${name}${this.#starts}`), { store } = this;
    this.note(`start ${process.name}`);
    if (this.#nextDiesAt !== null) process.dieAt(this.#nextDiesAt);
    this.#nextDiesAt = null;
    const line = new StoreLine(store, process, {
      draw: () => this.#random.next(),
      lostRequest: () => this.#swarm.storeRequestLost,
      lostAnswer: () => this.#swarm.storeAnswerLost,
      slow: () => this.#swarm.storeSlow,
      count: (fault) => this.count(`${fault} database`),
    });
    const clockOffMs = () => this.#clocks.get(name)?.offMs ?? 0;
    const exchange = new WorldExchange({
      venue: this.venue,
      faults: this.#faults,
      mishaps: this.#mishaps,
      process,
      draw: () => this.#random.next(),
      asksWithoutEnd: (requests) => {
        this.checks.violation("I12", `${name} has made ${requests} requests within a minute`);
        process.kill();
      },
      sent: (request, arrivesMs) => {
        const clock = this.#clocks.get(name);
        const isOff = clock !== undefined && Math.abs(clock.offMs) > MOST_SKEW_MS;
        this.#losesCommits();
        this.#losesCommits = () => {};
        this.checks.onSent(request.clientOrderId);
        this.#audit.onSent(request, arrivesMs, isOff ? Math.max(0, this.clock.now() - clock.sinceMs) : 0);
      },
      placed: (order) => {
        this.#audit.onPlaced(order);
        this.checks.onPlaced(order);
      },
      refused: (clientOrderId, code) => {
        this.count(REFUSED_AS[code] ?? "A6 refusal");
        this.#audit.onRefused(clientOrderId, code);
      },
      cancelled: (clientOrderId) => this.#audit.onCancel(clientOrderId),
      misstated: (clientOrderId) => this.#audit.onMisstated(clientOrderId),
      clockOffMs,
      requestExpiryMs: this.#requestExpiryMs,
      sendMs: DEFAULT_TIMING.sendMs,
      spells: this.#spells,
      count: (what) => this.count(what),
      areFillsNamed: this.#areFillsNamed,
    });
    const guard = HostGuard.watch({
      real: { now: () => this.clock.now() + clockOffMs() as TimestampMs, after: process.after.bind(process) },
      monotonic: () => process.monotonic(),
      skewMs: async () => {
        const told = await exchange.time();
        return told.kind === "done" ? told.value - this.clock.now() - clockOffMs() : NaN;
      },
      alarm: ({ code }) => process.isAlive && this.count(`alarm ${code}`),
      jumped: (reason) => {
        runner.halt(reason, false);
        void runner.close(reason);
      },
      signal: new AbortController().signal,
      lookMs: GUARD_LOOK_MS,
    });
    const rate = new EntryRate(SYMBOLS.length, MINUTE_MS);
    const runner: SessionRunner = SessionRunner.start({
      config: this.config,
      lease: line,
      storeOf: (epoch) => line.storeOf(epoch),
      exchange,
      pushesFills: true,
      fetchCandles: async (number, fromMs) => {
        const answer = await exchange.call(
          "candles",
          () => ({ kind: "done", value: this.#closedCandles(number, fromMs) }),
        );
        return answer.kind === "done" ? answer.value : null;
      },
      scheduler: process,
      real: process,
      lengthMs: MINUTE_MS,
      leaseTtlMs: LEASE_TTL_MS,
      requestsEndMs: this.#requestExpiryMs + DEFAULT_TIMING.marginMs,
      monotonic: () => process.monotonic(),
      wallMs: () => process.now(),
      killed: () => this.killed,
      mode: () => this.#mode,
      unfit: () => guard.unfit,
      alarm: ({ code, message }) => {
        if (!process.isAlive) return;
        this.note(`alarm ${code}`);
        this.count(`alarm ${code}`);
        // What cannot be written any more ends the process (fault 68).
        if (code === "session-failed" && !message.includes(DISK_FULL)) this.checks.violation("I15", message);
      },
      hearForeign: ({ what, id }) => this.checks.foreign(what, id),
      seen: (_, commands) => {
        for (const command of commands) {
          if (command.kind === "refused") this.count(REFUSED_HERE[command.refusal.code] ?? "A6 refused before");
          if (command.kind === "alarm" && command.code === "strategy-failed") {
            this.count(command.message.includes("has a bug") ? "E59 strategy fails" : "A16 nonsense");
          }
        }
        const excess = rate.take(commands, this.clock.now());
        if (excess === null) return;
        this.count("A15 flood");
        runner.halt(excess, false);
      },
      ended: (reason) => {
        if (!process.isAlive) return;
        this.note(`end ${process.name} ${reason}`);
        if (reason.startsWith("the session has")) this.checks.violation("I13", reason);
        process.kill();
        // Whoever keeps it starts one that has failed again later.
        this.#restart(name, reason === DISK_FULL ? AFTER_FAILURE_MS : 0);
      },
      reach: (label) => {
        this.checks.label(label);
        const dead = () => {
          this.note(`died ${process.name} at ${label}`);
          this.count("E53 kill");
          if (label.startsWith("recovery")) this.count("E54 kill while recovering");
          this.#restart(name);
        };
        const wasAlive = process.isAlive;
        try {
          process.reach(label);
        } finally {
          if (wasAlive && !process.isAlive) dead();
        }
        return process.standStill(label);
      },
    });
    // Whoever waits for long while another one leads is ended: to ask for the lease would take most of a world's time.
    this.clock.after(WAITS_MS, () => {
      const { leader } = this;
      if (process.isAlive && runner.session === null && leader !== undefined && leader.process !== process) {
        process.kill();
      }
    });
    for (let i = this.#running.length - 1; i >= 0; i--) {
      if (!this.#running[i]!.process.isAlive) this.#running.splice(i, 1);
    }
    this.#running.push({ process, runner, line });
    this.#watchKill(process, runner);
  }

  /** A process looks all the time whether it is to stop, also one that began after the word was given. */
  #watchKill(process: WorldProcess, runner: SessionRunner): void {
    if (!process.isAlive) return;
    if (this.killed !== null && runner.session?.trader.state.halted === null) {
      runner.halt(this.killed, false);
    }
    process.after(KILL_LOOK_MS, () => this.#watchKill(process, runner));
  }

  #restart(name: string, afterMs = 0): void {
    this.clock.after(afterMs + 500 + this.#random.next() * 3_000, () => this.#startProcess(name));
  }

  #closedCandles(number: number, fromMs: number): ArrivedCandle[] {
    const candles: ArrivedCandle[] = [];
    for (let openMs = fromMs; openMs + MINUTE_MS <= this.clock.now(); openMs += MINUTE_MS) {
      const candle = this.#markets[number]!.minute(openMs);
      if (candle !== null) candles.push({ ...candle, instrument: number });
    }
    return candles;
  }

  #plan(mischief: Mischief): void {
    const perDay = this.#swarm.perDay[mischief];
    if (perDay === 0) return;
    const inMs = -Math.log(1 - this.#random.next()) * DAY_MS / perDay;
    this.clock.after(inMs, () => {
      if (this.#swarm.perDay[mischief] === 0) return;
      this.#do(mischief);
      this.#plan(mischief);
    });
  }

  #do(mischief: Mischief): void {
    const alive = this.#running.filter(({ process }) => process.isAlive);
    const target = alive[Math.floor(this.#random.next() * alive.length)], drawn = this.#random.next();
    this.note(`mischief ${mischief}`);
    if (OF_THE_LINE.includes(mischief)) this.#line = { ...this.#line, troubledAtMs: this.clock.now() + LATE_LAG_MS };
    switch (mischief) {
      case "kill":
        return target && this.#die(target.process);
      case "kill-at-label":
        return this.#killAt(target?.process, LABELS[Math.floor(drawn * LABELS.length)]!);
      case "kill-after-send":
        return target?.process.dieAfterSend(() => {
          this.note(`died ${target.process.name} after an order had left`);
          this.count("E53 kill");
          this.#restart(target.process.name[0]!);
        });
      case "stop-process":
        if (target === undefined || target.process.isStopped) return;
        this.count("E55 pause");
        this.count("E58 loop that stands still");
        target.process.stop();
        this.clock.after(drawn * 60_000, () => target.process.goOn());
        return;
      case "stop-before-send":
        this.count("E55 pause");
        // Another process waits for its place in half of the cases.
        if (alive.length === 1 && this.#random.next() < 0.5) this.#startProcess("b");
        return target?.process.pauseBeforeSend(
          // Or right until another one may lead, while the order still counts as one that leaves soon.
          this.#random.next() < 0.5 ? () => drawn * 90_000 : () => this.#untilOtherLeads(),
          // Pressed while an order is about to be signed (fault 74).
          this.#random.next() < 0.3 ? () => this.#kill(false) : () => {},
        );
      case "kill-switch":
        // It has to hold with the database dead, too (I10).
        if (this.#random.next() < 0.5) this.#do("store-away");
        return this.#kill(drawn < 0.5);
      case "second-process":
        if (alive.length > 1) return;
        this.count("E57 second process");
        return this.#startProcess("b");
      case "store-away":
        if (this.store.isAway) return;
        this.count("F64 database");
        this.store.isAway = true;
        this.clock.after(drawn * 90_000, () => {
          this.store.isAway = false;
        });
        return;
      case "silent-stream":
        this.count("C31 silent stream");
        this.#silentUntilMs = this.clock.now() + drawn * 10 * MINUTE_MS;
        return;
      case "lagging-reads":
        this.count("B28 lagging reads");
        // A proof of absence waits for the margin and then for a second look.
        return this.#spells.lag((0.5 + drawn / 2) * MOST_LAG_MS, LAG_LASTS_MS);
      case "lagging-copy":
        return this.#spells.copyAnswersNext();
      case "lagging-fills":
        this.count("B24 lagging executions");
        return this.#spells.lagFills(drawn * MOST_FILLS_LAG_MS, LAG_LASTS_MS);
      case "late-order":
        this.count("A2 late order");
        this.#spells.lag(MOST_LAG_MS, LATE_LAG_MS);
        return this.#spells.meetNext("late");
      case "repeated-order":
        return this.#spells.meetNext("repeated");
      case "queries-away":
        // From an order on that has no answer either.
        this.#spells.meetNext("unanswered");
        return this.#spells.takeQueriesAway(drawn * QUERIES_AWAY_MS);
      case "limit-spent":
        return this.#spells.limit(drawn * LIMITED_MS);
      case "broken-stream":
        this.count("C32 broken stream");
        this.#silentUntilMs = Math.max(this.#silentUntilMs, this.clock.now() + drawn * BROKEN_MS);
        return;
      case "grid-changed":
        return this.#regrid(this.#markets[Math.floor(drawn * this.#markets.length)]!);
      case "mode-lowered":
        return this.#lowerMode(drawn < 0.3 ? "readOnly" : "reduceOnly");
      case "disk-full":
        if (this.store.isFull) return;
        this.store.isFull = true;
        this.clock.after(drawn * FULL_MS, () => {
          this.store.isFull = false;
        });
        return;
      case "partition": {
        const line = this.#running.find(({ process }) => process === target?.process)?.line;
        if (line === undefined || line.isCut) return;
        this.count("E55 partition");
        if (alive.length === 1 && this.#random.next() < 0.7) this.#startProcess("b");
        line.isCut = true;
        this.clock.after(drawn * 60_000, () => {
          line.isCut = false;
        });
        return;
      }
      case "clock-set": {
        const name = target?.process.name[0];
        if (name === undefined || this.#clocks.has(name)) return;
        this.count("D47 clock set");
        // By an hour at most, or by so little that the venue takes requests still: that is seen when its clock is asked for.
        const isSlight = this.#random.next() < 0.5, side = drawn < 0.5 ? -1 : 1;
        const offMs = isSlight ? side * (MOST_SKEW_MS + 150 + drawn * 300) : (drawn - 0.5) * 2 * 60 * MINUTE_MS;
        this.#clocks.set(name, { offMs, sinceMs: this.clock.now() + (isSlight ? CLOCK_ASKED_MS : 0) });
        // The venue takes nothing of it meanwhile: less than a position may be without a stop.
        this.clock.after(this.#random.next() * 9 * MINUTE_MS, () => this.#clocks.delete(name));
        return;
      }
      case "lost-commits":
        // Right after an order has left, which is what hurts.
        this.#losesCommits = () => this.clock.after(drawn * 1_000, () => this.#loseCommits());
        return;
      case "part-fill": {
        const open = this.venue.openOrders(), order = open[Math.floor(drawn * open.length)];
        if (order === undefined) return;
        const { lot } = this.instruments.find(({ symbol }) => symbol === order.market.symbol)!;
        if (this.#random.next() < 0.5) return this.#spells.tradeAtNextCancel();
        const part = floorToLot((order.quantity - order.filled) / 2n as Quantity, lot);
        if (part === 0n) return;
        this.count("B19 part of an order");
        this.venue.trade(order, part);
        // Its next part comes while what protects the first one is on its way.
        this.clock.after(this.#random.next() * 200, () => order.state === "open" && this.venue.trade(order, part));
        return;
      }
      case "terminate":
        this.count("E61 terminate");
        return void target?.runner.close("terminated");
    }
  }

  /** A copy of the database that lagged takes over (fault 66). */
  #loseCommits(): void {
    if (
      this.#swarm.perDay["lost-commits"] === 0 ||
      !this.store.rewind(this.clock.now() - this.#random.next() * MOST_LOST_MS)
    ) return;
    this.count("F66 lost commits");
    this.note(`lost ${this.store.lost.size}`);
    this.checks.rewound();
    this.#audit.rewound();
  }

  #killAt(process: WorldProcess | undefined, label: CrashLabel): void {
    if (!label.startsWith("recovery")) return process?.dieAt(label);
    // Only one that takes up comes by there: whoever comes after this one (fault 54).
    this.#nextDiesAt = label;
    if (process !== undefined) this.#die(process);
  }

  #die(process: WorldProcess): void {
    this.count("E53 kill");
    process.kill();
    this.#restart(process.name[0]!);
  }

  /** A market's steps and least sizes become coarser, or what they were again (fault 8). */
  #regrid(market: SeededMarket): void {
    this.count("A8 grid changed");
    const { tick, lot, minNotional } = this.venue.grid(market), isOwn = lot === market.lot;
    this.venue.regrid(market, isOwn ? coarser({ tick, lot, minNotional }) : market);
  }

  #untilOtherLeads(): number {
    const ms = this.store.leaseEndsMs - this.clock.now() + OTHER_LEADS_MS;
    return ms < DEFAULT_TIMING.sendMs - OTHER_LEADS_MS / 2 ? ms : 0;
  }

  /** A person lowers what the session may do, or the mode lapses: it halts, as whoever watches the mode does. */
  #lowerMode(mode: TradingMode): void {
    if (this.#mode !== "trade") return;
    this.count("E63 mode lowered");
    this.#mode = mode;
    for (const { process, runner } of this.#running) process.deliver(() => runner.halt(`the mode is ${mode}`, false));
    const lastsMs = mode === "readOnly" ? READ_ONLY_MS : REDUCE_ONLY_MS;
    this.clock.after(this.#random.next() * lastsMs, () => {
      this.#mode = "trade";
    });
  }

  #kill(flatten: boolean): void {
    if (this.killed !== null) return;
    this.count("74 kill switch");
    this.checks.kill("a person");
    this.#audit.onKilled();
    for (const { process, runner } of this.#running) process.deliver(() => runner.halt("a person", flatten));
    this.clock.after(KILLED_MS, () => this.checks.revive());
  }

  /** All faults end; what was stopped goes on. */
  #calm(): void {
    this.note("calm");
    this.#faults.plan({});
    this.#swarm = {
      ...this.#swarm,
      storeRequestLost: 0,
      storeAnswerLost: 0,
      storeSlow: 0,
      perDay: Object.fromEntries(MISCHIEFS.map((name) => [name, 0])) as Swarm["perDay"],
    };
    this.#silentUntilMs = -Infinity;
    this.store.isAway = false;
    this.checks.revive();
    this.#audit.onCleared();
    this.#clocks.clear();
    this.#spells.end();
    this.#nextDiesAt = null;
    this.#mode = "trade";
    this.store.isFull = false;
    for (const { line } of this.#running) line.isCut = false;
    for (const market of this.#markets) this.venue.halt(market, false);
    for (const { process } of this.#running) {
      process.spare();
      process.goOn();
    }
  }

  /** Waits until every order is settled, five minutes at most (liveness), and then until nothing is on its way. */
  async #settle(): Promise<void> {
    const calmMs = this.clock.now();
    while (this.clock.now() < calmMs + LIVENESS_MS) {
      await this.clock.runTo(this.clock.now() + 1_000);
      if (this.checks.isSettled()) break;
    }
    this.checks.settledAfterMs = this.clock.now() - calmMs;
  }
}

function configOf(instruments: readonly Instrument[], seed: number, requestExpiryMs: number): TraderConfig {
  return {
    session: "w",
    instruments,
    timeframe: timeframe("1m"),
    books: instruments.map((_, i) => ({
      strategy: busyStrategy.bind({ seed: (seed * 31 + i) >>> 0, wild: seed % 2 }),
      instrument: i,
    })),
    cash: notional(CASH),
    leverage: 1,
    sizing: { kind: "equity-fraction", fraction: 0.2 },
    sizeAt: "decision",
    reserveFraction: 0.005,
    rules: [...PRE_TRADE_RULES, ...limitRules(LIMITS)],
    canMove: false,
    exitsLock: true,
    haltsOnError: true,
    tradeFromMs: START_MS as TimestampMs,
    timing: { ...DEFAULT_TIMING, requestExpiryMs },
  };
}

/** A candle as it arrives with a fault in it. */
function faulty(candle: Candle & { readonly instrument: number }, fault: FaultName | null): ArrivedCandle {
  switch (fault) {
    case "future":
      return { ...candle, openTimeMs: candle.openTimeMs + 366 * DAY_MS };
    case "spike":
      return { ...candle, high: candle.high * 10 };
    case "not-a-number":
      return { ...candle, close: NaN };
    case "micros":
      return { ...candle, openTimeMs: candle.openTimeMs * 1_000 };
    default:
      return candle;
  }
}
