import assert from "node:assert/strict";
import type { KeyRow } from "../../engine/security/mod.ts";
import { DAY_MS } from "../../engine/time/mod.ts";
import { failingPreconditions, type LiveEvidence, liveTerms, PRECONDITIONS } from "./preconditions.ts";

const NOW_MS = Date.UTC(2026, 10, 27, 12), HOST = "api.binance.com", FINGERPRINT = "0123456789ab";
const LIMITS = { maxPositionQuote: 5_000, maxDailyLossQuote: 200, maxOrderQuote: 1_000, maxDailyEntries: 20 };
const RIGHTS = { read: true, trade: true, withdraw: false, transfer: false, ipRestricted: true };
const KEY = { name: "main", venue: "binance", fingerprint: FINGERPRINT } as KeyRow;
const LIVE: LiveEvidence["mode"] = {
  ...{ account: "main", mode: "live", limits: LIMITS, untilMs: NOW_MS + DAY_MS },
  key: { fingerprint: FINGERPRINT, host: HOST },
};
const UNKNOWN = { unknown: "nobody answers" };

/** All holds. */
const SOUND: LiveEvidence = {
  ...{ nowMs: NOW_MS, mode: LIVE, key: KEY, kill: null, session: null, skewMs: 499 },
  wish: { account: "main", mode: "live", autopilot: "main" },
  test: { permissions: RIGHTS, host: HOST },
  place: { host: HOST, isKnown: true },
  drill: { atMs: NOW_MS - 7 * DAY_MS, held: true },
  ...{ audit: [], journal: [], markets: [] },
  durable: { fsync: "on", synchronous_commit: "on", full_page_writes: "on" },
  typed: "live main, position 5000, daily loss 200, order 1000, entries a day 20",
};

const rights = (own: Partial<typeof RIGHTS>) => ({ test: { permissions: { ...RIGHTS, ...own }, host: HOST } });

/** For each precondition, evidence that it alone refuses, and a word of what it says. */
const BROKEN: Readonly<Record<string, readonly (readonly [Partial<LiveEvidence>, RegExp])[]>> = {
  mode: (["reduceOnly", "readOnly", "paper", "research"] as const).map((mode) => [
    { mode: { ...LIVE, mode } },
    /raise it with deno task mode set main live/,
  ]),
  limits: [
    [{ mode: { ...LIVE, limits: null }, typed: "live main" }, /main has no limits/],
    ...Object.keys(LIMITS).map((name) => {
      const mode = { ...LIVE, limits: { ...LIMITS, [name]: 0 } };
      return [{ mode, typed: liveTerms({ ...SOUND, mode }) }, /four limits/] as const;
    }),
  ],
  key: [[{ key: UNKNOWN }, /nobody answers/]],
  venue: [[{ place: UNKNOWN }, /nobody answers/], [{ place: { host: HOST, isKnown: false } }, /its data only/]],
  "key-rights": [
    [rights({ withdraw: true }), /it can withdraw/],
    [rights({ transfer: true }), /it can transfer/],
    [rights({ ipRestricted: false }), /it works from any address/],
    [rights({ read: false }), /it cannot read/],
    [rights({ trade: false }), /it cannot trade/],
    [{ test: UNKNOWN }, /nobody knows what the key may do/],
  ],
  "same-key": [
    [
      { key: { ...KEY, fingerprint: "ba9876543210" } },
      /raised for key 0123456789ab at api\.binance\.com, and this is ba98/,
    ],
    [{ place: { host: "testnet.binance.vision", isKnown: true } }, /at testnet\.binance\.vision/],
  ],
  kill: [[{ kill: { reason: "a storm", flatten: false, atMs: 1 } }, /is set \(a storm\): deno task kill --clear/]],
  drill: [
    [{ drill: null }, /was never tried/],
    [{ drill: { atMs: NOW_MS, held: false } }, /did not work/],
    [{ drill: { atMs: NOW_MS - 7 * DAY_MS - 3_600_001, held: true } }, /more than a week ago: .* autopilot drill/],
  ],
  audit: [[{ audit: ["row 3 is missing"] }, /row 3 is missing/], [{ audit: UNKNOWN }, /cannot be read/]],
  journal: [[{ journal: ["main: o1"] }, /main: o1/], [{ journal: UNKNOWN }, /cannot be read/]],
  clock: [
    [{ skewMs: 500 }, /500 ms ahead of/],
    [{ skewMs: -500 }, /500 ms behind/],
    [{ skewMs: NaN }, /set this clock/],
    [{ skewMs: UNKNOWN }, /not known/],
  ],
  durable: Object.keys(SOUND.durable).map((name) => [
    { durable: { ...SOUND.durable, [name]: "off" } },
    new RegExp(`set ${name} = on`),
  ]),
  markets: [[{ markets: ["no market A/B"] }, /no market A\/B/], [{ markets: UNKNOWN }, /not known/]],
  session: [[{ session: "session main-1 runs already" }, /runs already/]],
  terms: [
    ...[null, "", "yes", "live main", "live other, position 5000, daily loss 200, order 1000, entries a day 20"].map(
      (typed) => [{ typed }, /what was typed is not "live main, position 5000/] as const,
    ),
  ],
};

Deno.test("each precondition of live trading refuses alone what it is for, and none is without such a case", () => {
  assert.deepEqual(failingPreconditions(SOUND), []);
  assert.deepEqual(Object.keys(BROKEN).sort(), PRECONDITIONS.map(({ code }) => code).sort());
  for (const [code, cases] of Object.entries(BROKEN)) {
    assert.ok(cases.length > 0, code);
    for (const [own, words] of cases) {
      const failing = failingPreconditions({ ...SOUND, ...own });
      assert.deepEqual(failing.map((one) => one.code), [code], JSON.stringify(own));
      assert.match(failing[0]!.reason, words);
    }
  }
});

Deno.test("all preconditions that fail are told at once, and without a key nothing of what only the venue tells", () => {
  const broken = Object.values(BROKEN).reduce((all, [[own]]) => ({ ...all, ...own }), SOUND);
  const all = { ...broken, mode: { ...LIVE, mode: "paper", limits: null } } as const,
    codes = PRECONDITIONS.map(({ code }) => code);
  const told = (evidence: LiveEvidence) => failingPreconditions(evidence).map(({ code }) => code);
  // The place is not known, so nobody can say that it is another one than the mode's.
  assert.deepEqual(told({ ...all, key: KEY }), codes.filter((code) => code !== "key" && code !== "same-key"));
  const ofVenue = ["venue", "key-rights", "same-key", "clock", "markets"];
  const unknown = { test: UNKNOWN, place: UNKNOWN, skewMs: UNKNOWN, markets: UNKNOWN };
  assert.deepEqual(told({ ...all, ...unknown, key: UNKNOWN }), codes.filter((code) => !ofVenue.includes(code)));
  // What is known against it is told in any case.
  assert.ok(told({ ...all, ...unknown, key: UNKNOWN, skewMs: 900 }).includes("clock"));
});

Deno.test("modes that open nothing need no limits, no terms, and readOnly no key that trades", () => {
  const own = { mode: { ...LIVE, mode: "readOnly", limits: null, untilMs: null }, typed: null } as const;
  const wish = { ...SOUND.wish, mode: "readOnly" } as const;
  assert.deepEqual(failingPreconditions({ ...SOUND, ...own, wish, ...rights({ trade: false }) }), []);
  const reduce = { ...own, wish: { ...wish, mode: "reduceOnly" }, mode: { ...own.mode, mode: "reduceOnly" } } as const;
  assert.deepEqual(failingPreconditions({ ...SOUND, ...reduce }), []);
  const failing = failingPreconditions({ ...SOUND, ...reduce, mode: own.mode, ...rights({ trade: false }) });
  assert.deepEqual(failing.map(({ code }) => code), ["mode", "key-rights"]);
});

Deno.test("the documentation lists each precondition", async () => {
  const text = await Deno.readTextFile("docs/live_trading.md");
  for (const { code, what } of PRECONDITIONS) assert.match(text, new RegExp(`\\| \`${code}\` +\\| ${what} `), code);
});
