import assert from "node:assert/strict";
import { testOnDatabases } from "../testing/servers.ts";
import {
  type AccountMode,
  ALLOWED,
  allows,
  changedMode,
  confirmationOf,
  type ModeChange,
  modeInForce,
  needsConfirmation,
  PERMISSION_MODES,
  setMode,
} from "./mod.ts";

const NOW_MS = Date.UTC(2026, 10, 27), DAY_MS = 86_400_000;
const LIMITS = { maxPositionQuote: 5_000, maxDailyLossQuote: 200, maxOrderQuote: 1_000, maxDailyEntries: 20 };
const TRADING = { read: true, trade: true, withdraw: false, transfer: false, ipRestricted: true };
const KEY = { fingerprint: "0123456789ab", host: "api.binance.com" };
const LIVE: AccountMode = { account: "main", mode: "live", limits: LIMITS, untilMs: NOW_MS + DAY_MS, key: KEY };

function inMode(mode: AccountMode["mode"]): AccountMode {
  if (mode === "live") return LIVE;
  return { account: "main", mode, limits: null, untilMs: null, key: mode.endsWith("Only") ? KEY : null };
}

function tested(permissions = {}) {
  return { ...KEY, permissions: { ...TRADING, ...permissions } };
}

function change(from: AccountMode["mode"], to: AccountMode["mode"], own: Partial<ModeChange> = {}): ModeChange {
  return { from: inMode(from), to, limits: to === "live" ? LIMITS : null, tested: tested(), ...own };
}

Deno.test("each mode allows all that the one below it allows and something more, and nothing else is allowed", () => {
  for (const [i, mode] of PERMISSION_MODES.entries()) {
    if (i === 0) assert.deepEqual(ALLOWED[mode], []);
    else {
      const below = ALLOWED[PERMISSION_MODES[i - 1]!];
      assert.ok(below.every((act) => allows(mode, act)) && ALLOWED[mode].length > below.length);
    }
  }
  for (const [mode, act] of [["live", "withdraw"], ["LIVE", "openPosition"], ["toString", "length"], ["live", "0"]]) {
    assert.equal(allows(mode!, act!), false);
  }
  assert.equal(allows("reduceOnly", "openPosition"), false);
});

Deno.test("every way up needs account and limits typed, every way down nothing", () => {
  for (const from of PERMISSION_MODES) {
    for (const to of PERMISSION_MODES) {
      const asked = change(from, to),
        isUp = PERMISSION_MODES.indexOf(to) > PERMISSION_MODES.indexOf(from) || to === "live";
      assert.equal(needsConfirmation(asked), isUp);
      const typed = confirmationOf(asked);
      assert.equal(changedMode(asked, typed, NOW_MS).mode, to);
      for (const wrong of [null, "", "yes", typed.replace("main", "other"), typed.toUpperCase(), `${typed} please`]) {
        if (isUp) assert.throws(() => changedMode(asked, wrong, NOW_MS), { code: "mode-confirmation" });
        else assert.equal(changedMode(asked, wrong, NOW_MS).mode, to);
      }
    }
  }
  assert.equal(
    confirmationOf(change("paper", "live")),
    "live main, position 5000, daily loss 200, order 1000, entries a day 20",
  );
  // A looser limit is typed anew.
  const looser = change("live", "live", { limits: { ...LIMITS, maxPositionQuote: 50_000 } });
  assert.throws(() => changedMode(looser, confirmationOf(change("live", "live")), NOW_MS), {
    code: "mode-confirmation",
  });
});

Deno.test("a mode that uses the key needs one that may be used for it, and live needs all limits", () => {
  const refused = (to: AccountMode["mode"], own: Partial<ModeChange>, code: string) => {
    const asked = change("paper", to, own);
    assert.throws(() => changedMode(asked, confirmationOf(asked), NOW_MS), { code });
  };
  refused("readOnly", { tested: null }, "mode-key");
  refused("readOnly", { tested: tested({ withdraw: true }) }, "mode-key");
  refused("live", { tested: tested({ ipRestricted: false }) }, "mode-key");
  refused("reduceOnly", { tested: tested({ trade: false }) }, "mode-key");
  refused("live", { limits: null }, "mode-limits");
  for (const name of Object.keys(LIMITS)) {
    for (const value of [0, -1, NaN, Infinity]) {
      refused("live", { limits: { ...LIMITS, [name]: value } }, "mode-limits");
    }
  }
  refused("live", { limits: { ...LIMITS, maxDailyEntries: 0.5 } }, "mode-limits");
  const reader = change("paper", "readOnly", { tested: tested({ trade: false }) });
  assert.equal(changedMode(reader, confirmationOf(reader), NOW_MS).mode, "readOnly");
});

testOnDatabases(
  "an account is in research until it is raised, live lapses after a day, and a row that is not whole allows nothing",
  async ({ sql }) => {
    const mode = async (nowMs = NOW_MS) => (await modeInForce(sql, "main", nowMs)).mode;
    assert.equal(await mode(), "research");
    const raised = change("research", "live");
    await setMode(sql, changedMode(raised, confirmationOf(raised), NOW_MS));
    assert.deepEqual(await modeInForce(sql, "main", NOW_MS), LIVE);
    assert.deepEqual([await mode(NOW_MS + DAY_MS - 1), await mode(NOW_MS + DAY_MS)], ["live", "reduceOnly"]);
    for (const column of ["max_daily_loss_quote", "max_order_quote", "max_daily_entries", "key_host"]) {
      await sql`update account_modes set ${sql(column)} = null`;
      assert.equal(await mode(), "research", column);
      await setMode(sql, LIVE);
      assert.equal(await mode(), "live");
    }
    const lower = changedMode({ ...change("live", "reduceOnly"), tested: null }, null, NOW_MS);
    assert.deepEqual(lower.key, KEY, "who lowers a mode has not opened the vault");
    await sql`update account_modes set mode = 'everything'`;
    assert.equal(await mode(), "research");
    await setMode(sql, changedMode(change("live", "paper"), null, NOW_MS));
    assert.equal(await mode(), "paper");
  },
);
