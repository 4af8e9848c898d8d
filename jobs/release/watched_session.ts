// A session with a position at a real exchange of this machine, its trading process and its watchdogs, for tests that kill
// some of them.
import { inTransaction } from "../../engine/database/mod.ts";
import { type LoopbackExchange, SeededMarket, startLoopbackExchange, VenueClock } from "../../engine/exchanges/mod.ts";
import { askCommand } from "../../engine/journal/mod.ts";
import { KillSwitch } from "../../engine/live/mod.ts";
import { DAY_MS, systemClock, timestampMs, type WatchdogLabel } from "../../engine/time/mod.ts";
import { beginPaperSession } from "../trading/new_session.ts";
import { sessionConfig } from "../trading/session_config.ts";
import { sessionOf, sessionSettings } from "../trading/session_settings.ts";
import { crashFindings } from "./crash_books.ts";
import type { CrashSite } from "./crash_site.ts";
import { CrashVictim } from "./crash_victim.ts";
import { minuteSpec } from "./minute_spec.ts";
import { stoppedHolder } from "./stopped_holder.ts";

const SPEED = 60, SYMBOLS = ["BTC/USDT", "ETH/USDT"], START_PRICES = [60_000, 3_000];
/** What the account has beside its cash when it begins: it must not be sold. */
const HELD = { asset: "BTC", amount: "0.05" };
/** The venue takes nothing smaller. */
const LEFT_OVER_QUOTE = 6;

export class WatchedSession {
  readonly processes: CrashVictim[] = [];

  private constructor(
    readonly site: CrashSite,
    readonly exchange: LoopbackExchange,
    readonly id: string,
    readonly dataDir: string,
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Begins one, and waits until its positions are open with their stops. @param seconds Settings of the watchdog. */
  static async begin(
    site: CrashSite,
    seconds: { readonly naked: number; readonly flatten: number },
  ): Promise<WatchedSession> {
    const nowMs = systemClock.now(), listedAtMs = timestampMs(Math.floor(nowMs / DAY_MS - 1) * DAY_MS);
    const markets = SYMBOLS.map((symbol, i) =>
      new SeededMarket({ symbol, seed: 5, listedAtMs, startPrice: START_PRICES[i]! })
    );
    const clock = new VenueClock(timestampMs(nowMs), SPEED, systemClock);
    const exchange = startLoopbackExchange({ markets, clock, account: { seed: 5 } });
    exchange.venue.transfer(HELD.asset, HELD.amount);
    const name = `watch-${crypto.randomUUID().slice(0, 13)}`, dataDir = `${site.home}/${name}`;
    await Deno.mkdir(dataDir);
    const { id } = await beginPaperSession(site.database.sql, {
      autopilot: name,
      spec: minuteSpec(stoppedHolder.id, markets),
      ...{ exchange: "loopback", exchangeUrl: exchange.url, askedBy: null },
      clock: { startMs: clock.startMs, beganMs: clock.beganMs, speed: SPEED },
    });
    const session = new WatchedSession(site, exchange, id, dataDir, {
      ...site.environment(dataDir),
      CRYPTO_TRADER_WATCHDOG_NAKED_SECONDS: `${seconds.naked}`,
      CRYPTO_TRADER_WATCHDOG_FLATTEN_SECONDS: `${seconds.flatten}`,
      CRYPTO_TRADER_WATCHDOG_BAR_SECONDS: "1",
    });
    return session;
  }

  trade(): CrashVictim {
    return this.#start({ what: "trade" });
  }

  /** @param n Which passing of the label counts. */
  watch(label?: WatchdogLabel, n = 1): CrashVictim {
    return this.#start({ what: "watch", n, ...(label === undefined ? {} : { label }) });
  }

  #start(what: { what: "trade" | "watch"; label?: string; n?: number }): CrashVictim {
    const { dataDir, environment, id: subject } = this,
      started = new CrashVictim({ ...what, subject, dataDir, environment });
    this.processes.push(started);
    return started;
  }

  /** Each position is open, and has its stop. */
  async isHeld(): Promise<void> {
    await until(
      40_000,
      () => this.#failure("positions are not open with their stops"),
      () => SYMBOLS.every((symbol) => this.#worth(symbol) > LEFT_OVER_QUOTE && this.#stops(symbol).length === 1),
    );
  }

  /** Nothing is held any more, and nothing rests at the venue. */
  async isFlat(withinMs: number): Promise<void> {
    await until(
      withinMs,
      () => this.#failure("positions are not closed"),
      () =>
        this.exchange.venue.openOrders().length === 0 &&
        SYMBOLS.every((symbol) => Math.abs(this.#worth(symbol)) < LEFT_OVER_QUOTE),
    );
  }

  /** The stops of all positions vanish from the venue. */
  loseStops(): void {
    for (const symbol of SYMBOLS) for (const stop of this.#stops(symbol)) this.exchange.venue.cancel(stop);
  }

  async kill(flatten: boolean): Promise<void> {
    await new KillSwitch(this.dataDir).set({ reason: "a test", flatten, atMs: systemClock.now() });
  }

  async ask(kind: string): Promise<void> {
    const { sql } = this.site.database, { account } = await sessionOf(sql, this.id), id = crypto.randomUUID();
    await inTransaction(
      sql,
      (tx) => askCommand(tx, { id, account, kind, body: {}, askedBy: "test", askedAtMs: systemClock.now() }),
    );
  }

  /** Names of the watchdog's orders at the venue. */
  get guardOrders(): string[] {
    return this.exchange.venue.orders.map(({ clientOrderId }) => clientOrderId).filter((name) => /-w\d+$/.test(name));
  }

  /** What the venue's books and the journal have differently. */
  async findings(): Promise<readonly string[]> {
    const { sql } = this.site.database, row = await sessionOf(sql, this.id);
    const config = sessionConfig(sessionSettings(row.settings), () => stoppedHolder);
    const found = await crashFindings(sql, row.id, row.account, config, this.exchange.venue);
    return [...found.duplicates, ...found.lostFills, ...found.wrongState];
  }

  /** Waits until venue and journal agree. */
  async isAgreed(withinMs: number): Promise<void> {
    let found: readonly string[] = [];
    await until(withinMs, () => this.#failure(found.join("\n")), async () => {
      found = await this.findings();
      return found.length === 0;
    });
  }

  async close(): Promise<void> {
    for (const own of this.processes) await own.kill();
    await this.exchange.close();
  }

  #worth(symbol: string): number {
    const { venue } = this.exchange, [base] = symbol.split("/");
    const total = Number(venue.balances().find(({ asset }) => asset === base)?.total ?? "0");
    const beside = base === HELD.asset ? Number(HELD.amount) : 0;
    return (total - beside) * venue.lastPrice(venue.market(symbol)!);
  }

  #stops(symbol: string) {
    return this.exchange.venue.openOrders().filter((own) => own.market.symbol === symbol && own.triggerPrice !== null);
  }

  #failure(what: string): string {
    const { venue } = this.exchange,
      orders = venue.orders.map((own) => `${own.clientOrderId} ${own.side} ${own.state} ${own.filled}/${own.quantity}`);
    const said = this.processes.map(({ lines }, i) => `process ${i + 1}:\n${lines.slice(-25).join("\n")}`);
    return [what, ...orders, ...said].join("\n");
  }
}

/** @throws {Error} with what it says otherwise. */
export async function until(
  ms: number,
  otherwise: () => string,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const untilMs = performance.now() + ms;
  while (!await isSo()) {
    if (performance.now() > untilMs) throw new Error(otherwise());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
