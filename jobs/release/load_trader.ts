// A trading process under load: deno run jobs/release/load_trader.ts SETTINGS (JSON). It trades as trade does, save that the
// decisions come from outside, so many a second. Lines on its input ask it (go, rest, last, sent, resume, close); it answers
// each with JSON.
import { parseRunSpec } from "../../engine/backtest/mod.ts";
import { openDatabase } from "../../engine/database/mod.ts";
import { Secret } from "../../engine/errors/mod.ts";
import { AccountKey, type Exchange, LOOPBACK_KEY, openExchange } from "../../engine/exchanges/mod.ts";
import {
  arrivedCandle,
  KillSwitch,
  listenToVenue,
  PostgresLease,
  PostgresSession,
  SessionRunner,
  SystemScheduler,
} from "../../engine/live/mod.ts";
import type { ClientOrderId } from "../../engine/orders/mod.ts";
import { BaseStrategy, defineStrategy, type Request } from "../../engine/strategies/mod.ts";
import { MINUTE_MS, systemClock, timeframe, type TimestampMs } from "../../engine/time/mod.ts";
import { DEFAULT_TIMING, findOrder } from "../../engine/trader/mod.ts";
import { TextLineStream } from "../text_line_stream.ts";
import { watchKill } from "../trading/kill_watch.ts";
import { sessionConfig } from "../trading/session_config.ts";
import { loadSymbols } from "./load_exchange.ts";

/** What it is to do. */
export interface LoadSettings {
  readonly databaseUrl: string;
  readonly exchangeUrl: string;
  readonly dataDir: string;
  readonly session: string;
  /** Whose frames it is sent. */
  readonly markets: number;
  /** How many of them it trades. */
  readonly traded: number;
  readonly ordersPerSecond: number;
}

/** What it has done since it was last asked. */
export interface LoadFigures {
  /** Of each order: from the decision until its first byte, milliseconds. */
  readonly latenciesMs: readonly number[];
  /** When the last order that opens something left, milliseconds since 1970; 0 where none has. */
  readonly lastSentMs: number;
  /** Frames of its sockets less {@linkcode ACCOUNT_FRAMES} for each order: at least so many were of the market. */
  readonly marketMessages: number;
  readonly heapBytes: number;
  readonly alarms: readonly string[];
}

/** What an order brings at most: its report when it is taken and when it trades, each with the balances. */
const ACCOUNT_FRAMES = 4;
const PUMP_MS = 5, UNITS = 1, UNLIMITED = { weight: 100_000_000 };
/** Streams of each market: with four frames a second they make the load of messages. */
const TIMEFRAMES = ["1m", "3m", "5m", "15m"] as const;

/** It never wants anything by itself. */
const idleStrategy = defineStrategy({
  id: "idle",
  params: {},
  create: () =>
    new class extends BaseStrategy {
      readonly series = [];
      override identity(): unknown {
        return "idle";
      }
      decide(): void {}
    }(),
});

const BUY: Request = {
  ...{ kind: "enter", side: "buy", at: null, sizing: { kind: "units", units: UNITS }, stop: null, target: null },
  reason: "load",
};
const SELL: Request = { kind: "close", reason: "load" };

class LoadTrader {
  #latenciesMs: number[] = [];
  #lastSentMs = 0;
  #exchange: Exchange | null = null;
  #frames = 0;
  #alarms: string[] = [];
  #runner: SessionRunner | null = null;
  #isPumping = false;
  #book = 0;
  readonly #real = new SystemScheduler();
  readonly #stop = new AbortController();

  constructor(readonly settings: LoadSettings) {}

  async start(): Promise<void> {
    const { databaseUrl, exchangeUrl, dataDir, session, markets, traded } = this.settings;
    const url = new Secret("databaseUrl", databaseUrl);
    const { sql } = await openDatabase({ databaseUrl: url, dataDir }, {
      ...{ connections: 4, idleInTransactionMs: 2_000, statementTimeoutMs: 2_000 },
    });
    const exchange = this.#exchange = await openExchange("loopback", {
      ...{ baseUrl: exchangeUrl, key: new AccountKey(LOOPBACK_KEY), timeoutMs: 4_000, limit: UNLIMITED },
    });
    const config = sessionConfig({
      ...{ autopilot: session, tag: "s1x", exchange: "loopback", exchangeUrl, clock: null, live: null, askedBy: null },
      spec: parseRunSpec({
        strategy: "idle",
        markets: loadSymbols(traded).map((symbol) => ({
          ...{ exchange: "loopback", symbol, tick: "0.01", lot: "0.00001", minNotional: "5" },
        })),
        timeframe: "1m",
        account: { cashQuote: 100_000_000, exitsLock: true },
        sizing: { kind: "units", units: UNITS },
      }),
    }, () => idleStrategy);
    const lease = new PostgresLease(sql, `autopilot:${session}`, `load ${Deno.pid}`), kill = new KillSwitch(dataDir);
    const led = Promise.withResolvers<void>(), { instruments } = config, tf = timeframe("1m");
    const runner = this.#runner = SessionRunner.start({
      config,
      lease,
      storeOf: (epoch) =>
        new PostgresSession(sql, { account: session, sessionId: session, venue: "loopback" }, lease, epoch),
      exchange: this.#watched(exchange),
      pushesFills: exchange.capabilities.watchFills,
      fetchCandles: async (number, fromMs) => {
        const answer = await exchange.candles({ symbol: instruments[number]!.symbol, timeframe: tf, fromMs });
        if (answer.kind !== "done") return null;
        return answer.value.filter(({ openTimeMs }) => openTimeMs + MINUTE_MS <= Date.now())
          .map((own) => arrivedCandle(number, own));
      },
      scheduler: this.#real,
      real: this.#real,
      lengthMs: MINUTE_MS,
      requestsEndMs: DEFAULT_TIMING.requestExpiryMs + DEFAULT_TIMING.marginMs,
      monotonic: () => performance.now(),
      wallMs: () => systemClock.now(),
      killed: () => kill.read()?.reason ?? null,
      mode: () => "trade",
      alarm: ({ code, message }) => this.#alarm(`${code}: ${message}`),
      hearForeign: ({ id }) => this.#alarm(`foreign ${id}`),
      ended: (reason) => this.#alarm(`ended: ${reason}`),
      leads: (own) => {
        listenToVenue({
          exchange,
          ...{ instruments, timeframe: tf, link: own.link!, scheduler: this.#real, signal: this.#stop.signal },
          take: (candle) => own.feed?.take(candle),
          alarm: ({ code, message }) => this.#alarm(`${code}: ${message}`),
        });
        led.resolve();
      },
    });
    watchKill(runner, kill, this.#real, this.#stop.signal);
    await led.promise;
    loadSymbols(markets).forEach((symbol, i) => this.#watchMore(exchange, symbol, i < traded ? 1 : 0));
    this.#pump();
  }

  async answer(line: string): Promise<unknown> {
    switch (line) {
      case "go":
        this.#isPumping = true;
        return {};
      case "rest":
        this.#isPumping = false;
        return {};
      case "resume":
        this.#runner!.session!.offer({ kind: "resume", timeMs: this.#real.now() });
        return {};
      case "last":
        return { lastSentMs: this.#lastSentMs };
      case "close":
        this.#isPumping = false;
        await this.#runner!.close("stopped");
        return {};
      default: {
        (globalThis as { gc?: () => void }).gc?.();
        const { frames } = this.#exchange!;
        const figures: LoadFigures = {
          latenciesMs: this.#latenciesMs,
          lastSentMs: this.#lastSentMs,
          marketMessages: frames - this.#frames - ACCOUNT_FRAMES * this.#latenciesMs.length,
          heapBytes: Deno.memoryUsage().heapUsed,
          alarms: this.#alarms,
        };
        [this.#latenciesMs, this.#frames, this.#alarms] = [[], frames, []];
        return figures;
      }
    }
  }

  #alarm(text: string): void {
    if (this.#alarms.length < 50) this.#alarms.push(text);
  }

  /** The same exchange, with an eye on when orders leave. */
  #watched(exchange: Exchange): Exchange {
    return new Proxy(exchange, {
      get: (target, name) => {
        if (name !== "submit") {
          const own = Reflect.get(target, name);
          return typeof own === "function" ? own.bind(target) : own;
        }
        return (order: Parameters<Exchange["submit"]>[0], lastLook: () => string | null) =>
          target.submit(order, () => {
            const reason = lastLook();
            if (reason === null) this.#left(order.clientOrderId as ClientOrderId);
            return reason;
          });
      },
    });
  }

  #left(id: ClientOrderId): void {
    const nowMs = performance.timeOrigin + performance.now();
    const record = findOrder(this.#runner!.session!.trader.state, id);
    if (record === undefined) return;
    this.#latenciesMs.push(nowMs - record.intent.decidedAtMs);
    if (!record.intent.reduceOnly) this.#lastSentMs = nowMs;
  }

  #watchMore(exchange: Exchange, symbol: string, watched: number): void {
    const { signal } = this.#stop;
    const listen = async (rows: AsyncIterable<unknown>) => {
      for await (const _ of rows);
    };
    for (const own of TIMEFRAMES.slice(watched)) {
      void listen(exchange.watchCandles(symbol, timeframe(own), signal)).catch(() => {});
    }
    void listen(exchange.watchTrades(symbol, signal)).catch(() => {});
    void listen(exchange.watchTicker(symbol, signal)).catch(() => {});
  }

  /** Offers decisions, as many as are due: markets in turn, each bought and sold again. */
  #pump(): void {
    let dueFrom = performance.now(), offered = 0;
    setInterval(() => {
      const session = this.#runner!.session, nowMs = performance.now();
      if (!this.#isPumping || session === null) return void ([dueFrom, offered] = [nowMs, 0]);
      const due = Math.min(50, Math.floor((nowMs - dueFrom) / 1_000 * this.settings.ordersPerSecond) - offered);
      const { state } = session.trader, busy = new Set(state.orders.map(({ intent }) => intent.book));
      for (let tried = 0, left = due; left > 0 && tried < state.books.length; tried++) {
        const book = this.#book = (this.#book + 1) % state.books.length;
        if (busy.has(book)) continue;
        busy.add(book);
        const requests = [state.books[book]!.position === 0n ? BUY : SELL];
        session.offer({ kind: "decision", book, requests, timeMs: Date.now() as TimestampMs });
        left--;
        offered++;
      }
    }, PUMP_MS);
  }
}

if (import.meta.main) {
  const trader = new LoadTrader(JSON.parse(Deno.args[0]!));
  await trader.start();
  const say = (answer: unknown) => console.log(JSON.stringify(answer));
  say({ ready: true });
  for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
    say(await trader.answer(line));
  }
  Deno.exit();
}
