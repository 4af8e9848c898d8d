import assert from "node:assert/strict";
import { Lake } from "../../engine/lake/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { type Arrived, scriptedVenue } from "../../engine/testing/scripted_venue.ts";
import { inTemporaryFolder } from "../../engine/testing/temporary_folder.ts";
import { parseTimestamp, systemClock, timeframe } from "../../engine/time/mod.ts";
import { downloadCandles, type Exchange, openExchange, ProviderGroup } from "../../engine/exchanges/mod.ts";
import { DownloadStore } from "../../engine/lake/mod.ts";
import { ProcessBudget } from "../../engine/market/mod.ts";

const BTC = instrument({ exchange: "binance", symbol: "BTC/USDT" }), FIVE = timeframe("5m");
const MARKET = { instrument: BTC, timeframe: FIVE };
const at = parseTimestamp;

/** A venue whose candles carry its number as their volume, with some left out. */
function venueOf(volume: string, isAbsent: (openTimeMs: number) => boolean = () => false) {
  return scriptedVenue(({ path, parameters }: Arrived) => {
    if (!path.endsWith("/klines")) return undefined;
    const from = Number(parameters.get("startTime")), to = Number(parameters.get("endTime"));
    const stepMs = parameters.get("interval") === "1d" ? 86_400_000 : 300_000, rows = [];
    for (
      let ms = Math.ceil(from / stepMs) * stepMs;
      ms <= to && rows.length < Number(parameters.get("limit"));
      ms += stepMs
    ) {
      if (!isAbsent(ms)) {
        rows.push([ms, "100.5", "102", "99.25", "101", volume, ms + stepMs - 1, "20", 5, "5", "10", "0"]);
      }
    }
    return { body: rows };
  });
}

/** Adapters of venues on loopback, each with a budget that is always in the middle of a minute. */
async function groupOf(venues: readonly ReturnType<typeof venueOf>[], ids: readonly string[]) {
  const budget = new ProcessBudget({ now: () => at("2026-01-01T00:00:30") });
  const exchanges = await Promise.all(ids.map(async (id, i) => {
    const exchange = await openExchange("binance", { baseUrl: venues[i]!.url, budget, timeoutMs: 2_000 });
    const { capabilities } = exchange, candles = exchange.candles.bind(exchange);
    return { id, capabilities, candles } as Exchange;
  }));
  return { group: (onSwitch = () => {}) => new ProviderGroup(exchanges, systemClock, onSwitch) };
}

Deno.test("a venue whose server is killed in the middle of a year leaves a whole year in the lake, and the lake says who gave what", () =>
  inTemporaryFolder(async (root) => {
    const first = venueOf("1"), second = venueOf("2"), store = new DownloadStore(root), lake = new Lake(root);
    const { group } = await groupOf([first, second], ["binance", "kraken"]);
    let switches = 0, killed: Promise<void> | undefined;
    try {
      const [result] = await downloadCandles([MARKET], group(() => switches++), store, systemClock, {
        fromMs: at("2023-01-01"),
        toMs: at("2024-01-01"),
        parallel: 3,
        revisitCandles: 0,
        progress: (done, total) => {
          if (done > total / 2) killed ??= first.close();
        },
      });
      assert.equal(result!.problem, null);
      const candles = await lake.candles(MARKET), spans = await lake.fetched(MARKET);
      assert.equal(candles.length, 365 * 288);
      assert.deepEqual([...new Set(spans.map(({ provider }) => provider))].sort(), ["binance", "kraken"]);
      assert.ok(switches >= 1);
      for (const { provider, fromMs, toMs } of spans) {
        for (let i = 0; i < candles.length; i++) {
          const time = candles.openTimeMs[i]!;
          if (time >= fromMs && time < toMs) assert.equal(candles.volume[i], provider === "binance" ? 1 : 2);
        }
      }
      const own = await lake.candles({ ...MARKET, ownOnly: true });
      assert.equal(own.length, result!.providers.binance);
      assert.ok(own.volume.every((volume) => volume === 1));
      assert.deepEqual((await lake.check()).issues, []);
    } finally {
      await lake.close();
      await store.close();
      await killed;
      await second.close();
    }
  }));

Deno.test("gaps of a venue are filled from another one only by repair, marked, and left out by queries that want its own", () =>
  inTemporaryFolder(async (root) => {
    const gap = (ms: number) => ms >= at("2023-01-02T06:00") && ms < at("2023-01-02T07:00");
    const first = venueOf("1", gap), second = venueOf("2"), store = new DownloadStore(root), lake = new Lake(root);
    const range = { fromMs: at("2023-01-02"), toMs: at("2023-01-03"), parallel: 1, revisitCandles: 0 };
    try {
      const own = (await groupOf([first], ["binance"])).group();
      await downloadCandles([MARKET], own, store, systemClock, range);
      assert.equal((await lake.candles(MARKET)).length, 288 - 12);
      const other = (await groupOf([second], ["kraken"])).group();
      const [repaired] = await downloadCandles([MARKET], other, store, systemClock, { ...range, how: "repair" });
      assert.deepEqual(repaired!.providers, { kraken: 12 });
      assert.deepEqual((await lake.fetched(MARKET)).filter(({ how }) => how === "repair"), [
        { provider: "kraken", how: "repair", fromMs: at("2023-01-02T06:00"), toMs: at("2023-01-02T07:00") },
      ]);
      assert.equal((await lake.candles(MARKET)).length, 288);
      assert.equal((await lake.candles({ ...MARKET, ownOnly: true })).length, 288 - 12);
    } finally {
      await lake.close();
      await store.close();
      await Promise.all([first.close(), second.close()]);
    }
  }));

Deno.test("what a venue tells otherwise later lies beside the candle that is kept, and is told once", () =>
  inTemporaryFolder(async (root) => {
    const store = new DownloadStore(root), lake = new Lake(root);
    const range = { fromMs: at("2023-01-02"), toMs: at("2023-01-02T01:00"), parallel: 1, revisitCandles: 2 };
    try {
      for (const [volume, revised] of [["1", 0], ["7", 2], ["7", 0]] as const) {
        const venue = venueOf(volume);
        const [result] = await downloadCandles(
          [MARKET],
          (await groupOf([venue], ["binance"])).group(),
          store,
          systemClock,
          range,
        );
        assert.equal(result!.revised, revised);
        await venue.close();
      }
      const told = await lake.revisions(MARKET);
      assert.deepEqual(told.map(({ openTimeMs, volume }) => [openTimeMs, volume]), [
        [at("2023-01-02T00:50"), 7],
        [at("2023-01-02T00:55"), 7],
      ]);
      assert.ok((await lake.candles(MARKET)).volume.every((volume) => volume === 1));
    } finally {
      await lake.close();
      await store.close();
    }
  }));
