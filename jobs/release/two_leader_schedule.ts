// Two processes that both want to lead one account, on a real lease and a real journal, in a simulated time.
import { parseRunSpec } from "../../engine/backtest/mod.ts";
import { inTransaction } from "../../engine/database/mod.ts";
import { Faults, LoopbackVenue, Mishaps, SeededMarket } from "../../engine/exchanges/mod.ts";
import { journalState, startSession } from "../../engine/journal/mod.ts";
import { arrivedCandle } from "../../engine/live/candle_feed.ts";
import { SessionRunner } from "../../engine/live/session_runner.ts";
import { VenueSpells } from "../../engine/live/world/venue_spells.ts";
import { WorldClock } from "../../engine/live/world/world_clock.ts";
import { fillOf, orderOf, WorldExchange } from "../../engine/live/world/world_exchange.ts";
import type { WorldProcess } from "../../engine/live/world/world_process.ts";
import { DAY_MS, MINUTE_MS, type Scheduler, SeededRandom, type TimestampMs } from "../../engine/time/mod.ts";
import { DEFAULT_TIMING } from "../../engine/trader/mod.ts";
import { sessionConfig } from "../trading/session_config.ts";
import { duplicatesIn, oldEpochsIn } from "./crash_books.ts";
import { eagerStrategy } from "./eager_strategy.ts";
import { HaltingProcess } from "./halting_process.ts";
import { type Passage, type VirtualDatabase, VirtualLine } from "./virtual_database.ts";

/** What came of a schedule. */
export interface ScheduleResult {
  readonly seed: number;
  /** Sentences about orders that the venue took twice, for one place in a plan or of an epoch that was over. */
  readonly violations: readonly string[];
  readonly orders: number;
  /** How often the account was led anew. */
  readonly epochs: number;
  readonly pauses: number;
  readonly partitions: number;
  readonly jumps: number;
  readonly failure: string | null;
}

const START_MS = Date.UTC(2026, 0, 1), LASTS_MS = 36_000, STEP_MS = 20;
/** Seconds of the venue in one of the machines', so that there is a decision each second. */
const SPEED = 60, SYMBOL = "BTC/USDT", CASH = 100_000;
/** Longer than a lease and all that a new leader waits for; most are shorter. */
const LONGEST_PAUSE_MS = 20_000, LONGEST_JUMP_MS = 3_600_000;
/** Promises that wait for each other are given so many turns. */
const TURNS = 32;
const FAULTS = { slow: 0.05, "lost-response": 0.05, "lost-request": 0.03 } as const;

/** Lets two processes trade one account while each of them is held up, cut off and set to another time. */
export async function twoLeaderSchedule(
  databases: readonly [VirtualDatabase, VirtualDatabase],
  seed: number,
  run: string,
): Promise<ScheduleResult> {
  const schedule = new Schedule(databases, seed, `leaders ${run} ${seed}`);
  return await schedule.run();
}

/** Time of the venue as a process knows it. */
class VenueTime implements Scheduler {
  constructor(readonly process: WorldProcess) {}

  now(): TimestampMs {
    return START_MS + (this.process.now() - START_MS) * SPEED as TimestampMs;
  }

  after(delayMs: number, work: () => void): () => void {
    return this.process.after(delayMs / SPEED, work);
  }
}

/** A process, and what it can reach. */
interface Node {
  process: WorldProcess;
  runner: SessionRunner | null;
  readonly database: VirtualDatabase;
  isDatabaseAway: boolean;
  isVenueAway: boolean;
  offsetMs: number;
}

class Schedule {
  readonly #clock = new WorldClock(START_MS);
  readonly #random: SeededRandom;
  readonly #market: SeededMarket;
  /** Processes that asked their venue without end. */
  readonly #endless: string[] = [];
  readonly #venue: LoopbackVenue;
  readonly #faults: Faults;
  readonly #nodes: readonly Node[];
  readonly #config;
  readonly #counts = { pauses: 0, partitions: 0, jumps: 0 };
  #failure: string | null = null;
  /** Who stands still right before an order leaves. */
  #standing: WorldProcess | null = null;

  constructor(databases: readonly VirtualDatabase[], readonly seed: number, readonly account: string) {
    const random = this.#random = new SeededRandom(seed);
    this.#market = new SeededMarket({
      ...{ symbol: SYMBOL, seed, listedAtMs: START_MS - DAY_MS as TimestampMs, startPrice: 60_000 },
    });
    const venueClock = { now: () => START_MS + (this.#clock.now() - START_MS) * SPEED as TimestampMs };
    this.#venue = new LoopbackVenue([this.#market], venueClock, { cashQuote: `${CASH}`, seed });
    this.#faults = new Faults({ seed, shares: random.next() < 0.5 ? FAULTS : {} });
    const { tick, lot, minNotional } = this.#market;
    const spec = parseRunSpec({
      strategy: "eager",
      params: { seed },
      markets: [{ exchange: "loopback", symbol: SYMBOL, tick, lot, minNotional }],
      timeframe: "1m",
      account: { cashQuote: CASH, exitsLock: true },
      sizing: { kind: "equity-fraction", fraction: 0.2 },
    });
    this.#config = sessionConfig({
      ...{
        autopilot: "leaders",
        tag: "s1x",
        spec,
        exchange: "loopback",
        exchangeUrl: null,
        live: null,
        askedBy: null,
        hours: null,
      },
      clock: { startMs: START_MS, beganMs: START_MS, speed: SPEED },
    }, () => eagerStrategy);
    this.#nodes = databases.map((database, i) => {
      const node = { database, runner: null, isDatabaseAway: false, isVenueAway: false, offsetMs: 0 };
      return Object.assign(node, { process: new HaltingProcess(this.#clock, `${i}`, () => node.offsetMs) });
    });
  }

  async run(): Promise<ScheduleResult> {
    const { sql } = this.#nodes[0]!.database, { account } = this;
    await inTransaction(
      sql,
      (tx) => startSession(tx, { id: account, account, mode: "paper", epoch: 0, startedAtMs: START_MS, settings: {} }),
    );
    this.#venue.listeners.add((news) => {
      if (news.kind !== "order") return;
      this.#wake();
      const order = orderOf(news.order), fill = news.fill === null ? null : fillOf(news.fill, true);
      for (const node of this.#nodes) {
        this.#tell(node, () => {
          const market = this.#config.instruments[0]!, link = node.runner?.link;
          if (fill !== null) link?.hearFill(market, fill);
          link?.hearOrder(market, order);
        });
      }
    });
    this.#start(this.#nodes[0]!);
    this.#later(500 + this.#random.next() * 3_000, () => this.#start(this.#nodes[1]!));
    for (const node of this.#nodes) this.#plan(node);
    this.#planStand();
    for (let passedMs = 0; passedMs < LASTS_MS; passedMs += STEP_MS) {
      await this.#clock.runTo(START_MS + passedMs);
      this.#venue.now();
      await this.#stand();
    }
    for (const { process } of this.#nodes) process.kill();
    await this.#stand();
    const journal = await inTransaction(sql, (tx) => journalState(tx, account));
    const epochs = new Set([...journal.orders.values()].map(({ epoch }) => epoch));
    return {
      seed: this.seed,
      // Moments tell places in a plan apart: a clock that was set back repeats them.
      violations: [
        ...this.#endless,
        ...duplicatesIn(this.#venue, journal, this.#counts.jumps === 0),
        ...oldEpochsIn(this.#venue, journal),
      ],
      orders: this.#venue.orders.length,
      epochs: epochs.size,
      ...this.#counts,
      failure: this.#failure,
    };
  }

  /** Time stands still while the database works, and while promises that wait for it have their turns. */
  async #stand(): Promise<void> {
    while (this.#nodes.some(({ database }) => database.isBusy)) {
      for (const { database } of this.#nodes) await database.settled();
      for (let turn = 0; turn < TURNS; turn++) await null;
    }
  }

  #start(node: Node): void {
    const { process } = node, time = new VenueTime(process), { seed } = this;
    const passage = (): Passage =>
      node.isDatabaseAway ? "request lost" : this.#random.next() < 0.01 ? "answer lost" : "through";
    const line = new VirtualLine(
      node.database,
      process,
      { account: this.account, sessionId: this.account, venue: "loopback" },
      passage,
    );
    const exchange = new WorldExchange({
      venue: this.#venue,
      faults: this.#faults,
      mishaps: new Mishaps(this.#venue, new Faults({ seed })),
      process,
      draw: () => this.#random.next(),
      sent: () => {},
      placed: () => {},
      refused: () => {},
      cancelled: () => {},
      count: () => {},
      asksWithoutEnd: (requests) => this.#endless.push(`${process.name} has made ${requests} requests within a minute`),
      misstated: () => {},
      requestExpiryMs: DEFAULT_TIMING.requestExpiryMs,
      sendMs: DEFAULT_TIMING.sendMs,
      spells: new VenueSpells(this.#clock),
      clockOffMs: () => 0,
      areFillsNamed: seed % 2 === 0,
    });
    node.runner = SessionRunner.start({
      config: this.#config,
      lease: line,
      storeOf: (epoch) => line.storeOf(epoch),
      exchange: cutOff(exchange, node),
      fetchCandles: (_, fromMs) => Promise.resolve(node.isVenueAway ? null : this.#candles(fromMs)),
      scheduler: time,
      real: process,
      lengthMs: MINUTE_MS,
      freshMs: 0.9 * MINUTE_MS,
      requestsEndMs: DEFAULT_TIMING.requestExpiryMs + DEFAULT_TIMING.marginMs,
      monotonic: () => process.monotonic(),
      wallMs: () => process.now(),
      killed: () => null,
      mode: () => "trade",
      alarm: ({ code, message }) => {
        if (code === "session-failed" && process.isAlive) this.#failure ??= message;
      },
      hearForeign: () => {},
      ended: () => {
        if (!process.isAlive) return;
        process.kill();
        // Whoever keeps it starts it again, as another process.
        this.#later(500 + this.#random.next() * 1_500, () => {
          const name = `${process.name}+`;
          node.process = new HaltingProcess(this.#clock, name, () => node.offsetMs);
          this.#start(node);
        });
      },
      reach: (label) => process.standStill(label),
    });
  }

  #candles(fromMs: number) {
    const nowMs = START_MS + (this.#clock.now() - START_MS) * SPEED, candles = [];
    const text = (value: number) => `${value}`;
    for (
      let openTimeMs = Math.max(fromMs, START_MS - 30 * MINUTE_MS);
      openTimeMs + MINUTE_MS <= nowMs;
      openTimeMs += MINUTE_MS
    ) {
      const { open, high, low, close, volume } = this.#market.minute(openTimeMs)!;
      candles.push(arrivedCandle(0, {
        ...{ openTimeMs: openTimeMs as TimestampMs, open: text(open), high: text(high), low: text(low) },
        ...{ close: text(close), volume: text(volume) },
      }));
    }
    return candles;
  }

  #later(delayMs: number, work: () => void): void {
    this.#clock.after(delayMs, () => {
      this.#clock.stir();
      work();
    });
  }

  #tell(node: Node, hear: () => void): void {
    this.#clock.after(5 + this.#random.next() * 200, () => {
      if (!node.isVenueAway) node.process.deliver(hear);
    });
  }

  /** The venue has told of an order: whoever stands right before a send goes on soon, which is when it does most harm. */
  #wake(): void {
    for (const { process } of this.#nodes) {
      if (!process.isStopped || process !== this.#standing) continue;
      this.#standing = null;
      this.#later(this.#random.next() * 800, () => process.goOn());
    }
  }

  /** Whoever leads stands still right before its next order, for so long that another one has traded by then. */
  #planStand(): void {
    this.#later(1_000 + this.#random.next() * 4_000, () => {
      this.#planStand();
      const led = this.#nodes.filter(({ runner, process }) => runner?.session && process.isAlive && !process.isStopped);
      const leader = led.sort((a, b) => a.runner!.epoch! - b.runner!.epoch!).at(-1)?.process;
      if (leader === undefined || this.#standing?.isStopped) return;
      this.#counts.pauses++;
      const pauseMs = LONGEST_PAUSE_MS * (1 + this.#random.next()) / 2;
      leader.pauseBeforeSend(() => pauseMs, () => this.#standing = leader);
    });
  }

  /** What befalls a node, again and again. */
  #plan(node: Node): void {
    this.#later(2_000 + this.#random.next() * 15_000, () => {
      this.#plan(node);
      const drawn = this.#random.next(), { process } = node, ms = LONGEST_PAUSE_MS * this.#random.next();
      if (!process.isAlive || process.isStopped) return;
      if (drawn < 0.3) {
        this.#counts.pauses++;
        process.stop();
        this.#later(ms, () => process.goOn());
      } else if (drawn < 0.9) {
        this.#counts.partitions++;
        const what = drawn < 0.6 ? "isDatabaseAway" as const : "isVenueAway" as const;
        node[what] = true;
        this.#later(ms, () => node[what] = false);
      } else {
        this.#counts.jumps++;
        node.offsetMs = this.#random.next() < 0.5
          ? 0
          : Math.round(LONGEST_JUMP_MS * (this.#random.next() * 2 - 1) ** 3);
      }
    });
  }
}

/** The venue as a node reaches it that may be cut off from it: half of what it asks then is known not to have left. */
function cutOff(exchange: WorldExchange, node: Node): WorldExchange {
  return new Proxy(exchange, {
    get(target, name) {
      const own = Reflect.get(target, name);
      if (typeof own !== "function") return own;
      return (...args: unknown[]) => {
        if (!node.isVenueAway || name === "call") return own.apply(target, args);
        return new Promise((resolve) =>
          node.process.after(1_000, () => resolve({ kind: "notSent", reason: "the venue cannot be reached" }))
        );
      };
    },
  });
}
