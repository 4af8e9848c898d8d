// The process that watches one session: what it opens, also while the database is away, and how it ends.
import type { StrategyLookup } from "../../engine/backtest/mod.ts";
import { type Database, openDatabase, STANDS_STILL_MS } from "../../engine/database/mod.ts";
import { InputError } from "../../engine/errors/mod.ts";
import { openExchange } from "../../engine/exchanges/mod.ts";
import {
  KillSwitch,
  PostgresLease,
  PostgresSession,
  SendLock,
  SessionReplica,
  SpoolFile,
  SystemScheduler,
  Watchdog,
} from "../../engine/live/mod.ts";
import { identityOf } from "../../engine/identity/mod.ts";
import { modeInForce } from "../../engine/security/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import { pause, systemClock } from "../../engine/time/mod.ts";
import { DEFAULT_TIMING } from "../../engine/trader/mod.ts";
import { note } from "../output.ts";
import { readSettings } from "../settings.ts";
import { untilStopped } from "../stopping.ts";
import { watchdogFolder } from "../watchdog_folder.ts";
import type { LiveMode } from "./live_wish.ts";
import { sharedLimit } from "./loopback_limit.ts";
import { leaseOf } from "./session_lease.ts";
import { steadyClock } from "./session_clock.ts";
import { sessionConfig, venueClock } from "./session_config.ts";
import { sessionKey } from "./session_key.ts";
import { allowedMode } from "./session_mode.ts";
import { noticeLine } from "./session_notices.ts";
import { sessionOf, type SessionRow, sessionSettings } from "./session_settings.ts";
import { readWatchRecord, writeWatchRecord } from "./watch_record.ts";

const TIMEOUT_MS = 4_000, RETRY_MS = 1_000, MODE_LOOK_MS = 1_000;

/**
 * Watches a session until it is told to stop or the session has ended; why it ended. The key of an account at a venue comes
 * in by standard input.
 *
 * @param most What it may do at most, at a venue; null: what the session began with.
 * @param strategies Those of the registry unless stated.
 * @throws {InputError} `session` where there is none, `watchdog-runs` where another process watches it, `mode`,
 * `key-missing`.
 */
export async function watchSession(
  sessionId: string,
  most: LiveMode | null,
  isSupervised: boolean,
  strategies?: StrategyLookup,
): Promise<string> {
  const settings = readSettings().values, folder = watchdogFolder(settings), stopped = new AbortController();
  const spool = await SpoolFile.open(folder, sessionId), database = new LateDatabase(settings, sessionId);
  const closing: (() => unknown)[] = [() => database.close(), () => spool.close()];
  try {
    const row = await rowOf(sessionId, spool, database), session = sessionSettings(row.settings);
    const mode = most ?? row.mode as LiveMode;
    if (row.mode !== "paper" && mode === "readOnly") {
      throw new InputError("mode", `session ${sessionId} sends nothing: there is nothing to watch over`);
    }
    const exchange = await openExchange(session.exchange, {
      ...(session.exchangeUrl === null ? {} : { baseUrl: session.exchangeUrl }),
      ...{ key: await sessionKey(row, session), timeoutMs: TIMEOUT_MS },
      // All of it: whoever trades leaves a part.
      ...sharedLimit(session, 1),
    });
    closing.unshift(() => exchange.close());
    const lock = new SendLock(folder, sessionId, true);
    closing.unshift(() => lock.close());
    const steady = await steadyClock(session, exchange), clock = venueClock(session, steady);
    const real = new SystemScheduler(steady), leaseName = leaseOf({ ...row, settings: session });
    const holder = `${Deno.hostname()} watchdog ${Deno.pid}`, kill = new KillSwitch(settings.dataDir);
    const lease = async () => new PostgresLease(await database.sql(), leaseName, holder);
    const config = sessionConfig(session, strategies), say = sayer(clock);
    const watched = watchMode(row, mode, session, database, spool, stopped.signal);
    const barMs = settings.watchdogBarSeconds * 1_000;
    const watchdog = new Watchdog({
      ...{ config, spool, lock, lease, exchange, real, say, barMs },
      replica: new SessionReplica({ config, session: row, leaseName, sql: () => database.sql() }),
      storeOf: async (epoch) =>
        new PostgresSession(
          await database.sql(),
          { account: row.account, sessionId, venue: session.exchange },
          await lease(),
          epoch,
        ),
      scheduler: new SystemScheduler(clock, session.clock?.speed ?? 1),
      monotonic: () => performance.now(),
      wallMs: () => systemClock.now(),
      kill: () => kill.read(),
      maySell: () => watched.maySell,
      terms: { flattenMs: settings.watchdogFlattenSeconds * 1_000, nakedMs: settings.watchdogNakedSeconds * 1_000 },
      requestsEndMs: DEFAULT_TIMING.requestExpiryMs + DEFAULT_TIMING.marginMs,
      longestNakedMs: readWatchRecord(folder, sessionId)?.longestNakedMs ?? 0,
      tell: (severity, kind, title, text) => {
        const subject = `${session.autopilot}, session ${sessionId}`;
        console.log(noticeLine({
          ...{ severity, kind, title: `${session.autopilot}: ${title}`, text, atMs: systemClock.now(), subject },
        }));
      },
      report: (report) =>
        writeWatchRecord(folder, sessionId, { ...report, pid: Deno.pid, atMs: systemClock.now(), barMs }),
    });
    void untilStopped(isSupervised).then(() => stopped.abort());
    say(`watching session ${sessionId}`);
    const reason = await watchdog.run(stopped.signal);
    say(`watchdog of session ${sessionId} ends: ${reason}`);
    return reason;
  } finally {
    stopped.abort();
    for (const close of closing) {
      try {
        await close();
      } catch (error) {
        note(`while ending: ${(error as Error).message}`);
      }
    }
  }
}

function sayer(clock: { now(): number }) {
  return (line: string) => note(`${new Date(clock.now()).toISOString()} ${line}`);
}

/** The session's row: of the database, and where that is away of what was written down. */
async function rowOf(id: string, spool: SpoolFile, database: LateDatabase): Promise<SessionRow> {
  for (let said = false;; said = true) {
    try {
      const row = await sessionOf(await database.sql(), id);
      // One that goes on may have another key since.
      if (identityOf(spool.state.session) !== identityOf(row)) await spool.append({ kind: "session", session: row });
      return row;
    } catch (error) {
      if (error instanceof InputError && error.code === "session") throw error;
      if (spool.state.session !== null) return spool.state.session;
      if (!said) note(`session ${id} cannot be read yet: ${(error as Error).message}`);
      await pause(new SystemScheduler(), RETRY_MS);
    }
  }
}

/** Whether the account may be traded as its mode was last read. Who may trade at all is what the session began with. */
function watchMode(
  { account }: SessionRow,
  started: LiveMode,
  { live }: Pick<ReturnType<typeof sessionSettings>, "live">,
  database: LateDatabase,
  spool: SpoolFile,
  signal: AbortSignal,
): { readonly maySell: boolean } {
  // A mode that was lowered stays lowered for one that begins again while the database is away.
  const seen = { maySell: live === null || spool.state.maySell };
  if (live === null) return seen;
  const take = async (maySell: boolean) => {
    seen.maySell = maySell;
    if (maySell === spool.state.maySell || signal.aborted) return;
    await spool.append({ kind: "mode", maySell }).catch((error) => {
      if (!signal.aborted) throw error; // else it was closed meanwhile
    });
  };
  const look = async () => {
    while (!signal.aborted) {
      // Where the database is away, what it said last counts.
      const inForce = await database.sql().then((sql) => modeInForce(sql, account, systemClock.now())).catch(() =>
        null
      );
      if (inForce !== null) {
        const { mode } = allowedMode(started, inForce, live);
        await take(mode !== null && mode !== "readOnly");
      }
      await pause(new SystemScheduler(), MODE_LOOK_MS);
    }
  };
  void look();
  return seen;
}

/** A database that may be away when it is first needed. */
class LateDatabase {
  #opened: Promise<Database> | null = null;

  constructor(readonly settings: Settings, readonly sessionId: string) {}

  /** @throws while it is away. */
  async sql(): Promise<Database["sql"]> {
    this.#opened ??= openDatabase(this.settings, {
      ...{ connections: 2, applicationName: `crypto-trader watchdog ${this.sessionId}`, migrate: false },
      ...{ idleInTransactionMs: STANDS_STILL_MS, statementTimeoutMs: STANDS_STILL_MS },
    });
    try {
      return (await this.#opened).sql;
    } catch (error) {
      this.#opened = null;
      throw error;
    }
  }

  async close(): Promise<void> {
    await (await this.#opened?.catch(() => null))?.close();
  }
}
