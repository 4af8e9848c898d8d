import assert from "node:assert/strict";
import {
  downloadCandles,
  openExchange,
  ProviderGroup,
  SeededMarket,
  startLoopbackExchange,
} from "../../engine/exchanges/mod.ts";
import { DownloadStore, Lake } from "../../engine/lake/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import type { TaskContext } from "../../engine/tasks/mod.ts";
import { withEmbedded } from "../../engine/testing/servers.ts";
import { DAY_MS, systemClock, timeframe, type TimestampMs } from "../../engine/time/mod.ts";
import { swingingDays } from "../testing/program.ts";
import { refreshCandles } from "./refresh_candles.ts";
import type { RefreshedMarkets } from "../fetching/refresh_markets.ts";
import type { TaskSurroundings } from "./surroundings.ts";

Deno.test("files that have changed lately are taken into the lake, older ones are left alone, and a second time adds nothing", async () => {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "refresh_test_" }), path = `${dataDir}/inbox/test`;
  try {
    await Deno.mkdir(path, { recursive: true });
    const file = (symbol: string) => `${path}/${symbol}_1d.csv`;
    for (const [symbol, days] of [["BTCUSDT", 30], ["ETHUSDT", 40]] as const) {
      await Deno.writeTextFile(file(symbol), ["time,open,high,low,close,volume", ...swingingDays(days)].join("\n"));
    }
    await Deno.utime(file("ETHUSDT"), new Date("2024-01-01"), new Date("2024-01-01"));
    const task = refreshCandles({ dataDir } as TaskSurroundings), said: string[] = [];
    const context: TaskContext = {
      id: "",
      attempt: 1,
      signal: new AbortController().signal,
      progress: (_done, _total, note) => said.push(note!),
      once: () => assert.fail("it has no effect on the database"),
    };
    const payload = task.payload.parse({ path: `${dataDir}/inbox`, days: 1 });
    assert.deepEqual(await task.run(payload, context), { files: 1, markets: 0, added: 30, revised: 0, problems: [] });
    assert.deepEqual(await task.run(payload, context), { files: 1, markets: 0, added: 0, revised: 0, problems: [] });
    assert.deepEqual(said, [file("BTCUSDT"), file("BTCUSDT")]);
    for (const outside of ["/etc", "../elsewhere", "data/../../x"]) {
      assert.ok(!task.payload.safeParse({ path: outside }).success);
    }
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("markets that came from a venue are fetched from there up to the present, and one that nobody has is told", () =>
  withEmbedded(async ({ sql }, dataDir) => {
    const HOUR_MS = DAY_MS / 24, thisHour = Math.floor(systemClock.now() / HOUR_MS) * HOUR_MS;
    const market = (symbol: string) =>
      new SeededMarket({
        symbol,
        seed: 1,
        listedAtMs: Math.floor(thisHour / DAY_MS - 2) * DAY_MS as TimestampMs,
        startPrice: 100,
      });
    const open = (...symbols: string[]) => startLoopbackExchange({ markets: symbols.map(market) });
    const wanted = ["BTC/USDT", "ETH/USDT"].map((symbol) => ({
      instrument: instrument({ exchange: "loopback", symbol }),
      timeframe: timeframe("1h"),
    }));
    const before = open("BTC/USDT", "ETH/USDT"), store = new DownloadStore(dataDir), lake = new Lake(dataDir);
    const after = open("BTC/USDT");
    try {
      const adapter = await openExchange("loopback", { baseUrl: before.url });
      await downloadCandles(wanted, new ProviderGroup([adapter], systemClock), store, systemClock, {
        fromMs: thisHour - 12 * HOUR_MS as TimestampMs,
        toMs: thisHour - 6 * HOUR_MS as TimestampMs,
        parallel: 1,
        revisitCandles: 0,
      });
      await adapter.close();
      const surroundings = { sql, dataDir, redisUrl: null, exchange: null, exchangeUrl: after.url };
      const task = refreshCandles(surroundings as TaskSurroundings);
      const context = { signal: new AbortController().signal, progress: () => {} } as unknown as TaskContext;
      const payload = task.payload.parse({ path: "docs/decisions", revisit: 1 });
      const { markets, problems } = await task.run(payload, context) as unknown as RefreshedMarkets;
      assert.deepEqual([markets, problems.length], [2, 1]);
      assert.match(problems[0]!, /loopback has no market ETH/);
      const { openTimeMs, length } = await lake.candles(wanted[0]!);
      assert.ok(openTimeMs[length - 1]! >= thisHour - HOUR_MS, "up to the last hour that has ended");
      assert.equal(length, (openTimeMs[length - 1]! - openTimeMs[0]!) / HOUR_MS + 1, "none is missing between");
      const [{ count }] = await sql<{ count: number }[]>`
        select count(*)::int as count from crypto_trader.cache_values where key like 'budget/%'`;
      assert.equal(count, 1, "what it has spent stands in the count of all processes");
      const nowhere = refreshCandles({ ...surroundings, exchangeUrl: null } as TaskSurroundings);
      await assert.rejects(nowhere.run(payload, context), /no market could be refreshed: .*has no address/);
    } finally {
      await lake.close();
      await store.close();
      await before.close();
      await after.close();
    }
  }));
