// Watchdogs in simulated time, beside a journal, a lease and a venue that do what a test says.
import assert from "node:assert/strict";
import { CodedError } from "../../errors/mod.ts";
import type { KillOrder } from "../kill_switch.ts";
import type { HeldLease, LeaseKeeper } from "../session_lease.ts";
import type { SessionStore } from "../session_store.ts";
import { WorldClock } from "../world/world_clock.ts";
import { percent } from "../../strategies/mod.ts";
import { held, HELD_CONFIG, watching } from "../../testing/held_position.ts";
import {
  BEGIN_MS,
  done,
  elapse,
  MemorySpool,
  refused,
  unanswered,
  WatchedAccount,
} from "../../testing/watched_account.ts";
import type { Trader, TraderConfig } from "../../trader/mod.ts";
import type { SendLock } from "./send_lock.ts";
import type { DatabaseLook, SessionReplica } from "./session_replica.ts";
import { Watchdog, type WatchdogParts, type WatchReport } from "./watchdog.ts";

const FLATTEN: KillOrder = { reason: "a test", flatten: true, atMs: BEGIN_MS };

/** All that a watchdog has around it. Nobody leads, the database answers. */
class Site {
  readonly clock = new WorldClock(BEGIN_MS);
  readonly spool = new MemorySpool();
  readonly said: string[] = [];
  readonly told: string[] = [];
  readonly reports: WatchReport[] = [];
  kill: KillOrder | null = null;
  epoch = 1;
  holder: string | null = null;
  isAway = false;
  /** Why the session cannot be followed. */
  lost: CodedError | null = null;
  readonly #stop = new AbortController();
  #run: Promise<string> = Promise.resolve("");

  constructor(public trader: Trader, readonly account: WatchedAccount) {}

  /** A process that trades takes the lease, or lets it go. */
  lead(holder: string | null): void {
    if (holder !== null) this.epoch++;
    this.holder = holder;
  }

  watch(exchange = this.account.exchange(), parts: Partial<WatchdogParts> = {}): void {
    const { clock, said, told } = this, monotonic = () => clock.now();
    const dog = new Watchdog({
      ...{ config: this.trader.config, spool: this.spool.asFile(), exchange, monotonic, scheduler: clock, real: clock },
      wallMs: monotonic,
      replica: this.#replica(),
      lock: { isHeld: false, hold: () => false, letGo: () => {} } as unknown as SendLock,
      lease: () => Promise.resolve(this.#lease()),
      // Whoever leads next takes its orders over.
      storeOf: () => Promise.resolve({ known: () => unanswered() } as unknown as SessionStore),
      ...{ kill: () => this.kill, maySell: () => true, terms: { flattenMs: 2_000, nakedMs: 5_000 } },
      ...{ barMs: 3_000, requestsEndMs: 1_000, leaseTtlMs: 3_000 },
      say: (line) => said.push(line),
      tell: (_, kind, title, text) => told.push(`${kind}: ${title}. ${text}`),
      report: (report) => this.reports.push(report),
      ...parts,
    });
    this.#run = dog.run(this.#stop.signal);
  }

  async elapse(seconds: number): Promise<void> {
    await elapse(this.clock, 1_000 * seconds);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.elapse(5);
    await this.#run;
  }

  #replica(): SessionReplica {
    const traderNow = () => this.lost === null ? this.trader : null;
    return {
      get trader() {
        return traderNow();
      },
      look: (): Promise<DatabaseLook> => {
        const { epoch, holder } = this;
        if (this.isAway) return Promise.reject(Object.assign(new Error("away"), { code: "postgres-away" }));
        return Promise.resolve({
          lost: this.lost,
          ...{ isLed: holder !== null, holder: holder ?? "", epoch, hasEnded: false, known: new Set<string>() },
        });
      },
    } as unknown as SessionReplica;
  }

  #lease(): LeaseKeeper {
    return {
      acquire: () => {
        if (this.holder !== null) return done({ holder: this.holder, epoch: this.epoch });
        this.lead("the watchdog");
        return done<HeldLease>({ epoch: this.epoch, validUntilMs: Infinity, isClean: true });
      },
      renew: (lease) => done(lease),
      release: () => {
        this.lead(null);
        return done(undefined);
      },
    };
  }
}

async function onSite(site: Site, work: (site: Site) => Promise<void>): Promise<void> {
  try {
    await work(site);
  } finally {
    await site.close();
  }
}

/** A coin in each of two books of one market, with their stops. */
function twoBooks(): { site: Site; stops: readonly [string, string] } {
  const [book] = HELD_CONFIG.books, own = { ...book!, share: 0.5, cashFraction: 0.5 };
  const config: TraderConfig = { ...HELD_CONFIG, books: [{ ...own, id: "a" }, { ...own, id: "b" }] };
  const { trader, feed, fill, accept, sent, now } = watching(config), account = new WatchedAccount("BTC", "2");
  const stopOf = (book: number): string => {
    feed({
      ...{ kind: "decision", book, timeMs: now() },
      requests: [{
        ...{ kind: "enter", side: "buy", at: null, sizing: { kind: "units", units: 1 }, stop: percent(5) },
        ...{ target: null, reason: "enter" },
      }],
    });
    fill(sent("entry")!, "1", "100");
    const { clientOrderId: name, quantity } = sent("stop")!;
    accept(name, quantity);
    account.rest(name, "1");
    return name;
  };
  return { site: new Site(trader, account), stops: [stopOf(0), stopOf(1)] };
}

/** Five coins with their stop. */
function oneBook(): { site: Site; stop: string } {
  const { trader, sent, accept } = held(), { clientOrderId: stop, quantity } = sent("stop")!;
  const account = new WatchedAccount("BTC", "5");
  accept(stop, quantity);
  account.rest(stop, "5");
  return { site: new Site(trader, account), stop };
}

Deno.test("a book without its stop is naked and closed, though another book's stop in its market has filled unheard", async () => {
  const { site, stops: [first, second] } = twoBooks();
  site.account.fill(first);
  await onSite(site, async () => {
    site.watch();
    await site.elapse(10);
    assert.deepEqual(site.account.acts, [], "what has its stop is left alone");
    site.account.lose(second);
    await site.elapse(15);
    assert.equal(site.reports.some(({ naked }) => naked === 1), true);
    assert.deepEqual(site.account.acts, ["sell 1"]);
    assert.equal(site.account.total, 0n);
  });
});

Deno.test("flatten sells the book that is still held, though another book's stop in its market has filled unheard", async () => {
  const { site, stops: [first, second] } = twoBooks();
  site.account.fill(first);
  site.kill = FLATTEN;
  await onSite(site, async () => {
    site.watch();
    await site.elapse(15);
    assert.deepEqual(site.account.acts, [`cancel ${second}`, "sell 1"]);
  });
});

Deno.test("while a machine sleeps again and again its watchdog sells nothing under a lease that ended meanwhile", async () => {
  const { site } = oneBook();
  site.kill = FLATTEN;
  await onSite(site, async () => {
    let sleepsMs = 0;
    site.watch(undefined, { wallMs: () => site.clock.now() + (sleepsMs += 60_000) });
    await site.elapse(15);
    assert.deepEqual(site.account.acts, []);
  });
});

Deno.test("who cannot follow a session closes by what was approved, and nothing more once somebody has led or a day is over", async () => {
  const differs = new CodedError("session-differs", "another strategy began it");
  for (const [what, goesOn] of [["nobody", true], ["led", false], ["day over", false]] as const) {
    const { site, stop } = oneBook();
    await onSite(site, async () => {
      site.watch();
      await site.elapse(3);
      site.lost = differs;
      await site.elapse(2);
      if (what === "led") site.lead("a process with the old strategy");
      await site.elapse(3);
      if (what === "led") site.lead(null);
      if (what === "day over") await site.spool.append({ ...site.spool.state.approved!, untilMs: BEGIN_MS });
      site.kill = FLATTEN;
      const { epoch } = site;
      await site.elapse(60);
      assert.deepEqual(site.account.acts, goesOn ? [`cancel ${stop}`, "sell 5"] : [], what);
      const told = site.told.map((line) => /^watchdog-(\w+)/.exec(line)![1]);
      assert.deepEqual(told, ["lost", { nobody: "closes", led: "outdated", "day over": "lapsed" }[what]]);
      if (!goesOn) assert.equal(site.epoch, epoch, "nor does it take the lease again and again");
    });
  }
});

Deno.test("what cannot be closed is tried again each minute, and told once as long as the reason is the same", async () => {
  const { site, stop } = oneBook();
  site.kill = FLATTEN;
  let tries = 0;
  await onSite(site, async () => {
    site.watch(site.account.exchange({
      submit: () => {
        tries++;
        return refused("market-closed");
      },
    }));
    await site.elapse(900);
    assert.deepEqual(site.account.acts, [`cancel ${stop}`]);
    assert.ok(tries > 36, `${tries} tries`);
    assert.equal(site.told.filter((line) => line.startsWith("watchdog-stuck")).length, 1);
  });
});

Deno.test("once a book was sold, the other one in its market is still looked after", async () => {
  const { site, stops: [first, second] } = twoBooks();
  site.account.lose(first);
  await onSite(site, async () => {
    site.watch();
    await site.elapse(15);
    assert.deepEqual(site.account.acts, ["sell 1"]);
    site.account.lose(second);
    await site.elapse(15);
    assert.deepEqual(site.account.acts, ["sell 1", "sell 1"]);
  });
});

Deno.test("what cannot be closed is told, the lease is given back, and its nakedness is told meanwhile", async () => {
  const { site, stop } = oneBook();
  site.kill = FLATTEN;
  const { cancel } = site.account.exchange();
  await onSite(site, async () => {
    site.watch(site.account.exchange({
      cancel: (symbol, name) => {
        if (site.clock.now() > BEGIN_MS + 20_000) site.account.lose(stop);
        return site.clock.now() > BEGIN_MS + 20_000 ? cancel(symbol, name) : refused("market-closed");
      },
      submit: () => unanswered(),
      order: (_, name) => name === stop ? refused("order-not-found") : unanswered(),
    }));
    await site.elapse(60);
    assert.ok(site.told.some((line) => /^watchdog-naked: BTC\/USDT has had no stop/.test(line)), site.told.join("\n"));
    assert.equal(site.holder, "the watchdog");
    await site.elapse(60);
    assert.ok(
      site.told.some((line) => /^watchdog-stuck: .*nobody knows what became of/.test(line)),
      site.told.join("\n"),
    );
    assert.equal(site.spool.state.closing.size, 0);
    assert.ok(site.epoch > 2, "the lease was given back, and taken to tell the journal");
    assert.equal(site.reports.at(-1)!.naked, 1, "it is still told how long");
  });
});

Deno.test("a position like one that was closed before is closed, too, once somebody has led meanwhile", async () => {
  const bought = () => {
    const own = watching();
    own.ask({
      ...{ kind: "enter", side: "buy", at: null, sizing: { kind: "units", units: 5 }, stop: null, target: null },
      reason: "enter",
    });
    own.fill(own.sent("entry")!, "5", "100");
    return own.trader;
  };
  for (const isSeen of [true, false]) {
    const site = new Site(bought(), new WatchedAccount("BTC", "5"));
    site.kill = FLATTEN;
    await onSite(site, async () => {
      site.watch();
      await site.elapse(10);
      assert.deepEqual(site.account.acts, ["sell 5"]);
      await site.elapse(90);
      assert.deepEqual(site.account.acts, ["sell 5"], "once is enough");
      // A leader is flat, and buys as much again; it may do so while the watchdog does not see the database.
      site.kill = null;
      site.isAway = !isSeen;
      site.lead("a trading process");
      site.trader = watching().trader;
      await site.elapse(3);
      site.trader = bought();
      site.account.total = 5_000_000_000_000n as never;
      // The journal has what was sold before.
      await site.spool.append({ kind: "adopted", names: [...site.spool.state.orders.keys()] });
      site.lead(null);
      site.isAway = false;
      site.kill = FLATTEN;
      await site.elapse(15);
      assert.deepEqual(site.account.acts, ["sell 5", "sell 5"], `seen: ${isSeen}`);
    });
  }
});

Deno.test("what was found closed without a sale is looked at again", async () => {
  const { site, stop } = oneBook();
  site.account.fill(stop);
  site.kill = FLATTEN;
  await onSite(site, async () => {
    site.watch();
    await site.elapse(20);
    assert.deepEqual(site.account.acts, []);
    assert.equal(site.said.filter((line) => /is closed/.test(line)).length, 1);
    await site.elapse(65);
    assert.equal(site.said.filter((line) => /is closed/.test(line)).length, 2);
    assert.equal(site.told.length, 1, "people are told once");
  });
});

Deno.test("a closing that is left unfinished is gone on with: it is not left to the watchdog itself", async () => {
  const { site, stop } = oneBook();
  let maySell = true;
  site.account.lose(stop);
  const ours = site.account.exchange();
  await onSite(site, async () => {
    site.watch(
      site.account.exchange({
        openOrders: (symbol) => {
          // The mode is lowered for a moment once it has begun.
          if (site.spool.state.closing.size > 0 && site.clock.now() < BEGIN_MS + 12_000) maySell = false;
          return ours.openOrders(symbol);
        },
      }),
      { maySell: () => maySell },
    );
    await site.elapse(12);
    assert.equal(maySell, false);
    assert.equal(site.spool.state.closing.size, 1, site.said.join("\n"));
    maySell = true;
    await site.elapse(10);
    assert.deepEqual(site.account.acts, ["sell 5"]);
    assert.ok(!site.said.some((line) => /is left to/.test(line)), site.said.join("\n"));
  });
});
