import assert from "node:assert/strict";
import { inTransaction, openDatabase, type Sql } from "../../engine/database/mod.ts";
import { Secret } from "../../engine/errors/mod.ts";
import { endSession } from "../../engine/journal/mod.ts";
import { KillSwitch } from "../../engine/live/mod.ts";
import { type KeyRow, Vault } from "../../engine/security/mod.ts";
import type { Settings } from "../../engine/settings/mod.ts";
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { adoptSettings, readSettings, settingsLine } from "../settings.ts";
import { atLiveDesk, type LiveDesk, PASSPHRASE, prepare } from "../testing/live_desk.ts";
import { vaultIn } from "../vault_access.ts";
import { findEvidence } from "./live_evidence.ts";
import { liveSession } from "./live_session.ts";
import { startLive } from "./live_start.ts";
import { sessionOf, sessionSettings } from "./session_settings.ts";
import { tradeSession } from "./trading_process.ts";
import { checkedWish, liveWishOf } from "./session_wish.ts";

/** Works with the desk's database, in this process. */
async function onDatabase(desk: LiveDesk, work: (sql: Sql, settings: Settings) => Promise<void>): Promise<void> {
  adoptSettings(settingsLine({ ...readSettings().values, dataDir: desk.dataDir, databaseUrl: null }));
  const settings = readSettings().values, database = await openDatabase(settings);
  try {
    await work(database.sql, settings);
  } finally {
    await database.close();
  }
}

Deno.test("what changes while a person types, or between two starts, counts; a session goes on with a new key", () =>
  atLiveDesk(removeDataFolder, async (desk) => {
    await prepare(desk);
    await onDatabase(desk, async (sql, settings) => {
      const kill = new KillSwitch(desk.dataDir);
      const wish = liveWishOf(checkedWish({
        ...{ autopilot: "main", mode: "live", account: "main", exchangeUrl: desk.exchange.url, symbols: ["BTC/USDT"] },
        plan: { strategy: "buy-and-hold", sizing: { kind: "equity-fraction", fraction: 0.2 } },
      }));
      const passphrase = new Secret("passphrase", PASSPHRASE);
      let opened = 0;
      const sources = {
        ...{ sql, settings },
        openVault: () => (opened++, Vault.open(vaultIn(desk.dataDir), { kind: "passphrase", passphrase })),
      };
      const start = (meanwhile: () => Promise<unknown>) =>
        startLive(wish, {
          ...{ ...sources, askedBy: null },
          askTerms: async (terms) => {
            await meanwhile();
            return terms;
          },
        });
      const refused = await start(() => kill.set({ reason: "a test", flatten: false, atMs: 1 }));
      assert.deepEqual(refused.kind === "refused" && refused.failing.map(({ code }) => code), ["kill"]);
      assert.equal(opened, 1, "the passphrase is asked for once");
      await kill.clear();

      // Both have looked, and both have found no session.
      const found = await findEvidence(wish, sources), first = await liveSession(sql, wish, found, null);
      await assert.rejects(liveSession(sql, wish, found, null), { code: "session", message: /has begun or ended/ });

      const seen = await findEvidence(wish, sources), key = seen.evidence.key as KeyRow;
      const rotated = { ...seen, evidence: { ...seen.evidence, key: { ...key, fingerprint: "0123456789ab" } } };
      assert.deepEqual(await liveSession(sql, wish, rotated, "the last row"), { ...first, goesOn: true });
      const { live, askedBy } = sessionSettings((await sessionOf(sql, first.id)).settings);
      assert.deepEqual(live!.key, { fingerprint: "0123456789ab", host: first.host });

      assert.equal(askedBy, "the last row", "a restart takes it up as it was asked for last");

      const elsewhere = { ...seen, evidence: { ...seen.evidence, key: { ...key, venue: "coinbase" } } };
      await assert.rejects(liveSession(sql, wish, elsewhere, null), { code: "session", message: /trades at binance/ });
      await inTransaction(sql, (tx) => endSession(tx, first.id, 2, "stopped by command"));
      await assert.rejects(liveSession(sql, wish, seen, null), { code: "session", message: /has begun or ended/ });
      assert.equal(await tradeSession(first.id, null, false), "stopped before: stopped by command");
    });
  }));
