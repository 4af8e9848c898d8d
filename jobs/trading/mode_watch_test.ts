import assert from "node:assert/strict";
import type { Sql } from "../../engine/database/mod.ts";
import { SystemScheduler } from "../../engine/live/mod.ts";
import { type AccountMode, setMode } from "../../engine/security/mod.ts";
import { testOnDatabases } from "../../engine/testing/servers.ts";
import { systemClock } from "../../engine/time/mod.ts";
import { ModeWatch } from "./mode_watch.ts";

const LIMITS = { maxPositionQuote: 5_000, maxDailyLossQuote: 200, maxOrderQuote: 1_000, maxDailyEntries: 20 };
const KEY = { fingerprint: "0123456789ab", host: "api.binance.com" };
const TERMS = { limits: LIMITS, key: KEY, requestExpiryMs: 3_000, asked: {}, before: { entries: 0, lossQuote: 0 } };

function live(lastsMs = 86_400_000): AccountMode {
  return { account: "main", mode: "live", limits: LIMITS, untilMs: systemClock.now() + lastsMs, key: KEY };
}

/** A session that only remembers what it was told, and the watch over its mode. */
async function watched(sql: Sql) {
  const told: string[] = [], stop = new AbortController();
  const watch = await ModeWatch.begin(sql, "main", "live", {
    ...TERMS,
    before: { ...TERMS.before, dayStartMs: 0 as never },
  });
  watch.follow({
    runner: {
      halt: (reason) => told.push(`halt: ${reason}`),
      close: (reason) => Promise.resolve(void told.push(`close: ${reason}`)),
    },
    real: new SystemScheduler(),
    say: (line) => told.push(line),
    tell: (severity, kind) => told.push(`${severity} ${kind}`),
    signal: stop.signal,
  });
  const until = async (holds: () => boolean) => {
    for (let waitedMs = 0; !holds(); waitedMs += 50) {
      assert.ok(waitedMs < 10_000, `it did not come to that: ${told.join("; ")}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return { watch, told, stop, until };
}

testOnDatabases(
  "a mode that is lowered, or lapses, counts within a second; raised, it waits for a resume",
  async ({ sql }) => {
    await setMode(sql, live());
    const { watch, told, stop, until } = await watched(sql);
    assert.equal(watch.mode, "trade");
    await setMode(sql, { ...live(), mode: "reduceOnly", limits: null, untilMs: null });
    const beganMs = performance.now();
    await until(() => watch.mode === "reduceOnly");
    assert.ok(performance.now() - beganMs < 1_000);
    assert.deepEqual(told, ["the mode is reduceOnly: main may only reduce", "halt: main may only reduce"]);
    await setMode(sql, live());
    await until(() => watch.mode === "trade");
    assert.equal(told.filter((line) => line.startsWith("halt")).length, 1);

    await setMode(sql, live(1_500));
    await until(() => told.includes("warning session-mode-lapses"));
    await until(() => watch.mode === "reduceOnly");
    assert.equal(told.filter((line) => line === "warning session-mode-lapses").length, 1, "told once");
    await sql`delete from account_modes`;
    await until(() => told.includes("close: stopped: the mode of main is research"));
    assert.equal(watch.mode, "readOnly", "until it has ended");
    stop.abort();
  },
);

testOnDatabases("a mode that cannot be read any more counts as one that only reduces (I15)", async ({ sql }) => {
  await setMode(sql, live());
  const { watch, told, stop, until } = await watched(sql);
  await sql`alter table account_modes rename to elsewhere`;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assert.equal(watch.mode, "trade", "a moment without an answer is none");
  await until(() => watch.mode === "reduceOnly");
  assert.ok(told.some((line) => /^halt: the mode of main cannot be read: relation .* does not exist/.test(line)));
  await sql`alter table elsewhere rename to account_modes`;
  await until(() => watch.mode === "trade");
  stop.abort();
});
