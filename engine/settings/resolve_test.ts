import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError, Secret } from "../errors/mod.ts";
import { diffSettings } from "./diff.ts";
import { flagOf, resolveSettings, variableOf } from "./resolve.ts";
import { settingNames, type Settings, settingsSchema, settingText } from "./schema.ts";

/** A valid value of each setting. */
const anyValue: { [K in keyof Settings]: fc.Arbitrary<Settings[K]> } = {
  dataDir: fc.stringMatching(/^[a-z./]{1,12}$/),
  ledger: fc.stringMatching(/^[a-z./]{1,12}$/),
  exchange: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
  exchangeUrl: fc.stringMatching(/^http:\/\/[a-z]{1,8}:[1-9]\d{1,3}$/),
  cashQuote: fc.double({ min: 0.01, max: 1e12, noNaN: true }),
  makerBps: fc.double({ min: 0, max: 10_000, noNaN: true }),
  takerBps: fc.double({ min: 0, max: 10_000, noNaN: true }),
  slippageBps: fc.integer({ min: 0, max: 10_000 }),
  port: fc.integer({ min: 0, max: 65_535 }),
  journalDays: fc.integer({ min: 1, max: 36_500 }),
  databaseUrl: fc.stringMatching(/^[a-z]{1,8}$/).map((name) => new Secret("databaseUrl", `postgres://${name}/db`)),
  lakeUrl: fc.stringMatching(/^s3:\/\/[a-z]{3,8}\/[a-z]{1,8}$/),
  lakeKeyId: fc.stringMatching(/^[A-Z0-9]{1,12}$/),
  lakeKey: fc.stringMatching(/^[a-z/+]{1,12}$/).map((key) => new Secret("lakeKey", key)),
  lakeSession: fc.stringMatching(/^[a-z/+]{1,12}$/).map((token) => new Secret("lakeSession", token)),
  lakeRegion: fc.stringMatching(/^[a-z]{2}-[a-z]{4,8}-[1-9]$/),
  lakeEndpoint: fc.stringMatching(/^http:\/\/[a-z]{1,8}:[1-9]\d{1,3}$/),
  lakeUrlStyle: fc.constantFrom("path", "vhost"),
  lakeHttpfs: fc.stringMatching(/^[a-z./]{1,12}$/),
  notifyWebhookUrl: fc.stringMatching(/^https:\/\/[a-z]{1,8}\/[a-z]{0,8}$/).map((url) =>
    new Secret("notifyWebhookUrl", url)
  ),
  notifyWebhookKey: fc.stringMatching(/^[a-z]{16,32}$/).map((key) => new Secret("notifyWebhookKey", key)),
  notifyTelegramToken: fc.stringMatching(/^[1-9]\d{5,9}:[A-Za-z0-9_]{35}$/).map((token) =>
    new Secret("notifyTelegramToken", token)
  ),
  notifyTelegramChats: fc.stringMatching(/^-[1-9]\d{1,9},[1-9]\d{1,9}$/),
  notifyTelegramUsers: fc.stringMatching(/^[1-9]\d{1,9}, [1-9]\d{1,9}$/),
  notifyTelegramUrl: fc.stringMatching(/^http:\/\/[a-z]{1,8}:[1-9]\d{1,3}$/),
  notifyDiscordUrl: fc.stringMatching(/^https:\/\/[a-z]{1,8}\/api\/webhooks\/[1-9]\d{3,9}\/[a-z]{1,9}$/).map((url) =>
    new Secret("notifyDiscordUrl", url)
  ),
  notifyMailUrl: fc.stringMatching(/^smtps?:\/\/[a-z]{1,8}:[a-z]{1,8}@[a-z]{1,8}$/).map((url) =>
    new Secret("notifyMailUrl", url)
  ),
  notifyMailFrom: fc.stringMatching(/^[a-z]{1,8}@[a-z]{1,8}$/),
  notifyMailTo: fc.stringMatching(/^[a-z]{1,8}@[a-z]{1,8}, ?[a-z]{1,8}@[a-z]{1,8}$/),
  notifyMailCa: fc.stringMatching(/^[a-z./]{1,12}$/),
  watchdogBarSeconds: fc.integer({ min: 0, max: 3_600 }),
  watchdogNakedSeconds: fc.integer({ min: 0, max: 86_400 }),
  watchdogFlattenSeconds: fc.integer({ min: 0, max: 86_400 }),
  notifyGatherSeconds: fc.integer({ min: 0, max: 3_600 }),
  redisUrl: fc.stringMatching(/^[a-z]{1,8}$/).map((name) => new Secret("redisUrl", `redis://${name}:6379`)),
};
const anySettings = fc.record(anyValue, { requiredKeys: [], noNullPrototype: true });
const plain = (value: unknown) => value instanceof Secret ? value.reveal() : value;
const asPlain = (settings: object) =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, plain(value)]));
const asText = (settings: object) =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [variableOf(name), String(plain(value))]));

function messageOf(sources: Parameters<typeof resolveSettings>[0]): string {
  try {
    resolveSettings(sources);
  } catch (error) {
    assert(error instanceof InputError);
    return error.message;
  }
  assert.fail("no error");
}

Deno.test("the strongest source of each setting wins, and is its origin: default < file < environment < flag", () => {
  fc.assert(fc.property(anySettings, anySettings, anySettings, (content, environment, flags) => {
    const { values, origins } = resolveSettings({
      file: { path: "settings.json", content: asPlain(content) },
      environment: { ...asText(environment), PATH: "/usr/bin" },
      flags: asPlain(flags),
    });
    const defaults = settingsSchema.parse({});
    for (const name of settingNames) {
      const [kind, winner] = name in flags
        ? ["flag", flags]
        : name in environment
        ? ["environment", environment]
        : name in content
        ? ["file", content]
        : ["default", defaults];
      assert.equal(plain(values[name]), plain((winner as Settings)[name]));
      assert.equal(origins[name].kind, kind);
    }
  }));
});

Deno.test("an origin names its place", () => {
  const { origins } = resolveSettings({
    file: { path: "settings.json", content: { exchange: "binance" } },
    environment: { CRYPTO_TRADER_DATA_DIR: "elsewhere" },
    flags: { slippageBps: "5", port: undefined },
  });
  assert.deepEqual(origins.exchange, { kind: "file", place: "settings.json" });
  assert.deepEqual(origins.dataDir, { kind: "environment", place: "CRYPTO_TRADER_DATA_DIR" });
  assert.deepEqual(origins.slippageBps, { kind: "flag", place: "--slippage-bps" });
  assert.deepEqual(origins.port, { kind: "default" });
});

Deno.test("an unknown key names itself, its place and the nearest name", () => {
  assert.equal(
    messageOf({ file: { path: "my/settings.json", content: { prot: 1 } } }),
    "unknown setting prot in my/settings.json: did you mean port?",
  );
  assert.equal(
    messageOf({ environment: { CRYPTO_TRADER_DATADIR: "x" } }),
    "unknown setting CRYPTO_TRADER_DATADIR in the environment: did you mean CRYPTO_TRADER_DATA_DIR?",
  );
  assert.match(
    messageOf({ flags: { volatility: 1 } }),
    /^unknown setting --volatility in the command line: known are --data-dir, /,
  );
});

Deno.test("a wrong type names the setting, its place and what is accepted, also when a stronger source hides it", () => {
  const content = { port: "80" };
  const wanted = `settings.json: "80" cannot be port, which accepts a whole number from 0 (any free port) to 65535`;
  assert.equal(messageOf({ file: { path: "settings.json", content } }), wanted);
  assert.equal(messageOf({ file: { path: "settings.json", content }, flags: { port: 80 } }), wanted);
  assert.match(
    messageOf({ environment: { CRYPTO_TRADER_TAKER_BPS: "ten" } }),
    /^CRYPTO_TRADER_TAKER_BPS: "ten" cannot be takerBps/,
  );
  assert.match(messageOf({ environment: { CRYPTO_TRADER_PORT: "" } }), /^CRYPTO_TRADER_PORT: "" cannot be port/);
  assert.match(messageOf({ flags: { cashQuote: "-1" } }), /^--cash-quote: "-1" cannot be cashQuote/);
  assert.match(messageOf({ file: { path: "s.json", content: { port: null } } }), /^s.json: null cannot be port/);
  assert.match(messageOf({ file: { path: "s.json", content: [1] } }), /^s.json must hold one JSON object/);
});

Deno.test("every setting says what it means and what it accepts", () => {
  for (const name of settingNames) {
    const { means, accepts } = settingText(name);
    assert(means.length > 0 && accepts.length > 0, name);
    assert.match(flagOf(name), /^--[a-z-]+$/);
  }
});

Deno.test("a difference of settings lists exactly what changed", () => {
  const everything = fc.record(anyValue, { noNullPrototype: true });
  fc.assert(fc.property(everything, everything, (before, after) => {
    const changes = diffSettings(before, after);
    const patched = { ...before, ...Object.fromEntries(changes.map(({ name, after }) => [name, after])) };
    assert.deepEqual(patched, after);
    assert.deepEqual(diffSettings(before, before), []);
    assert(
      changes.every(({ name, before, after }) =>
        !Object.is(plain(before), plain(after)) && settingNames.includes(name)
      ),
    );
  }));
});

Deno.test("the address of the database is taken from DATABASE_URL, and no message or print shows it", () => {
  const url = "postgres://trader:swordfish@db:5432/trader";
  const { values, origins } = resolveSettings({ environment: { DATABASE_URL: url, HOME: "/" } });
  assert.equal(values.databaseUrl?.reveal(), url);
  assert.deepEqual(origins.databaseUrl, { kind: "environment", place: "DATABASE_URL" });
  assert.doesNotMatch(JSON.stringify(values) + String(values.databaseUrl), /swordfish/);
  assert.equal(resolveSettings({ environment: { DATABASE_URL: "" } }).values.databaseUrl, null);
  assert.equal(
    messageOf({ environment: { DATABASE_URL: "mysql://trader:swordfish@db" } }),
    "DATABASE_URL: this value cannot be databaseUrl, which accepts an address, as postgres://user:password@host:5432/database",
  );
});
