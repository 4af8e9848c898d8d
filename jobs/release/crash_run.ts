// One crash: a real process dies at a place, a successor goes on, and then the venue's books and the journal must agree.
import { inTransaction, readLease, type TakenLease } from "../../engine/database/mod.ts";
import {
  type FaultPlan,
  type LoopbackExchange,
  SeededMarket,
  startLoopbackExchange,
  VenueClock,
} from "../../engine/exchanges/mod.ts";
import { askCommand } from "../../engine/journal/mod.ts";
import { KillSwitch } from "../../engine/live/mod.ts";
import { LEASE_TTL_MS } from "../../engine/live/session_runner.ts";
import { type CrashLabel, DAY_MS, SeededRandom, systemClock, timestampMs } from "../../engine/time/mod.ts";
import { beginPaperSession } from "../trading/new_session.ts";
import { minuteSpec } from "./minute_spec.ts";
import { sessionConfig } from "../trading/session_config.ts";
import { leaseOf } from "../trading/session_lease.ts";
import { sessionOf, sessionSettings } from "../trading/session_settings.ts";
import { type CrashFindings, crashFindings } from "./crash_books.ts";
import { CrashLine, type WrittenLabel } from "./crash_line.ts";
import type { CrashSite } from "./crash_site.ts";
import { CrashVictim } from "./crash_victim.ts";
import { eagerStrategy } from "./eager_strategy.ts";

/** When the process dies: at its first start, as a successor, or with disk, database and Redis losing their power, too. */
export const CRASH_MODES = ["first", "recovery", "power"] as const;

export interface CrashSpec {
  readonly label: CrashLabel;
  readonly mode: typeof CRASH_MODES[number];
  readonly seed: number;
}

export interface CrashResult extends CrashSpec, CrashFindings {
  /** `SIGSTOP`: it stood still for longer than its lease, a successor led meanwhile, and it went on. */
  readonly manner: "SIGKILL" | "SIGSTOP";
  /** From the death of one process, with the next started at once, until that one trades. */
  readonly recoveryMs: number;
  readonly orders: number;
  readonly fills: number;
  /** From the last execution, with no faults on the line any more, until all of them are in the journal. */
  readonly toldAfterMs: number;
  /** What kept the run from its end; null where nothing did. */
  readonly failure: string | null;
  /** What the processes said last and how orders stand, for whoever looks for the reason; null where all is well and soon told. */
  readonly told: string | null;
}

const SYMBOLS = ["BTC/USDT", "ETH/USDT"], START_PRICES = [60_000, 3_000], SPEED = 60;
/** What the account has beside its cash when it begins: it must be neither traded nor lost. */
const HELD = { asset: "BTC", amount: "0.05" };
const REACH_MS = 40_000, RECOVER_MS = 60_000, SETTLE_MS = 20_000, TELL_MS = 120_000, TOLD_SOON_MS = 10_000;
const END_MS = 15_000, TRADES_ON_MS = 800;
const FAULTS: FaultPlan["shares"] = { "lost-response": 0.02, slow: 0.02, "unknown-status": 0.02, "cut-body": 0.02 };
/** Nobody asks for orders before an answer to one was lost. */
const LOST_ANSWERS: FaultPlan["scripted"] = [1, 2, 3].map((n) => ({ at: "place", n, fault: "lost-response" }));
const WRITTEN: ReadonlySet<string> = new Set<WrittenLabel>([
  "half of the request written",
  "request written",
  "cancel written",
]);
/** Less than this cannot be sold. */
const LEFT_OVER_QUOTE = 6;
/** Passed once or hardly more often in the life of a process. */
const RARE = /^(recovery|kill|after lease acquire|before lease acquire|.* lease release|.* place claim|.*adjustment)/;
/** Where the first process dies in runs whose second one is meant. */
const FIRST_DEATHS: readonly CrashLabel[] = [
  "after sending commit",
  "request written",
  "before fill commit",
  "after intent commit",
  "cancel written",
  "response received",
];

/** True of runs in which the venue's answers are late, cut or lost, too: those that wait for one recover later. */
export function hasFaultyLine({ seed, label }: Pick<CrashSpec, "seed" | "label">): boolean {
  return seed % 2 === 0 || isAsked(label);
}

/** True of labels that a process comes by only where an answer was lost. */
function isAsked(label: CrashLabel): boolean {
  return label === "before query" || label === "query answered";
}

/** Lets a process die, and tells what came of it. */
export async function crashRun(site: CrashSite, spec: CrashSpec): Promise<CrashResult> {
  const run = await CrashRun.open(site, spec);
  try {
    return await run.result();
  } finally {
    await run.close();
  }
}

/** All labels that processes come by when one trades, is killed by its switch, and ends in order, and one goes on. */
export async function labelsOfTour(site: CrashSite): Promise<ReadonlySet<string>> {
  const run = await CrashRun.open(site, { label: "query answered", mode: "first", seed: 1 });
  try {
    return await run.tour();
  } finally {
    await run.close();
  }
}

class CrashRun {
  readonly #random: SeededRandom;
  readonly #victims: CrashVictim[] = [];
  #recoveryMs = 0;
  #toldAfterMs = 0;

  private constructor(
    readonly site: CrashSite,
    readonly spec: CrashSpec,
    readonly exchange: LoopbackExchange,
    readonly line: CrashLine,
    readonly sessionId: string,
    readonly dataDir: string,
  ) {
    this.#random = new SeededRandom(spec.seed);
  }

  static async open(site: CrashSite, spec: CrashSpec): Promise<CrashRun> {
    const { seed, label } = spec, nowMs = systemClock.now();
    const listedAtMs = timestampMs(Math.floor(nowMs / DAY_MS - 1) * DAY_MS);
    const markets = SYMBOLS.map((symbol, i) =>
      new SeededMarket({ symbol, seed, listedAtMs, startPrice: START_PRICES[i]! })
    );
    const clock = new VenueClock(timestampMs(nowMs), SPEED, systemClock);
    const faults: FaultPlan = isAsked(label)
      ? { scripted: LOST_ANSWERS }
      : { shares: hasFaultyLine(spec) ? FAULTS : {} };
    const exchange = startLoopbackExchange({ markets, clock, account: { seed }, faults: { seed, ...faults } });
    exchange.venue.transfer(HELD.asset, HELD.amount);
    const line = new CrashLine(exchange.url), name = `crash-${crypto.randomUUID().slice(0, 13)}`;
    const dataDir = `${site.home}/${name}`;
    await Deno.mkdir(dataDir);
    const { id: sessionId } = await beginPaperSession(site.database.sql, {
      autopilot: name,
      spec: minuteSpec("eager", markets, { seed }),
      exchange: "loopback",
      exchangeUrl: line.url,
      askedBy: null,
      clock: { startMs: clock.startMs, beganMs: clock.beganMs, speed: SPEED },
    });
    return new CrashRun(site, spec, exchange, line, sessionId, dataDir);
  }

  async result(): Promise<CrashResult> {
    const { spec, exchange: { venue } } = this, isStopped = this.#isStopped;
    let failure: string | null = null, findings: CrashFindings = { duplicates: [], lostFills: [], wrongState: [] };
    try {
      await this.#crash();
      await this.#settle();
      const row = await sessionOf(this.site.database.sql, this.sessionId);
      const config = sessionConfig(sessionSettings(row.settings), () => eagerStrategy);
      findings = await crashFindings(this.site.database.sql, row.id, row.account, config, venue);
    } catch (error) {
      failure = (error as Error).message;
    }
    const isWhole = failure === null && Object.values(findings).every(({ length }) => length === 0) &&
      this.#toldAfterMs <= TOLD_SOON_MS;
    return {
      ...spec,
      ...findings,
      manner: isStopped ? "SIGSTOP" : "SIGKILL",
      recoveryMs: Math.round(this.#recoveryMs),
      orders: venue.orders.length,
      fills: venue.fills.length,
      toldAfterMs: Math.round(this.#toldAfterMs),
      failure,
      told: isWhole ? null : await this.#inWords(),
    };
  }

  /** Which labels they came by. */
  async tour(): Promise<ReadonlySet<string>> {
    const trader = this.#start("kill: between cancels"), passed = new Set<string>(WRITTEN);
    await until(REACH_MS, "nothing trades", () => Promise.resolve(this.exchange.venue.fills.length > 0));
    await this.#drive("kill: between cancels", trader);
    await later(TRADES_ON_MS);
    await trader.close();
    const { dataDir } = this, environment = this.site.environment(dataDir);
    const killer = new CrashVictim({ what: "kill", subject: dataDir, dataDir, environment });
    this.#victims.push(killer);
    for (const own of [trader, killer]) {
      await within(own.gone(), END_MS, "a process does not end");
      for (const label of Object.keys(own.labels ?? {})) passed.add(label);
    }
    return passed;
  }

  async #inWords(): Promise<string> {
    const said = this.#victims.map(({ lines }, i) => `process ${i + 1}:\n${lines.slice(-15).join("\n")}`);
    const orders = await this.#ordersInWords().catch((error) => [`the journal: ${(error as Error).message}`]);
    return [...said, ...orders].join("\n");
  }

  async #hasUnknown(): Promise<boolean> {
    const [{ count }] = await this.site.database.sql<{ count: number }[]>`
      select count(*)::int as count from orders where session_id = ${this.sessionId} and state in ('sending', 'unknown')`;
    return count > 0;
  }

  /** How the last orders stand at the venue and in the journal. */
  async #ordersInWords(): Promise<string[]> {
    const { venue } = this.exchange, atVenue = new Map(venue.orders.map((own) => [own.clientOrderId, own]));
    const rows = await this.site.database.sql<{ id: string; slot: string; state: string; filled: string }[]>`
      select client_order_id as id, slot, state, filled::text from orders where session_id = ${this.sessionId}
      order by decided_at_ms desc, client_order_id limit 20`;
    return rows.map(({ id, slot, state, filled }) => {
      const own = atVenue.get(id), told = own === undefined ? "unknown" : `${own.state} ${own.filled}/${own.quantity}`;
      return `${id} ${slot}: ${state} ${filled} in the journal, ${told} at the venue`;
    });
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#driving;
    for (const victim of this.#victims) await victim.kill();
    this.line.close();
    await this.exchange.close();
    await Deno.remove(this.dataDir, { recursive: true }).catch(() => {}); // the power took it
  }

  /** Every fourth one is stopped for a while; a power cut kills. */
  get #isStopped(): boolean {
    return this.spec.mode !== "power" && this.spec.seed % 4 === 3 && !this.spec.label.startsWith("kill: ");
  }

  /** Which passing of the label counts. */
  #nth(label: CrashLabel): number {
    return RARE.test(label) ? 1 : 1 + Math.floor(this.#random.next() * 3);
  }

  async #crash(): Promise<void> {
    const { label, mode } = this.spec;
    if (mode === "recovery") {
      const isOfStart = /adjustment|^recovery: before load/.test(label);
      const first = isOfStart ? "before adjustment commit" : this.#drawn(FIRST_DEATHS);
      await this.#die(await this.#atLabel(first, 1));
      // The answers that were to be lost may have been the first process's.
      if (isAsked(label)) this.exchange.faults.plan({ seed: this.spec.seed, scripted: LOST_ANSWERS });
    }
    const victim = await this.#atLabel(label, this.#nth(label));
    if (this.#isStopped) await this.#standStill(victim);
    else {
      await this.#die(victim);
      await this.#trades(this.#start());
    }
    if (label === "kill: file synced" && this.#kill.read() === null) {
      throw new Error("the kill switch is not set any more");
    }
    await later(TRADES_ON_MS);
  }

  get #kill(): KillSwitch {
    return new KillSwitch(this.dataDir);
  }

  #drawn<T>(values: readonly T[]): T {
    return values[Math.floor(this.#random.next() * values.length)]!;
  }

  /** Starts a process and lets it come to a label. */
  async #atLabel(label: CrashLabel, n: number): Promise<CrashVictim> {
    if (label === "kill: before file" || label === "kill: file synced") return await this.#atKillFile(label);
    const victim = this.#start(label, n), reached = Promise.withResolvers<void>();
    if (WRITTEN.has(label)) {
      this.line.catchNext({
        label: label as WrittenLabel,
        n,
        caught: () => {
          if (this.#isStopped) victim.signal("SIGSTOP");
          else victim.signal("SIGKILL");
          reached.resolve();
          return this.#goesOn.promise;
        },
      });
    } else void victim.passed.then(reached.resolve);
    this.#driving = this.#drive(label, victim);
    this.#driving.catch(() => {}); // told when it is waited for
    const early = victim.ended.then(() => {
      throw new Error(`the process ended before it came to "${label}"`);
    });
    early.catch(() => {});
    await within(Promise.race([reached.promise, early]), REACH_MS, `nothing came to "${label}"`);
    return victim;
  }

  /** Whether a request that was caught half written goes on, and when. */
  #goesOn = Promise.withResolvers<boolean>();

  /** The kill command dies, and the trading process with it. */
  async #atKillFile(label: CrashLabel): Promise<CrashVictim> {
    const trader = this.#start();
    await within(trader.leads, RECOVER_MS, "nothing trades");
    await later(TRADES_ON_MS);
    const { dataDir } = this, environment = this.site.environment(dataDir);
    const victim = new CrashVictim({ what: "kill", subject: dataDir, label, dataDir, environment });
    this.#victims.push(victim);
    await within(victim.passed, REACH_MS, `nothing came to "${label}"`);
    await trader.kill();
    return victim;
  }

  #driving: Promise<void> = Promise.resolve();
  #isOver = false;

  /** Does what brings a process to labels that it does not pass by itself. */
  async #drive(label: CrashLabel, victim: CrashVictim): Promise<void> {
    const isEnding = / lease release$/.test(label), isKill = label.startsWith("kill: ");
    if (!isEnding && !isKill) return;
    await Promise.race([victim.leads, victim.ended]);
    await later(TRADES_ON_MS);
    if (isEnding) {
      // With an order of which nobody knows it would keep its lease until that runs out.
      await until(REACH_MS / 2, "orders stay unknown", async () => !await this.#hasUnknown()).catch(() => {});
      return await victim.close();
    }
    const untilMs = performance.now() + REACH_MS;
    let isPassed = false;
    void victim.passed.then(() => isPassed = true);
    while (!isPassed && !this.#isOver && performance.now() < untilMs) {
      const entries = this.exchange.venue.openOrders().filter(({ side }) => side === "buy");
      if (label === "kill: between cancels" && entries.length === 0) {
        await later(10);
        continue;
      }
      await this.#kill.set({ reason: "a crash run", flatten: false, atMs: systemClock.now() });
      await later(700);
      if (isPassed) return;
      await this.#kill.clear();
      await this.#ask("resume");
      await later(300);
    }
  }

  /** Kills it where it stands. */
  async #die(victim: CrashVictim): Promise<void> {
    victim.signal("SIGKILL");
    this.#goesOn.resolve(false);
    this.#goesOn = Promise.withResolvers();
    await victim.kill();
    if (this.spec.mode === "power") await this.site.losePower();
    this.#diedMs = performance.now();
  }

  #diedMs = 0;

  async #trades(successor: CrashVictim): Promise<void> {
    this.#last = successor;
    await within(successor.leads, RECOVER_MS, "the successor does not trade");
    this.#recoveryMs = successor.leadsSinceMs! - this.#diedMs;
  }

  /** Who trades at the end. */
  #last: CrashVictim | null = null;

  /**
   * Stops it where it stands until its lease is over, or until another one has traded for a while; then it goes on. One of
   * the two trades in the end, and the other one ends: whoever wakes early may take up before the other has begun.
   */
  async #standStill(victim: CrashVictim): Promise<void> {
    victim.signal("SIGSTOP");
    this.#diedMs = performance.now();
    const lease = await this.#lease(), successor = this.#start(), isLate = this.#random.next() < 0.5;
    if (isLate) {
      await this.#trades(successor);
      await later(TRADES_ON_MS);
    } else await later(LEASE_TTL_MS + 3_000 * this.#random.next());
    victim.signal("SIGCONT");
    const wokenMs = performance.now();
    this.#goesOn.resolve(true);
    if (!isLate) void this.#watchLease(lease, successor);
    const left = Promise.race([victim.ended.then(() => successor), successor.ended.then(() => victim)]);
    const leader = await within(left, END_MS, "of two processes both go on");
    if (isLate && leader === victim) throw new Error("who stood still has taken over from its successor");
    if (isLate) return;
    if (leader !== victim || victim.leadsSinceMs === null) return await this.#trades(leader);
    // It has led all the time, as far as anybody knows.
    this.#last = victim;
    this.#recoveryMs = wokenMs - this.#diedMs;
  }

  /** Who wakes before anybody has taken its lease may renew it and end after that: it was alive for so long. */
  async #watchLease(before: TakenLease | undefined, successor: CrashVictim): Promise<void> {
    const epoch = before?.epoch ?? 0;
    for (let endMs = before?.expiresAtMs ?? 0; !this.#isOver && successor.leadsSinceMs === null;) {
      const now = await this.#lease().catch(() => undefined);
      if (now !== undefined && now.epoch > epoch) return;
      if (now !== undefined && now.expiresAtMs > endMs) {
        endMs = now.expiresAtMs;
        this.#diedMs = performance.now();
      }
      await later(20);
    }
  }

  /** The account's lease as it stands. */
  async #lease(): Promise<TakenLease | undefined> {
    const { sql } = this.site.database, row = await sessionOf(sql, this.sessionId);
    return await readLease(sql, leaseOf({ ...row, settings: sessionSettings(row.settings) }));
  }

  /** Lets what is open be closed, all of it be told, and the last process end in order. */
  async #settle(): Promise<void> {
    const { exchange: { venue, faults }, site: { database: { sql } } } = this, last = this.#last!;
    faults.plan({});
    await this.#ask("flatten");
    await until(SETTLE_MS, "positions are not closed", () => {
      const held = venue.balances().filter(({ asset }) => asset !== "USDT").map(({ asset, total }) => {
        const market = venue.markets.find(({ symbol }) => symbol.startsWith(asset))!;
        return (Number(total) - (asset === HELD.asset ? Number(HELD.amount) : 0)) * venue.lastPrice(market);
      });
      return Promise.resolve(venue.openOrders().length === 0 && held.every((worth) => worth < LEFT_OVER_QUOTE));
    });
    const closedMs = performance.now();
    await until(TELL_MS, "executions are missing in the journal", async () => {
      const [{ count }] = await sql<{ count: number }[]>`
        select count(*)::int as count from fills where session_id = ${this.sessionId}`;
      return count >= venue.fills.length;
    }).catch(() => {}); // the books say which
    this.#toldAfterMs = performance.now() - closedMs;
    await last.close();
    const status = await within(last.gone(), END_MS, "the last process does not end");
    if (!status.success) throw new Error(`the last process ended with status ${status.code}`);
  }

  async #ask(kind: string): Promise<void> {
    const { sql } = this.site.database, { account } = await sessionOf(sql, this.sessionId), id = crypto.randomUUID();
    const askedAtMs = systemClock.now();
    await inTransaction(sql, (tx) => askCommand(tx, { id, account, kind, body: {}, askedBy: "crash run", askedAtMs }));
  }

  #start(label?: CrashLabel, n = 1): CrashVictim {
    const { dataDir, sessionId } = this, environment = this.site.environment(dataDir);
    const victim = new CrashVictim({
      ...{ what: "trade" as const, subject: sessionId, dataDir, environment, n },
      ...(label === undefined ? {} : { label }),
    });
    this.#victims.push(victim);
    return victim;
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function within<T>(awaited: Promise<T>, ms: number, failure: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => timer = setTimeout(() => reject(new Error(failure)), ms));
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer!);
  }
}

async function until(ms: number, failure: string, isSo: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + ms;
  while (!await isSo()) {
    if (performance.now() > untilMs) throw new Error(failure);
    await later(50);
  }
}
