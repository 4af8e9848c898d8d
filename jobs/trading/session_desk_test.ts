import assert from "node:assert/strict";
import { inTransaction, type Sql } from "../../engine/database/mod.ts";
import { askCommand, startSession, takeCommand } from "../../engine/journal/mod.ts";
import { KillSwitch } from "../../engine/live/mod.ts";
import type { Notice } from "../../engine/notifications/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import { inOpenFolder, testOnDatabases } from "../../engine/testing/servers.ts";
import type { beginSession } from "./begun_session.ts";
import { START_DESK } from "./session_commands.ts";
import { SessionDesk } from "./session_desk.ts";

const WISH = {
  ...{ autopilot: "main", mode: "live", account: "main", symbols: ["BTC/USDT"] },
  plan: { strategy: "buy-and-hold", sizing: { kind: "equity-fraction", fraction: 0.2 } },
};
const SETTINGS = {
  ...{ autopilot: "main", tag: "s1x", exchange: "binance", exchangeUrl: null, clock: null, askedBy: "start-main" },
  spec: {
    strategies: [{ strategy: "buy-and-hold", markets: ["binance:BTC/USDT"] }],
    markets: [{ exchange: "binance", symbol: "BTC/USDT" }],
    timeframe: "1m",
  },
};

/** A session that a desk before has kept, by a row that asked for it. */
async function left(sql: Sql, id: string, settings: Record<string, unknown> = {}): Promise<void> {
  const own = { ...SETTINGS, ...settings };
  await inTransaction(sql, async (tx) => {
    await startSession(tx, { id, account: id, mode: "live", epoch: 0, startedAtMs: 1, settings: own });
    await askCommand(tx, {
      ...{ id: own.askedBy, account: START_DESK, kind: "start", body: WISH, askedBy: "test", askedAtMs: 1 },
    });
    await tx`update commands set state = 'done' where id = ${own.askedBy}`;
  });
}

/** A desk whose sessions are begun as the test says. */
async function withDesk(
  sql: Sql,
  begin: typeof beginSession,
  work: (told: Notice[], dataDir: string) => Promise<void>,
): Promise<void> {
  await inOpenFolder(async (dataDir) => {
    const told: Notice[] = [], stop = new AbortController();
    const desk = new SessionDesk({
      ...{ sql, settings: { dataDir } as Settings, openVault: null, begin, onFailure: () => {} },
      tell: (notice) => void told.push(notice),
    });
    const ended = desk.run(stop.signal);
    try {
      await work(told, dataDir);
    } finally {
      stop.abort();
      await ended;
    }
  });
}

/** As one whose only process runs, or ends each time at once. */
function begun(runs: boolean): Awaited<ReturnType<typeof beginSession>> {
  const stopped = Promise.withResolvers<string>();
  const running = {
    ...{ detail: "a test", ended: runs ? stopped.promise : Promise.resolve("status 1") },
    stop: () => Promise.resolve(stopped.resolve("status 0")),
  };
  return {
    ...{ kind: "begun", id: "main-1", account: "main-1", about: "as it was", ended: new Promise(() => {}) } as const,
    charges: [{ name: "main", start: () => Promise.resolve(running) }],
    release: () => Promise.resolve(),
  };
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let waitedMs = 0; !await holds(); waitedMs += 50) {
    assert.ok(waitedMs < 15_000, what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

testOnDatabases("what cannot be taken up at once is tried again and told of, and keeps nothing else from it", async ({
  sql,
}) => {
  await left(sql, "broken", { askedBy: "start-broken", tag: 7 });
  await left(sql, "main-1");
  let tries = 0;
  const begin: typeof beginSession = () =>
    Promise.resolve(
      ++tries === 1 ? { kind: "refused", failing: [{ code: "key-rights", reason: "the venue is away" }] } : begun(true),
    );
  await withDesk(sql, begin, async (told) => {
    await until(() => told.length === 3, "nobody was told");
    const [broken, first, second] = told.map(({ severity, title, text }) => `${severity} ${title}: ${text}`);
    assert.match(broken!, /^alarm main: session broken is not taken up: its settings cannot be read: .*tag/s);
    assert.match(first!, /^alarm main: session main-1 is not taken up: .*the venue is away.*It is tried again\.$/s);
    assert.match(second!, /^info main: session main-1 is taken up: /);
    assert.equal(tries, 2);
  });
});

testOnDatabases("a session whose process stays down hears a kill and a stop, also one that was taken and lost", async ({
  sql,
}) => {
  await left(sql, "main-1");
  const ask = async (id: string, kind: string) => {
    const command = { id, account: "main-1", kind, body: { flatten: true }, askedBy: "a person", askedAtMs: 1 };
    await inTransaction(sql, (tx) => askCommand(tx, command));
  };
  const stateOf = async (id: string) => {
    const [row] = await sql<{ state: string }[]>`select state from commands where id = ${id}`;
    return row!.state;
  };
  await ask("kill", "kill");
  await inTransaction(sql, (tx) => takeCommand(tx, { account: "main-1", takenBy: "who died", nowMs: 1 }));
  await withDesk(sql, () => Promise.resolve(begun(false)), async (_, dataDir) => {
    await until(async () => await stateOf("kill") === "done", "the kill is lost");
    const order = new KillSwitch(dataDir).read();
    assert.deepEqual([order?.reason, order?.flatten], ["a person, command kill", true]);
    await ask("stop", "stop");
    await until(async () => await stateOf("stop") === "done", "the stop is not answered");
    const [row] = await sql<{ reason: string }[]>`select end_reason as reason from sessions`;
    assert.equal(row!.reason, "stopped by command");
  });
});
