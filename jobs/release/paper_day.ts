// A day of paper trading at speed: twenty markets, connections that break, requests that are refused, and midnight.
import { parseRunSpec } from "../../engine/backtest/mod.ts";
import { inTransaction, openDatabase, type Sql } from "../../engine/database/mod.ts";
import {
  LOOPBACK_KEY,
  type LoopbackExchange,
  type LoopbackVenue,
  SeededMarket,
  startLoopbackExchange,
  VenueClock,
} from "../../engine/exchanges/mod.ts";
import { keepCertificate } from "../../engine/journal/mod.ts";
import type { NamedCause } from "../../engine/live/mod.ts";
import { DAY_MS, MINUTE_MS, pause, systemClock, type TimestampMs } from "../../engine/time/mod.ts";
import { SystemScheduler } from "../../engine/live/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import { Supervisor } from "../supervisor.ts";
import { type CertifiedSession, certifiedSession } from "../trading/certified_session.ts";
import { loopbackLimit } from "../trading/loopback_limit.ts";
import { beginPaperSession } from "../trading/new_session.ts";
import { endingWith, sessionCharges } from "../trading/session_charge.ts";
import { journalDifferences } from "./journal_differences.ts";

export interface PaperDayOptions {
  readonly hours: number;
  readonly speed: number;
  readonly markets: number;
  readonly seed: number;
  /** Of the strategies' candles. */
  readonly timeframe: string;
  /** How often something goes wrong, hours of the venue. */
  readonly disconnectHours: number;
  readonly limitedHours: number;
  readonly bannedHours: number;
}

/** What came of it. */
export interface PaperDayResult {
  readonly options: PaperDayOptions;
  readonly from: string;
  readonly to: string;
  readonly wallSeconds: number;
  readonly midnights: number;
  readonly disconnects: number;
  /** How often each fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** Groups of candles that were decided on, and those that came too late to be. */
  readonly groups: number;
  readonly lateGroups: number;
  readonly orders: number;
  readonly fillsAtVenue: number;
  readonly fillsInJournal: number;
  /** What venue and journal have differently; none is right. */
  readonly differences: readonly string[];
  /** Level (a): the replay against the journal. */
  readonly replay: { readonly orders: number; readonly differences: readonly string[] };
  /** Level (b): a fresh run from candles alone. */
  readonly fresh: {
    readonly orders: number;
    readonly same: number;
    readonly differenceQuote: number;
    readonly causes: readonly NamedCause[];
    readonly unexplained: readonly string[];
  };
  readonly certificate: string;
  readonly restarts: number;
  /** Alarms of the session by their codes. */
  readonly alarms: Readonly<Record<string, number>>;
  readonly isPassed: boolean;
}

const HOUR_MS = 60 * MINUTE_MS, LISTED_DAYS = 3, START_PRICE = 100, CASH = 100_000;
/** After the close of a candle its orders have gone out; until the next one nothing is due. */
const AFTER_CLOSE_MS = MINUTE_MS;
const SETTLE_MS = 120_000, QUIET_MS = 2_000, LOOK_MS = 100;
const STRATEGIES = [
  { strategy: "sma-cross", params: { fast: 3, slow: 9 } },
  { strategy: "macd-trend", params: {} },
  { strategy: "donchian-breakout", params: {} },
  { strategy: "bollinger-breakout", params: {} },
];

/**
 * Trades the day and certifies it. The venue is here, the trader in a process of its own, as with `autopilot start`.
 *
 * @param settings Name the data folder and the services.
 * @param note Hears what happens, in sentences.
 */
export async function paperDay(
  options: PaperDayOptions,
  settings: Settings,
  note: (line: string) => void,
): Promise<PaperDayResult> {
  const database = await openDatabase(settings, { connections: 2, applicationName: "crypto-trader release" });
  try {
    return await traded(options, settings, database.sql, note);
  } finally {
    await database.close();
  }
}

async function traded(
  options: PaperDayOptions,
  settings: Settings,
  sql: Sql,
  note: (line: string) => void,
): Promise<PaperDayResult> {
  const { hours, speed, markets: count, seed } = options, startedMs = performance.now();
  // Midnight, UTC, lies in the middle.
  const midnightMs = Math.floor(systemClock.now() / DAY_MS) * DAY_MS, startMs = midnightMs - hours * HOUR_MS / 2;
  const listedAtMs = midnightMs - LISTED_DAYS * DAY_MS as TimestampMs;
  const symbols = Array.from({ length: count }, (_, i) => `COIN${String(i + 1).padStart(2, "0")}/USDT`);
  const markets = symbols.map((symbol) => new SeededMarket({ symbol, seed, listedAtMs, startPrice: START_PRICE }));
  const clock = new VenueClock(startMs as TimestampMs, speed, systemClock);
  const exchange = startLoopbackExchange({
    ...{ markets, clock, key: LOOPBACK_KEY, account: { cashQuote: `${CASH}` } },
    limit: { weightPerWindow: loopbackLimit(speed).weight },
  });
  const untilMs = startMs + hours * HOUR_MS;
  try {
    const spec = specOf(options, markets), at = { startMs, beganMs: clock.beganMs, speed };
    const begun = await beginPaperSession(sql, {
      ...{ autopilot: "paper-day", spec, exchange: "loopback", exchangeUrl: exchange.url, clock: at, askedBy: null },
    });
    note(`session ${begun.id}: ${count} markets at ${exchange.url}, ${hours} hours ${speed} times as fast`);
    const stop = new AbortController(), alarms: Record<string, number> = {};
    const charges = sessionCharges({ name: "paper-day", session: begun.id, live: null }, settings, ({ kind }) => {
      alarms[kind] = (alarms[kind] ?? 0) + 1;
    });
    const mischief = new Mischief(exchange, clock, options, note);
    const states = new Supervisor(charges.map((own) => endingWith(own, stop)), { clock: systemClock, note }).run(
      stop.signal,
    );
    for (let hour = 1; hour <= Math.ceil(hours) && !stop.signal.aborted; hour++) {
      await mischief.until(Math.min(untilMs, startMs + hour * HOUR_MS), stop.signal);
      note(`${new Date(clock.now()).toISOString()} ${exchange.venue.fills.length} fills`);
    }
    await untilSettled(sql, begun.account, exchange.venue);
    stop.abort();
    const restarts = (await states).reduce((sum, own) => sum + own.restarts, 0);
    const certified = await certifiedSession(sql, begun.id);
    const certificate = await inTransaction(
      sql,
      (tx) => keepCertificate(tx, { sessionId: begun.id, madeAtMs: systemClock.now(), body: certified }),
    );
    const journal = await journalDifferences(sql, begun, exchange.venue);
    return {
      options,
      from: new Date(startMs).toISOString(),
      to: new Date(untilMs).toISOString(),
      wallSeconds: Math.round((performance.now() - startedMs) / 1_000),
      midnights: Math.floor(untilMs / DAY_MS) - Math.floor(startMs / DAY_MS),
      disconnects: mischief.disconnects,
      faults: Object.fromEntries(exchange.faults.fired),
      fillsAtVenue: exchange.venue.fills.length,
      ...journal,
      ...certifiedParts(certified),
      ...{ certificate, restarts, alarms },
      isPassed: isPassed(certified, journal.differences, restarts),
    };
  } finally {
    await exchange.close();
  }
}

/**
 * News that was lost right before the end is asked for again within half a minute; the day ends when the journal has all
 * and no order is under way.
 */
async function untilSettled(sql: Sql, account: string, { fills, orders }: LoopbackVenue): Promise<void> {
  const real = new SystemScheduler(), untilMs = real.now() + SETTLE_MS;
  let lastOrders = -1, quietSinceMs = real.now();
  while (real.now() < untilMs) {
    if (orders.length !== lastOrders) quietSinceMs = real.now();
    lastOrders = orders.length;
    const [{ count }] = await sql<{ count: number }[]>`
      select count(*)::int as count from fills where account = ${account}`;
    if (count === fills.length && real.now() - quietSinceMs >= QUIET_MS) return;
    await pause(real, LOOK_MS);
  }
}

function certifiedParts({ replayed, parity }: CertifiedSession) {
  const { orders, same, differenceQuote, causes, unexplained, groups } = parity;
  return {
    ...{ groups, lateGroups: parity.lateGroups, orders: replayed.orders.length },
    replay: { orders: replayed.orders.length, differences: replayed.differences },
    fresh: { orders: orders.length, same, differenceQuote, causes, unexplained },
  };
}

function isPassed({ replayed, parity }: CertifiedSession, differences: readonly string[], restarts: number): boolean {
  const isSame = parity.same === parity.orders.length && parity.differenceQuote === 0;
  return differences.length + replayed.differences.length + restarts === 0 && isSame && replayed.orders.length > 0;
}

function specOf({ timeframe }: PaperDayOptions, markets: readonly SeededMarket[]) {
  const own = markets.map(({ symbol, tick, lot, minNotional }) => ({
    ...{ exchange: "loopback", symbol, tick, lot, minNotional },
  }));
  const each = Math.ceil(own.length / STRATEGIES.length);
  return parseRunSpec({
    strategies: STRATEGIES.flatMap((strategy, i) => {
      const traded = own.slice(i * each, (i + 1) * each).map(({ exchange, symbol }) => `${exchange}:${symbol}`);
      return traded.length === 0 ? [] : [{ id: strategy.strategy, ...strategy, markets: traded }];
    }),
    markets: own,
    timeframe,
    account: { cashQuote: CASH, exitsLock: true },
    sizing: { kind: "equity-fraction", fraction: 0.8 / own.length },
  });
}

/** What goes wrong, and when: by the venue's time, between the orders of one candle and the next. */
class Mischief {
  disconnects = 0;
  readonly #nextMs = new Map<"disconnect" | "limited" | "banned", number>();

  constructor(
    readonly exchange: LoopbackExchange,
    readonly clock: VenueClock,
    readonly options: PaperDayOptions,
    readonly note: (line: string) => void,
  ) {
    const { disconnectHours, limitedHours, bannedHours } = options, nowMs = clock.startMs;
    this.#nextMs.set("disconnect", nowMs + disconnectHours * HOUR_MS + AFTER_CLOSE_MS);
    this.#nextMs.set("limited", nowMs + limitedHours * HOUR_MS + AFTER_CLOSE_MS);
    this.#nextMs.set("banned", nowMs + bannedHours * HOUR_MS + AFTER_CLOSE_MS);
  }

  async until(untilMs: number, signal: AbortSignal): Promise<void> {
    const { clock, options } = this;
    const every = {
      ...{ disconnect: options.disconnectHours, limited: options.limitedHours, banned: options.bannedHours },
    };
    while (clock.now() < untilMs && !signal.aborted) {
      for (const [what, atMs] of this.#nextMs) {
        if (clock.now() < atMs) continue;
        this.#nextMs.set(what, atMs + every[what] * HOUR_MS);
        this.#do(what);
      }
      await pause(new SystemScheduler(), 100);
    }
  }

  #do(what: "disconnect" | "limited" | "banned"): void {
    this.note(`${new Date(this.clock.now()).toISOString()} ${what}`);
    if (what === "disconnect") {
      this.disconnects++;
      return this.exchange.disconnect();
    }
    // The next question after an order: until its pause is over nothing else is due.
    this.exchange.faults.plan({ scripted: [{ at: "order", n: 1, fault: what }] });
  }
}
