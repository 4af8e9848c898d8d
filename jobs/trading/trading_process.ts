// The process that trades one session: what it opens, and how it ends.
import type { StrategyLookup } from "../../engine/backtest/mod.ts";
import {
  AutopilotPlace,
  type AutopilotRegistry,
  type Cache,
  openCache,
  type PlaceOptions,
} from "../../engine/cache/mod.ts";
import { openDatabase, type Sql, STANDS_STILL_MS } from "../../engine/database/mod.ts";
import { isCodedError } from "../../engine/errors/mod.ts";
import { type Exchange, openExchange } from "../../engine/exchanges/mod.ts";
import {
  type Alarm,
  arrivedCandle,
  DECISION_LASTS_MS,
  EntryRate,
  FRESH_MS,
  type GuardSide,
  HostGuard,
  KillSwitch,
  listenToVenue,
  PostgresLease,
  PostgresSession,
  SendLock,
  sentencesOf,
  SessionRunner,
  spooledOrders,
  SystemScheduler,
  venueSkewMs,
} from "../../engine/live/mod.ts";
import { entriesSince } from "../../engine/journal/mod.ts";
import type { Severity } from "../../engine/notifications/mod.ts";
import { crashPoint, fixedLengthMs, pause, systemClock, timeframe } from "../../engine/time/mod.ts";
import { DEFAULT_TIMING, type TraderConfig } from "../../engine/trader/mod.ts";
import { note } from "../output.ts";
import { readSettings } from "../settings.ts";
import { untilStopped } from "../stopping.ts";
import { watchdogFolder } from "../watchdog_folder.ts";
import { sharedLimit, WATCHDOG_SHARE } from "./loopback_limit.ts";
import { leaseOf } from "./session_lease.ts";
import type { LiveMode } from "./live_wish.ts";
import { ModeWatch } from "./mode_watch.ts";
import { HeardCommands, STOPPED_BY_COMMAND } from "./heard_commands.ts";
import { watchKill } from "./kill_watch.ts";
import { steadyClock } from "./session_clock.ts";
import { sessionConfig, venueClock } from "./session_config.ts";
import { noticeLine } from "./session_notices.ts";
import { sessionKey } from "./session_key.ts";
import { PulseTeller } from "./session_pulse.ts";
import { endReasonOf, sessionOf, type SessionRow, type SessionSettings, sessionSettings } from "./session_settings.ts";

/** What a person does about a session that opens nothing. */
const HALTED = "Nothing new is opened. Once the reason is gone: deno task autopilot resume.";
/** Of orders and executions that are not ours: each is told of once. */
const MOST_FOREIGN = 1_000;
const PLACE_TTL_MS = 3_000, PLACE_SLACK_MS = 500, PLACE_RETRY_MS = 100, TIMEOUT_MS = 4_000;

/**
 * Trades a session until it is stopped or cannot go on; why it ended. That of an account at a venue is given its key by
 * standard input. One that has ended is not traded any more, whoever starts its process again.
 *
 * @param most What it may do at most, at a venue; null: what it began with.
 * @param strategies Those of the registry unless stated.
 * @throws {InputError} `mode` where mode, host and key do not agree (fault 63), `key-missing`.
 */
export async function tradeSession(
  sessionId: string,
  most: LiveMode | null,
  isSupervised: boolean,
  strategies?: StrategyLookup,
): Promise<string> {
  const settings = readSettings().values;
  const database = await openDatabase(settings, {
    connections: 4,
    applicationName: `crypto-trader ${sessionId}`,
    idleInTransactionMs: STANDS_STILL_MS,
    statementTimeoutMs: STANDS_STILL_MS,
  });
  const cache = await openCache(settings, database.sql);
  const closing: (() => Promise<unknown>)[] = [() => cache.close(), () => database.close()];
  try {
    const row = await sessionOf(database.sql, sessionId), session = sessionSettings(row.settings);
    const before = await endReasonOf(database.sql, sessionId);
    if (before !== null) return `stopped before: ${before}`;
    const key = await sessionKey(row, session);
    const holder = `${Deno.hostname()} process ${Deno.pid}`;
    const placeLost = Promise.withResolvers<string>();
    const place = await placeOf(cache.autopilots, {
      name: session.autopilot,
      owner: `${holder} ${crypto.randomUUID()}`,
      about: { host: Deno.hostname(), pid: Deno.pid, mode: row.mode },
      ttlMs: PLACE_TTL_MS,
      onLost: ({ host, pid }) =>
        placeLost.resolve(`process ${pid} on ${host} has taken the place of ${session.autopilot}`),
    });
    closing.unshift(() => place.release());
    const exchange = await openExchange(session.exchange, {
      ...(session.exchangeUrl === null ? {} : { baseUrl: session.exchangeUrl }),
      key,
      timeoutMs: TIMEOUT_MS,
      ...sharedLimit(session, 1 - WATCHDOG_SHARE),
    });
    closing.unshift(() => exchange.close());
    const folder = watchdogFolder(settings), lock = new SendLock(folder, sessionId, false);
    closing.push(() => Promise.resolve(lock.close()));
    const watchdog: GuardSide = {
      hold: () => lock.hold(),
      letGo: () => lock.letGo(),
      orders: () => spooledOrders(folder, sessionId),
    };
    const kill = new KillSwitch(settings.dataDir);
    const watch = session.live === null
      ? null
      : await ModeWatch.begin(database.sql, row.account, most ?? row.mode as LiveMode, session.live);
    const config = sessionConfig(session, strategies);
    return await traded(
      ...[row, session, config, database.sql, cache, exchange, holder, kill, watchdog, watch, isSupervised] as const,
      placeLost.promise,
    );
  } finally {
    for (const close of closing) await close().catch((error) => note(`while ending: ${(error as Error).message}`));
  }
}

/** A predecessor that has died still holds it for a moment: it is waited for. @throws {InputError} `autopilot-runs` */
async function placeOf(registry: AutopilotRegistry, options: PlaceOptions): Promise<AutopilotPlace> {
  const untilMs = performance.now() + PLACE_TTL_MS + PLACE_SLACK_MS;
  for (;;) {
    try {
      return await AutopilotPlace.take(registry, options);
    } catch (error) {
      if (!isCodedError(error) || performance.now() > untilMs) throw error;
      await pause(new SystemScheduler(), PLACE_RETRY_MS);
    }
  }
}

async function traded(
  row: SessionRow,
  session: SessionSettings,
  config: TraderConfig,
  sql: Sql,
  cache: Cache,
  exchange: Exchange,
  holder: string,
  kill: KillSwitch,
  watchdog: GuardSide,
  watch: ModeWatch | null,
  isSupervised: boolean,
  placeLost: Promise<string>,
): Promise<string> {
  const { id, account } = row, { spec } = session, speed = session.clock?.speed ?? 1;
  const steady = await steadyClock(session, exchange), clock = venueClock(session, steady);
  const scheduler = new SystemScheduler(clock, speed), real = new SystemScheduler(steady);
  const { instruments } = config, lengthMs = fixedLengthMs(timeframe(spec.timeframe));
  const lease = new PostgresLease(sql, leaseOf({ ...row, settings: session }), holder), stopped = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const pulse = new PulseTeller({
    ...{ cache, account, sessionId: id, instruments, books: config.books, now: () => clock.now() },
    entriesSince: (sinceMs) => entriesSince(sql, account, sinceMs),
  });
  const rate = new EntryRate(config.books.length, lengthMs);
  const said = new Set<string>(), foreign = new Set<string>();
  const say = (line: string) => note(`${new Date(clock.now()).toISOString()} ${line}`);
  const tell = (severity: Severity, kind: string, title: string, text = "") => {
    const subject = `${session.autopilot}, session ${id}`;
    console.log(
      noticeLine({ severity, kind, title: `${session.autopilot}: ${title}`, text, atMs: systemClock.now(), subject }),
    );
  };
  const alarm = ({ code, message }: Alarm) => {
    say(`ALARM ${code}: ${message}`);
    tell("alarm", `session-${code}`, code, message);
  };
  const guard = HostGuard.watch({
    ...{ real: new SystemScheduler(), alarm, monotonic: () => performance.now(), signal: stopped.signal },
    skewMs: () => venueSkewMs(exchange, systemClock),
    // Its own clock was not moved, but is no longer the venue's where the machine slept: a successor sets one anew.
    jumped: (reason) => {
      runner.halt(reason, false);
      void runner.close(reason);
    },
  });
  const runner: SessionRunner = SessionRunner.start({
    config,
    lease,
    storeOf: (epoch) => new PostgresSession(sql, { account, sessionId: id, venue: session.exchange }, lease, epoch),
    exchange,
    guard: watchdog,
    pushesFills: exchange.capabilities.watchFills,
    fetchCandles: async (number, fromMs) => {
      const { symbol } = instruments[number]!;
      const answer = await exchange.candles({ symbol, timeframe: timeframe(spec.timeframe), fromMs });
      if (answer.kind !== "done") return null;
      return answer.value.filter(({ openTimeMs }) => openTimeMs + lengthMs <= clock.now())
        .map((own) => arrivedCandle(number, own));
    },
    scheduler,
    real,
    lengthMs,
    // A venue that runs faster leaves less time between its candles.
    freshMs: Math.min(FRESH_MS * speed, 0.9 * lengthMs),
    decisionLastsMs: Math.max(DECISION_LASTS_MS, Math.min(DECISION_LASTS_MS * speed, 0.9 * lengthMs)),
    requestsEndMs: DEFAULT_TIMING.requestExpiryMs + DEFAULT_TIMING.marginMs,
    monotonic: () => performance.now(),
    wallMs: () => systemClock.now(),
    killed: () => kill.read()?.reason ?? null,
    mode: () => watch?.mode ?? "trade",
    unfit: () => guard.unfit,
    alarm,
    hearForeign: ({ what, symbol, id }) => {
      const sentence = `${what} ${id} in ${symbol} is not of this session`;
      say(`ALARM foreign: ${sentence}`);
      if (foreign.has(id)) return;
      foreign.add(id);
      if (foreign.size > MOST_FOREIGN) foreign.delete(foreign.values().next().value!);
      tell(
        "warning",
        "session-foreign",
        sentence,
        "Somebody else trades with the account: it counts, and is not managed.",
      );
    },
    seen: (inputs, commands) => {
      sentencesOf(inputs, commands, instruments, said).forEach(say);
      pulse.seen(commands);
      const excess = rate.take(commands, clock.now());
      if (excess !== null) runner.halt(excess, false);
      for (const input of inputs) {
        if (input.kind === "halt") tell("alarm", "session-halted", `trading is halted: ${input.reason}`, HALTED);
        if (input.kind === "guarded") {
          tell("alarm", "session-guarded", `the watchdog has closed: ${input.order.reason}`, HALTED);
        }
        if (input.kind === "resume") tell("info", "session-resumed", "trading goes on");
      }
    },
    leads: (own) => {
      if (watch !== null) say(`mode ${watch.mode}, key ${watch.terms.key.fingerprint} at ${watch.terms.key.host}`);
      if (watch !== null && watch.mode !== "trade") runner.halt(watch.reason, false);
      say(`trading ${instruments.map(({ symbol }) => symbol).join(", ")} under epoch ${own.epoch}`);
      listenToVenue({
        exchange,
        instruments,
        timeframe: timeframe(spec.timeframe),
        link: own.link!,
        take: (candle) => own.feed?.take(candle),
        scheduler: real,
        alarm: ({ code, message }) => say(`${code}: ${message}`),
        signal: stopped.signal,
      });
    },
    ended: end,
    reach: crashPoint,
  });
  void placeLost.then((reason) => runner.stop(reason));
  watchKill(runner, kill, real, stopped.signal);
  pulse.follow(runner, real, stopped.signal);
  const commands = new HeardCommands({ runner, sql, account, sessionId: id, takenBy: holder, watch, kill });
  commands.follow(real, stopped.signal);
  watch?.follow({ runner, real, say, tell, signal: stopped.signal });
  void untilStopped(isSupervised).then(() => runner.close("stopped"));
  const reason = await ended;
  stopped.abort();
  say(`session ${id} ends: ${reason}`);
  if (reason === STOPPED_BY_COMMAND) await commands.end();
  return reason;
}
