// Watchdogs as processes of their own, on a real exchange of this machine and a real PostgreSQL, beside trading processes
// that are killed.
import assert from "node:assert/strict";
import { RedisServer } from "../../engine/testing/redis_server.ts";
import { inOpenFolder } from "../../engine/testing/servers.ts";
import { WATCHDOG_LABELS, type WatchdogLabel } from "../../engine/time/mod.ts";
import { CrashSite } from "./crash_site.ts";
import { until, WatchedSession } from "./watched_session.ts";

const FAST = { naked: 1, flatten: 1 };
/** Lease, last request of its holder, a look, orders: what closing takes where nobody leads. */
const CLOSED_MS = 25_000, AGREED_MS = 20_000;

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function onSite(
  work: (site: CrashSite) => Promise<void>,
  redis: RedisServer | null = null,
): Promise<void> {
  await inOpenFolder(async (folder) => {
    const site = await CrashSite.open(folder, redis, false);
    try {
      await work(site);
    } finally {
      await site.close();
    }
  });
}

async function withSession(
  site: CrashSite,
  work: (session: WatchedSession) => Promise<void>,
  seconds = FAST,
): Promise<void> {
  const session = await WatchedSession.begin(site, seconds);
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

Deno.test("a position without its stop is closed where nobody leads, and a successor agrees and stays halted", () =>
  onSite((site) =>
    withSession(site, async (session) => {
      const trader = session.trade(), watchdog = session.watch();
      await session.isHeld();
      await later(1_500);
      assert.deepEqual(session.guardOrders, []);
      await trader.kill();
      session.loseStops();
      await session.isFlat(CLOSED_MS);
      await session.isAgreed(AGREED_MS);
      assert.equal(session.guardOrders.length, 2);
      assert.ok(watchdog.lines.some((line) => /ALARM naked: BTC\/USDT has had no stop for/.test(line)));

      const successor = session.trade();
      await successor.leads;
      await later(3_000);
      assert.ok(!successor.lines.some((line) => /foreign|orders-lost/.test(line)), successor.lines.join("\n"));
      assert.equal(session.guardOrders.length, 2);
      await session.isAgreed(AGREED_MS);
      await successor.close();
      assert.ok((await successor.gone()).success);
    })
  ));

Deno.test("the kill switch is obeyed with trading process, database and Redis dead, and the journal is told once", () =>
  RedisServer.with((redis) =>
    onSite((site) =>
      withSession(site, async (session) => {
        const trader = session.trade(), first = session.watch();
        await session.isHeld();
        await later(2_500); // the approval follows the position
        await site.killDatabase();
        await redis.kill();
        await trader.kill();
        // What it has written down is enough for one that has never seen the database.
        await first.kill();
        const second = session.watch();
        await session.kill(true);
        await session.isFlat(CLOSED_MS);
        assert.equal(session.guardOrders.length, 2);
        await redis.start();
        await site.reviveDatabase();
        await session.isAgreed(AGREED_MS);
        await until(AGREED_MS, () => second.lines.join("\n"), () =>
          second.lines.some((own) => /the journal has 2/.test(own)));

        const successor = session.trade();
        await successor.leads;
        await later(2_000);
        await session.isAgreed(AGREED_MS);
        assert.equal(session.guardOrders.length, 2, "nothing is closed twice");
        assert.ok(
          !successor.lines.some((line) =>
            /foreign|orders-lost/.test(line)
          ),
          successor.lines.join("\n"),
        );
      }), redis)
  ));

Deno.test("a successor that comes before the watchdog has told the journal takes its orders over", () =>
  onSite((site) =>
    withSession(site, async (session) => {
      const trader = session.trade(), watchdog = session.watch();
      await session.isHeld();
      await later(2_500);
      await site.killDatabase();
      await trader.kill();
      await session.kill(true);
      await session.isFlat(CLOSED_MS);
      await watchdog.kill();
      await site.reviveDatabase();
      const successor = session.trade();
      // The first one finds that the watchdog has had its epoch.
      await Promise.race([successor.leads, successor.ended]);
      const last = successor.lines.some((line) => /under epoch/.test(line)) ? successor : session.trade();
      await last.leads;
      await session.isAgreed(AGREED_MS);
      assert.ok(!last.lines.some((line) => /foreign|orders-lost/.test(line)), last.lines.join("\n"));
      assert.ok(last.lines.some((line) => /the watchdog has ordered to sell/.test(line)), last.lines.join("\n"));
      assert.equal(session.guardOrders.length, 2);
    })
  ));

Deno.test("a trading process that lives and leads is left alone", () =>
  onSite((site) =>
    withSession(site, async (session) => {
      const trader = session.trade();
      session.watch();
      await session.isHeld();
      session.loseStops();
      await later(4_000);
      assert.deepEqual(session.guardOrders, [], "it puts its stops up again itself");
      await session.kill(true);
      await session.isFlat(CLOSED_MS);
      await later(3_000);
      assert.deepEqual(session.guardOrders, []);
      await session.isAgreed(AGREED_MS);
      await trader.close();
      await trader.gone();
    })
  ));

Deno.test("with the database dead, a trading process that lives lets the watchdog close, and makes room afterwards", () =>
  onSite((site) =>
    withSession(site, async (session) => {
      const trader = session.trade();
      session.watch();
      await session.isHeld();
      await later(2_500);
      await site.killDatabase();
      await session.kill(true);
      await session.isFlat(CLOSED_MS);
      assert.equal(session.guardOrders.length, 2);
      await site.reviveDatabase();
      await trader.ended;
      const said = trader.lines.join("\n");
      assert.match(said, /the watchdog has acted while the database was away|another process leads/);
      assert.doesNotMatch(said, /foreign/);
      await session.isAgreed(AGREED_MS);
      const successor = session.trade();
      await successor.leads;
      await session.isAgreed(AGREED_MS);
      assert.equal(session.guardOrders.length, 2);
    })
  ));

Deno.test("of two watchdogs of a session one watches, and the other ends", () =>
  onSite((site) =>
    withSession(site, async (session) => {
      const first = session.watch();
      await first.leads;
      const second = session.watch(), status = await second.gone();
      assert.equal(status.success, false);
      assert.match(second.lines.join("\n"), /another process watches session/);
    })
  ));

/** Each place of a watchdog, and lines of its spool that are about different things. */
const DEATHS: readonly (readonly [WatchdogLabel, number])[] = [
  ...WATCHDOG_LABELS.map((label) => [label, 1] as const),
  ...[["watchdog: line written", 4], ["watchdog: line durable", 7], ["watchdog: order durable", 2]] as const,
];
const AT_ONCE = 4;

Deno.test("a watchdog that is killed anywhere is followed by one that closes what is left, once", () =>
  onSite(async (site) => {
    const queue = [...DEATHS];
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let death; (death = queue.shift()) !== undefined;) await killedAt(site, ...death);
    }));
  }));

async function killedAt(site: CrashSite, label: WatchdogLabel, n: number): Promise<void> {
  await withSession(site, async (session) => {
    const trader = session.trade(), victim = session.watch(label, n);
    let isPassed = false;
    const died = victim.passed.then(async () => {
      isPassed = true;
      await victim.kill();
    });
    try {
      await session.isHeld();
      await later(1_500);
      await trader.kill();
      await session.kill(true);
      await until(CLOSED_MS, () => `it has not come by:\n${victim.lines.join("\n")}`, () => isPassed);
      await died;
      session.watch();
      await session.isFlat(CLOSED_MS + 10_000);
      await session.isAgreed(AGREED_MS);
    } catch (error) {
      throw new Error(`killed at "${label}", passing ${n}: ${(error as Error).message}`, { cause: error });
    }
  });
}
