import assert from "node:assert/strict";
import { shortNames } from "./short_names.ts";

Deno.test("markets of one exchange are called by their symbols, those of several by both", () => {
  assert.deepEqual(shortNames(["binance:BTC/USDT", "binance:ETH/USDT", "other markets"]), [
    "BTC/USDT",
    "ETH/USDT",
    "other markets",
  ]);
  assert.deepEqual(shortNames(["binance:BTC/USDT", "bybit:BTC/USDT"]), ["binance:BTC/USDT", "bybit:BTC/USDT"]);
  assert.deepEqual(shortNames(["trend", "reversal"]), ["trend", "reversal"]);
});
