// Watchdogs as processes of their own, on a real exchange of this machine and a real PostgreSQL, beside trading processes
// that are killed.
import assert from "node:assert/strict";
import { RedisServer } from "../../engine/testing/redis_server.ts";
import { inOpenFolder } from "../../engine/testing/servers.ts";
import { WATCHDOG_LABELS } from "../../engine/time/mod.ts";
import { CrashSite } from "./crash_site.ts";
import { until, WatchedSession } from "./watched_session.ts";

const FAST = { naked: 1, flatten: 1 };
/** Lease, last request of its holder, a look, orders: what closing takes where nobody leads. */
const CLOSED_MS = 25_000, AGREED_MS = 20_000;

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function onSite(work: (site: CrashSite) => Promise<void>): Promise<void> {
  await inOpenFolder(async (folder) => {
    const site = await CrashSite.open(folder, null, false);
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
