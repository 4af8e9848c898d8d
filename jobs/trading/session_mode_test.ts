import assert from "node:assert/strict";
import type { AccountMode } from "../../engine/security/mod.ts";
import { allowedMode } from "./session_mode.ts";

const LIMITS = { maxPositionQuote: 5_000, maxDailyLossQuote: 200, maxOrderQuote: 1_000, maxDailyEntries: 20 };
const KEY = { fingerprint: "0123456789ab", host: "api.binance.com" };
const LIVE: AccountMode = { account: "main", mode: "live", limits: LIMITS, untilMs: 1, key: KEY };

Deno.test("a session may do the least of what it was started for and what the account's mode allows now", () => {
  const started = ["live", "reduceOnly", "readOnly"] as const;
  const expected = {
    live: ["trade", "reduceOnly", "readOnly"],
    reduceOnly: ["reduceOnly", "reduceOnly", "readOnly"],
    readOnly: ["readOnly", "readOnly", "readOnly"],
    paper: [null, null, null],
    research: [null, null, null],
  } as const;
  for (const [mode, modes] of Object.entries(expected)) {
    const row = { ...LIVE, mode: mode as AccountMode["mode"] };
    assert.deepEqual(started.map((own) => allowedMode(own, row, { key: KEY, limits: LIMITS }).mode), modes, mode);
  }
});

Deno.test("a mode for another key or host ends a session, and tighter limits let it only reduce", () => {
  const now = (row: Partial<AccountMode>, limits: AccountMode["limits"] = LIMITS) =>
    allowedMode("live", { ...LIVE, ...row }, { key: KEY, limits }).mode;
  assert.equal(now({ key: null }), null);
  assert.equal(now({ key: { ...KEY, fingerprint: "ba9876543210" } }), null);
  assert.equal(now({ key: { ...KEY, host: "127.0.0.1:8090" } }), null);
  assert.equal(now({}, null), "reduceOnly");
  assert.equal(now({ limits: null }), "reduceOnly");
  for (const name of Object.keys(LIMITS) as (keyof typeof LIMITS)[]) {
    assert.equal(now({ limits: { ...LIMITS, [name]: LIMITS[name] - 1 } }), "reduceOnly", name);
    assert.equal(now({ limits: { ...LIMITS, [name]: LIMITS[name] + 1 } }), "trade", name);
    assert.equal(now({ limits: { ...LIMITS, [name]: NaN } }), "reduceOnly", name);
  }
});
