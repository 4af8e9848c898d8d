// A session as it really runs, in simulated time, on a venue that does wrong only where it is told to.
import assert from "node:assert/strict";
import { type FaultPlan, Faults, type LoopbackOrder, LoopbackVenue, Mishaps, SeededMarket } from "../exchanges/mod.ts";
import { type ArrivedCandle } from "../live/candle_feed.ts";
import { SessionRunner } from "../live/session_runner.ts";
import { WorldClock } from "../live/world/world_clock.ts";
import { fillOf, orderOf, WorldExchange } from "../live/world/world_exchange.ts";
import { VenueSpells } from "../live/world/venue_spells.ts";
import { WorldProcess } from "../live/world/world_process.ts";
import { StoreLine, WorldStore } from "../live/world/world_store.ts";
import { type Candle, type CandleColumns, candleColumns, type Instrument, instrument } from "../market/mod.ts";
import { notional, type Quantity } from "../money/mod.ts";
import { PRE_TRADE_RULES } from "../risk/mod.ts";
import type { BoundStrategy } from "../strategies/mod.ts";
import { DAY_MS, MINUTE_MS, SeededRandom, timeframe, type TimestampMs } from "../time/mod.ts";
import { DEFAULT_TIMING, type TraderConfig } from "../trader/mod.ts";

export interface ScriptedSession {
  readonly seed: number;
  readonly hours: number;
  /** A strategy on each market. */
  readonly strategies: readonly BoundStrategy[];
  readonly faults?: FaultPlan;
  /**
   * So many milliseconds a market's candle of a minute, counted from 0, comes later than others, and cannot be asked for;
   * Infinity for one that the venue does not have.
   */
  readonly candleDelayMs?: (market: number, minute: number) => number;
  /** Half of the order trades right before the n-th cancel of an entry, counted from 1. */
  readonly halfFilledAtCancel?: number;
  /** Called each minute, after its candles. */
  readonly atMinute?: (minute: number, runner: SessionRunner, restart: (afterMs: number) => void) => void;
}

/** What is left of a session that has run. */
export interface RanSession {
  readonly config: TraderConfig;
  readonly store: WorldStore;
  readonly venue: LoopbackVenue;
  /** Minutes of each market, from a day before the session to its end. */
  readonly minutes: readonly CandleColumns[];
}

export const SCRIPTED_CASH = "100000";
/** The venue takes a request for so long. */
const REQUEST_EXPIRY_MS = 3_000;
const START_MS = Date.UTC(2024, 0, 1);
const PRICES = [["BTC/USDT", 42_000], ["ETH/USDT", 2_300], ["SOL/USDT", 100]] as const;

/** Lets a session run from its start to its end. */
export async function ranSession(script: ScriptedSession): Promise<RanSession> {
  const { seed, hours, strategies, atMinute, candleDelayMs = () => 0 } = script, clock = new WorldClock(START_MS);
  const markets = strategies.map((_, i) => {
    const [symbol, startPrice] = PRICES[i]!;
    return new SeededMarket({ symbol, seed, listedAtMs: START_MS - DAY_MS as TimestampMs, startPrice });
  });
  const venue = new LoopbackVenue(markets, clock, { cashQuote: SCRIPTED_CASH, seed });
  const config = configOf(
    markets.map(({ symbol, tick, lot, minNotional }) =>
      instrument({ exchange: "scripted", symbol, kind: "spot", tick, lot, minNotional })
    ),
    strategies,
  );
  const store = new WorldStore(clock), faults = new Faults(script.faults), random = new SeededRandom(seed);
  const candle = (market: number, openTimeMs: number): ArrivedCandle | null => {
    const delayMs = candleDelayMs(market, (openTimeMs - START_MS) / MINUTE_MS);
    const own = clock.now() >= openTimeMs + MINUTE_MS + delayMs ? markets[market]!.minute(openTimeMs) : null;
    return own === null ? null : { ...own, instrument: market };
  };
  let process: WorldProcess, runner: SessionRunner, starts = 0;
  const start = () => {
    process = new WorldProcess(clock, `p${++starts}`);
    runner = runnerOf(process);
  };
  const runnerOf = (own: WorldProcess): SessionRunner => {
    const line = new StoreLine(store, own, {
      draw: () => random.next(),
      lostRequest: () => 0,
      lostAnswer: () => 0,
      slow: () => 0,
      count: () => {},
    });
    const exchange = new PartialExchange({
      ...{ venue, faults, process: own, mishaps: new Mishaps(venue, faults), draw: () => random.next() },
      ...{
        placed: () => {},
        sent: () => {},
        misstated: () => {},
        refused: () => {},
        cancelled: () => {},
        count: () => {},
        asksWithoutEnd: (requests) => assert.fail(`${requests} requests within a minute`),
        clockOffMs: () => 0,
        requestExpiryMs: REQUEST_EXPIRY_MS,
        sendMs: DEFAULT_TIMING.sendMs,
        spells: new VenueSpells(clock),
      },
      ...{ areFillsNamed: true, halfFilledAtCancel: script.halfFilledAtCancel ?? 0 },
    });
    return SessionRunner.start({
      config,
      lease: line,
      storeOf: (epoch) => line.storeOf(epoch),
      exchange,
      fetchCandles: (market, fromMs) => {
        const found: ArrivedCandle[] = [];
        for (let openMs = fromMs as number; openMs + MINUTE_MS <= clock.now(); openMs += MINUTE_MS) {
          if (candleDelayMs(market, (openMs - START_MS) / MINUTE_MS) === Infinity) continue;
          const next = candle(market, openMs);
          if (next === null) return Promise.resolve(found.length === 0 ? null : found);
          found.push(next);
        }
        return Promise.resolve(found);
      },
      ...{ scheduler: own, real: own, lengthMs: MINUTE_MS, requestsEndMs: 5_000, monotonic: () => own.monotonic() },
      wallMs: () => own.now(),
      ...{ killed: () => null, mode: () => "trade" as const, hearForeign: () => {}, ended: () => own.kill() },
      alarm: ({ code, message }) => {
        if (own.isAlive && code === "session-failed") throw new Error(message);
      },
    });
  };
  venue.listeners.add((news) => {
    if (news.kind !== "order") return;
    const market = config.instruments.find(({ symbol }) => symbol === news.order.market.symbol)!, own = runner;
    const order = orderOf(news.order), fill = news.fill === null ? null : fillOf(news.fill, true), heard = process;
    clock.after(30, () =>
      heard.deliver(() => {
        if (fill !== null) own.link?.hearFill(market, fill);
        own.link?.hearOrder(market, order);
      }));
  });
  const look = () => {
    venue.now();
    clock.after(1_000, look);
  };
  const minute = (number: number) => {
    clock.after(MINUTE_MS * (number + 1) - (clock.now() - START_MS), () => {
      minute(number + 1);
      const heard = process, own = runner, openTimeMs = START_MS + number * MINUTE_MS;
      markets.forEach((_, market) => {
        const delayMs = 100 + candleDelayMs(market, number), take = () => own.feed?.take(candle(market, openTimeMs)!);
        if (delayMs < Infinity) clock.after(delayMs, () => heard.deliver(take));
      });
      atMinute?.(number, runner, (afterMs) => {
        process.kill();
        clock.after(afterMs, start);
      });
    });
  };
  start();
  look();
  minute(0);
  await clock.runTo(START_MS + hours * 60 * MINUTE_MS + 30_000);
  return { config, store, venue, minutes: minutesOf(markets, config.instruments, clock.now()) };
}

/** The same session as somebody finds it who has changed its strategies since. */
export function withStrategy(config: TraderConfig, strategy: BoundStrategy): TraderConfig {
  return { ...config, books: config.books.map((own) => ({ ...own, strategy })) };
}

/** A venue that trades half of an entry right before one of its cancels. */
class PartialExchange extends WorldExchange {
  #cancels = 0;

  constructor(readonly script: ConstructorParameters<typeof WorldExchange>[0] & { halfFilledAtCancel: number }) {
    super(script);
  }

  override cancel(symbol: string, clientOrderId: string) {
    const { venue, halfFilledAtCancel } = this.script;
    const order = venue.openOrders().find((own) => own.clientOrderId === clientOrderId);
    if (order?.kind === "limit" && ++this.#cancels === halfFilledAtCancel) venue.trade(order, halfOf(order));
    return super.cancel(symbol, clientOrderId);
  }
}

function halfOf({ quantity, market: { lot } }: LoopbackOrder): Quantity {
  const step = BigInt(Math.round(Number(lot) * 1e12));
  return quantity / 2n / step * step as Quantity;
}

function configOf(instruments: readonly Instrument[], strategies: readonly BoundStrategy[]): TraderConfig {
  return {
    ...{ session: "s", instruments, timeframe: timeframe("1m"), cash: notional(SCRIPTED_CASH), leverage: 1 },
    books: strategies.map((strategy, number) => ({ strategy, instrument: number })),
    ...{ sizing: { kind: "equity-fraction", fraction: 0.2 }, sizeAt: "decision", reserveFraction: 0.005 },
    ...{ rules: PRE_TRADE_RULES, canMove: false, exitsLock: true, tradeFromMs: START_MS as TimestampMs },
    timing: DEFAULT_TIMING,
  };
}

function minutesOf(markets: readonly SeededMarket[], instruments: readonly Instrument[], endMs: number) {
  return markets.map((market, i) => {
    const candles: Candle[] = [];
    for (let openMs = START_MS - DAY_MS; openMs <= endMs; openMs += MINUTE_MS) candles.push(market.minute(openMs)!);
    return candleColumns(instruments[i]!, timeframe("1m"), candles);
  });
}
