// Runs whose funding and mark prices come from imported files: what is charged, what is missing, and how they are found again.
import assert from "node:assert/strict";
import {
  explainTrades,
  parseRunSpec,
  runBacktest,
  runFromSource,
  type RunManifest,
  type RunSpecInput,
} from "../engine/backtest/mod.ts";
import { close } from "../engine/series/mod.ts";
import { defineStrategy } from "../engine/strategies/mod.ts";
import { inTemporaryFolder } from "../engine/testing/temporary_folder.ts";
import { importCandles, importFunding, Lake, runCandles, runFeeds } from "../engine/lake/mod.ts";

const HOUR_MS = 3_600_000, START_MS = Date.UTC(2024, 0, 1);
const long = defineStrategy({ id: "long", params: {}, rules: () => ({ enter: close.gt(0) }) }).bind();
const HOLDING: RunSpecInput = {
  strategy: "long",
  timeframe: "1h",
  markets: [{ exchange: "binance", symbol: "BTC/USDT", kind: "linear" }],
  account: { cashQuote: 1_000, funding: true },
  costs: { makerBps: 0, takerBps: 0 },
  sizing: { kind: "units", units: 2 },
};

/** Imports text as a file of that name. */
async function put(root: string, name: string, text: string, kind: "candles" | "mark" | "funding", options = {}) {
  await Deno.mkdir(`${root}/binance`, { recursive: true });
  await Deno.writeTextFile(`${root}/binance/${name}`, text);
  if (kind === "funding") await importFunding(`${root}/lake`, `${root}/binance/${name}`, options);
  else await importCandles(`${root}/lake`, `${root}/binance/${name}`, { kind, ...options });
}

/** Hours at a flat price, then as given. */
function hours(count: number, low: (hour: number) => number = () => 100): string {
  const rows = Array.from(
    { length: count },
    (_, hour) => [START_MS + hour * HOUR_MS, 100, 100, low(hour), 100, 1e6].join(","),
  );
  return ["time,open,high,low,close,volume", ...rows].join("\n");
}

/** Binance's monthly file: hours of the settlements, each a little late, with the interval of the step that it ends. */
function archive(settlements: readonly (readonly [hour: number, intervalHours: number, rate: number])[]): string {
  const rows = settlements.map(([hour, interval, rate], i) =>
    `${START_MS + hour * HOUR_MS + i % 3 * 7},${interval},${rate}`
  );
  return ["calc_time,funding_interval_hours,last_funding_rate", ...rows].join("\n");
}

Deno.test("a run charges what an imported file has over intervals of 8, 4 and 1 hours, and nothing for the settlement that it leaves out", async () => {
  await inTemporaryFolder(async (root) => {
    await put(root, "BTCUSDT_1h.csv", hours(30), "candles");
    // Without 20:00, which was due by the interval of 4 hours between 16:00 and 24:00.
    const settled = [[0, 8, 0.001], [8, 8, 0.001], [12, 4, 0.002], [16, 4, 0], [24, 4, -0.0005], [
      25,
      1,
      0.003,
    ]] as const;
    await put(root, "BTCUSDT-fundingRate-2024-01.csv", archive(settled), "funding");
    const lake = new Lake(`${root}/lake`);
    const { notes, metrics, manifest } = await runFromSource(parseRunSpec(HOLDING), long, lake);
    // 2 × 100 at 08:00, 12:00, 24:00 and 25:00; 16:00 has a rate of 0; the position opens at 01:00, after 00:00.
    const paid = 200 * (0.001 + 0.002 - 0.0005 + 0.003);
    assert.equal(Number(metrics.fundingQuote!.toFixed(8)), Number(paid.toFixed(8)));
    assert.equal(notes.funnel.funding, 5);
    assert.equal(manifest.run.data[0]!.funding!.settlements, 6);
    // 20:00, and 26:00 to 29:00, of which the file says nothing though they were due each hour.
    assert.deepEqual(notes.missingFunding, [
      { instrument: "binance:BTC/USDT", count: 5, firstTimeMs: START_MS + 20 * HOUR_MS },
    ]);
    assert.match(
      notes.warnings.join("\n"),
      /5 funding settlements of binance:BTC\/USDT are missing while a position was open, the first of 2024-01-01T20:00:00Z: nothing was charged/,
    );
    await lake.close();
  });
});

Deno.test("a run of which the lake has no funding, or no mark prices of the length that orders meet, says what to import", async () => {
  await inTemporaryFolder(async (root) => {
    await put(root, "BTCUSDT_1h.csv", hours(10), "candles");
    const lake = new Lake(`${root}/lake`);
    await assert.rejects(
      runFromSource(parseRunSpec(HOLDING), long, lake),
      /no funding of binance:BTC\/USDT: import it with candles import FILE --kind funding/,
    );
    await put(root, "BTCUSDT_1m.csv", hours(10), "candles", { timeframe: "1m" });
    await put(root, "mark_BTCUSDT_1h.csv", hours(10), "mark");
    const marked = { ...HOLDING, detail: "1m", account: { cashQuote: 1_000, markPrice: true } };
    await assert.rejects(
      runFromSource(parseRunSpec(marked), long, lake),
      /no 1m candles of the mark price of binance:BTC\/USDT: there are 1h/,
    );
    await lake.close();
  });
});

Deno.test("the mark prices of the finer timeframe decide where a run has one: the mark that the hour hides liquidates in its minute", async () => {
  await inTemporaryFolder(async (root) => {
    const minutes = (low: (minute: number) => number) =>
      [
        "time,open,high,low,close,volume",
        ...Array.from({ length: 180 }, (_, i) => [START_MS + i * 60_000, 100, 100, low(i), 100, 1e6].join(",")),
      ].join("\n");
    await put(root, "BTCUSDT_1h.csv", hours(3), "candles");
    await put(root, "BTCUSDT_1m.csv", minutes(() => 100), "candles");
    await put(root, "mark_BTCUSDT_1m.csv", minutes((minute) => minute === 75 ? 80 : 100), "mark");
    const spec = parseRunSpec({
      ...HOLDING,
      detail: "1m",
      markets: [{
        exchange: "binance",
        symbol: "BTC/USDT",
        kind: "linear",
        marginTiers: [{ fromNotional: 0, maintenanceRate: 0.01 }],
      }],
      account: { cashQuote: 1_000, leverage: 10, marginMode: "isolated", markPrice: true },
      limits: { maxEntriesPerDay: 1 },
    });
    const lake = new Lake(`${root}/lake`), run = await runFromSource(spec, long, lake);
    assert.deepEqual(run.trades.map((own) => [own.exitReason, own.exitTimeMs]), [
      ["liquidation", START_MS + 75 * 60_000],
    ]);
    assert.equal(run.manifest.run.data[0]!.mark!.candles, 180);
    const feeds = await runFeeds(`${root}/lake`, run.manifest),
      candles = await runCandles(`${root}/lake`, run.manifest);
    const { trades: [explained] } = explainTrades(spec, long, candles!, {}, feeds!);
    assert.ok("liquidation" in explained!.exit);
    const { candle, candleOf } = explained!.exit.liquidation;
    assert.deepEqual([candle.timeframe, candle.openTimeMs, candle.low, candleOf], [
      "1m",
      START_MS + 75 * 60_000,
      80,
      "mark",
    ]);
    await lake.close();
  });
});

Deno.test("the feeds of a kept run are found again by their digests, whatever was imported around them since", async () => {
  const middle = [[8, 8, 0.001], [16, 8, 0.002], [24, 8, 0.003]] as const;
  const around = [[0, 8, 0.0005], [32, 8, 0.0006], [40, 8, 0.0007]] as const;
  for (const [first, later] of [[middle, around], [[around[0], ...middle], around.slice(1)]] as const) {
    await inTemporaryFolder(async (root) => {
      await put(root, "BTCUSDT_1h.csv", hours(30), "candles");
      await put(root, "mark_BTCUSDT_1h.csv", hours(30), "mark");
      await put(root, "BTCUSDT-fundingRate-2024-01.csv", archive(first), "funding");
      const spec = parseRunSpec({
        ...HOLDING,
        from: "2024-01-01T05:00",
        account: { cashQuote: 1_000, funding: true, markPrice: true },
      });
      const lake = new Lake(`${root}/lake`), run = await runFromSource(spec, long, lake);
      await put(root, "BTCUSDT-fundingRate-2024-02.csv", archive(later), "funding");
      await put(root, "mark_BTCUSDT_1h.csv", hours(60), "mark");
      await put(root, "BTCUSDT_1h.csv", hours(60), "candles");
      const again = await repeated(`${root}/lake`, run.manifest);
      assert.deepEqual(again?.manifest.run, run.manifest.run);
      assert.deepEqual(again?.metrics, run.metrics);
      const other = archive([[16, 8, 0.005]]);
      await put(root, "BTCUSDT-fundingRate-2024-01.csv", other, "funding", { revise: true });
      assert.equal(await runFeeds(`${root}/lake`, run.manifest), null, "a settlement is not what it was");
      await lake.close();
    });
  }
});

Deno.test("mark prices that were revised since are not those of the run", async () => {
  await inTemporaryFolder(async (root) => {
    await put(root, "BTCUSDT_1h.csv", hours(30), "candles");
    await put(root, "mark_BTCUSDT_1h.csv", hours(30), "mark");
    const lake = new Lake(`${root}/lake`);
    const spec = parseRunSpec({ ...HOLDING, account: { cashQuote: 1_000, markPrice: true } });
    const { manifest } = await runFromSource(spec, long, lake);
    assert.equal((await runFeeds(`${root}/lake`, manifest))!.length, 1);
    await put(root, "mark_BTCUSDT_1h.csv", hours(30, (hour) => hour === 7 ? 99 : 100), "mark", { revise: true });
    assert.equal(await runFeeds(`${root}/lake`, manifest), null);
    await lake.close();
  });
});

/** A kept run once more, from what the lake has of it. */
async function repeated(root: string, manifest: RunManifest) {
  const candles = await runCandles(root, manifest), feeds = await runFeeds(root, manifest);
  return candles && feeds && await runBacktest(parseRunSpec(manifest), long, candles, undefined, {}, feeds);
}
