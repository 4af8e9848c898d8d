import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { openDesk } from "../testing/loopback_client.ts";
import type { LoopbackExchangeOptions } from "./mod.ts";
import { AccountKey, openExchange } from "./mod.ts";

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const COINBASE = {
  apiKey: "organizations/loopback/apiKeys/1",
  secret: pair.privateKey.export({ type: "sec1", format: "pem" }) as string,
  publicKey: pair.publicKey.export({ type: "spki", format: "pem" }) as string,
};
const BINANCE = { apiKey: "loopback", secret: "loopback-secret" };

/** What the venue of an exchange's options says of its key. */
async function asked(
  venue: "binance" | "coinbase" | "kraken",
  permissions: Record<string, unknown>,
  key = venue === "coinbase" ? COINBASE : BINANCE,
) {
  const own = permissions as Record<string, boolean>;
  const options: Partial<LoopbackExchangeOptions> = {
    key: { ...BINANCE, permissions: own },
    coinbaseKey: { apiKey: COINBASE.apiKey, publicKey: COINBASE.publicKey, permissions: own },
  };
  const desk = openDesk(options);
  const exchange = await openExchange(venue, { baseUrl: desk.exchange.url, key: new AccountKey(key) });
  try {
    return await exchange.keyPermissions();
  } finally {
    await exchange.close();
    await desk.close();
  }
}

const TRADING = { read: true, trade: true, withdraw: false, transfer: false, ipRestricted: true };

Deno.test("Binance tells what a key may do, and each right is seen where it is given", async () => {
  assert.deepEqual(await asked("binance", {}), { kind: "done", value: TRADING });
  for (
    const [field, given, told] of [
      ["enableWithdrawals", true, { withdraw: true }],
      ["enableInternalTransfer", true, { transfer: true }],
      ["permitsUniversalTransfer", true, { transfer: true }],
      ["ipRestrict", false, { ipRestricted: false }],
      ["enableSpotAndMarginTrading", false, { trade: false }],
      ["enableReading", false, { read: false }],
    ] as const
  ) {
    assert.deepEqual(
      await asked("binance", { [field]: given }),
      { kind: "done", value: { ...TRADING, ...told } },
      field,
    );
  }
});

Deno.test("Coinbase tells what a key may do, and not from where", async () => {
  assert.deepEqual(await asked("coinbase", {}), { kind: "done", value: { ...TRADING, ipRestricted: null } });
  assert.deepEqual(await asked("coinbase", { can_transfer: true, can_trade: false }), {
    kind: "done",
    value: { read: true, trade: false, withdraw: true, transfer: true, ipRestricted: null },
  });
});

Deno.test("an answer without a field says nothing, a key that the venue does not know is refused, others cannot be asked", async () => {
  assert.equal((await asked("binance", { enableWithdrawals: undefined })).kind, "unknown");
  assert.equal((await asked("binance", { ipRestrict: "yes" })).kind, "unknown");
  assert.equal((await asked("binance", {}, { ...BINANCE, secret: "wrong" })).kind, "refused");
  const other = await asked("kraken", {}, { apiKey: "k", secret: "c2VjcmV0" });
  assert.deepEqual(other.kind === "refused" && other.code, "not-supported");
});

Deno.test("an account key shows nothing of itself, however it is printed", () => {
  const key = new AccountKey({ apiKey: "swordfish", secret: "marlin", password: "tuna" });
  for (
    const text of [`${key}`, JSON.stringify({ key }), Deno.inspect({ key }), inspect({ key }, { showHidden: true })]
  ) {
    assert.match(text, /\[account key\]/);
    assert.doesNotMatch(text, /swordfish|marlin|tuna/);
  }
});
