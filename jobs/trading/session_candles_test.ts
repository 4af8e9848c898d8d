import assert from "node:assert/strict";
import { parseRunSpec } from "../../engine/backtest/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { DAY_MS, MINUTE_MS, timeframe } from "../../engine/time/mod.ts";
import { paperMarkets } from "./paper_markets.ts";
import { sessionCandles } from "./session_candles.ts";
import type { SessionSettings } from "./session_settings.ts";

const BEGAN_MS = Date.UTC(2026, 0, 15, 12), MARKET = instrument({ exchange: "loopback", symbol: "BTC/USDT" });

function settings(length: string): SessionSettings {
  const spec = parseRunSpec({
    ...{ strategy: "sma-cross", params: { fast: 3, slow: 9 }, timeframe: length },
    markets: [{ exchange: "loopback", symbol: "BTC/USDT", tick: "0.01", lot: "0.00001" }],
    account: { cashQuote: 1_000 },
  });
  return {
    ...{ autopilot: "main", tag: "s1", spec, exchange: "loopback", exchangeUrl: "http://127.0.0.1:1" },
    ...{ clock: { startMs: BEGAN_MS, beganMs: BEGAN_MS, speed: 30 }, seed: 7, live: null, hours: null, askedBy: null },
  };
}

Deno.test("candles of a paper session are there after its exchange has ended: its prices again, closed ones only", async () => {
  const fromMs = BEGAN_MS - DAY_MS + 30 * MINUTE_MS, toMs = BEGAN_MS + 125 * MINUTE_MS;
  const { candles: [hours], minutes: [minutes] } = await sessionCandles(settings("1h"), [MARKET], { fromMs, toMs });
  const [market] = paperMarkets(["BTC/USDT"], 7, BEGAN_MS), first = minutes!.openTimeMs[0]!;
  assert.deepEqual([first, minutes!.length], [fromMs, (toMs - fromMs) / MINUTE_MS]);
  assert.equal(minutes!.close.at(-1), market!.minute(toMs - MINUTE_MS)!.close);
  assert.deepEqual([hours!.timeframe, hours!.openTimeMs[0]], [timeframe("1h"), BEGAN_MS - 23 * 60 * MINUTE_MS]);
  assert.ok(hours!.volume.every((volume) => volume === Number(volume.toFixed(8))), "as an exchange tells it");
  assert.deepEqual([hours!.length, hours!.openTimeMs.at(-1)], [25, BEGAN_MS + 60 * MINUTE_MS]);
});
