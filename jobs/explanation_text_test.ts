import assert from "node:assert/strict";
import { explainRun, type Explanation, explanationText, parseRunSpec, runFromSource } from "../engine/backtest/mod.ts";
import { importCandles, importFunding, Lake } from "../engine/lake/mod.ts";
import { instrument } from "../engine/market/mod.ts";
import { close } from "../engine/series/mod.ts";
import { defineStrategy } from "../engine/strategies/mod.ts";
import { inTemporaryFolder } from "../engine/testing/temporary_folder.ts";
import { timeframe, type TimestampMs } from "../engine/time/mod.ts";
import { runSummary } from "./run_summary.ts";

const HOUR_MS = 3_600_000, START_MS = Date.UTC(2024, 0, 1);
const NAMED = { exchange: "binance", symbol: "BTC/USDT" };
const long = defineStrategy({ id: "long", params: {}, rules: () => ({ enter: close.gt(0) }) }).bind();

Deno.test("a charge and a liquidation are told in words, with their prices, fee and insurance fund", () => {
  const timeMs = START_MS as TimestampMs;
  const candle = { openTimeMs: timeMs, open: 20_000, high: 20_000, low: 19_600, close: 19_900, volume: 0 };
  const moment: Explanation = {
    decidedAtMs: timeMs,
    equity: 1_000,
    books: [],
    happened: [
      {
        timeMs,
        instrument: "venue:BTC/USDT",
        what: "charged",
        charge: { what: "funding", quantity: 1, rate: 0.0001, markPrice: 20_000, amount: 2 },
      },
      {
        timeMs,
        instrument: "venue:BTC/USDT",
        what: "liquidated",
        liquidation: {
          instrument: "venue:BTC/USDT",
          timeMs,
          quantity: 1,
          price: 19_600,
          markPrice: 19_700,
          fee: 9.8,
          insurance: -3,
          candle: { ...candle, timeframe: "1m" },
          candleOf: "mark",
        },
      },
    ],
  };
  assert.deepEqual(explanationText(moment).split("\n").slice(-2), [
    "· 2024-01-01T00:00:00Z venue:BTC/USDT: funding on 1: paid 2, a rate of 0.0001 at a mark price of 20000",
    "· 2024-01-01T00:00:00Z venue:BTC/USDT: 1 liquidated: its margin was used up at a mark price of 19700, settled at " +
    "19600, fee 9.8; the insurance fund paid 3 (1m candle of the mark price of 2024-01-01T00:00:00Z: open 20000, " +
    "high 20000, low 19600, close 19900)",
  ]);
});

Deno.test("the summary of a run says which settlements an imported file left out, and --explain that nothing was charged then", () =>
  inTemporaryFolder(async (root) => {
    const line = (hour: number, ...cells: number[]) => [START_MS + hour * HOUR_MS, ...cells].join(",");
    const hours = Array.from({ length: 30 }, (_, hour) => line(hour, 100, 100, 100, 100, 1e6));
    await Deno.writeTextFile(`${root}/c.csv`, ["time,open,high,low,close,volume", ...hours].join("\n"));
    const settled = [0, 8, 24].map((hour) => line(hour, 8, 0.001));
    const head = "calc_time,funding_interval_hours,last_funding_rate";
    await Deno.writeTextFile(`${root}/f.csv`, [head, ...settled].join("\n"));
    await importCandles(root, `${root}/c.csv`, { ...NAMED, timeframe: "1h" });
    await importFunding(root, `${root}/f.csv`, NAMED);
    const spec = parseRunSpec({
      strategy: "long",
      timeframe: "1h",
      markets: [{ ...NAMED, kind: "linear" }],
      account: { funding: true },
      costs: { makerBps: 0, takerBps: 0 },
      sizing: { kind: "units", units: 1 },
    });
    const lake = new Lake(root), run = await runFromSource(spec, long, lake);
    assert.match(
      runSummary(run),
      /· 1 funding settlements of binance:BTC\/USDT are missing while a position was open, the first of 2024-01-01T16:00:00Z: nothing was charged for them/,
    );
    const query = { instrument: instrument(NAMED), timeframe: timeframe("1h") };
    const candles = [await lake.candles(query)], feeds = [{ funding: await lake.funding(query.instrument) }];
    const at = (hour: number) =>
      explanationText(explainRun(spec, long, candles, START_MS + hour * HOUR_MS as TimestampMs, {}, feeds));
    assert.match(at(8), /funding on 1: paid 0.1, a rate of 0.001 at a mark price of 100$/);
    assert.match(at(16), /Nothing was traded until the next close\.$/);
    await lake.close();
  }));
