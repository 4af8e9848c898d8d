import assert from "node:assert/strict";
import { RedisStore } from "../../engine/cache/mod.ts";
import { openDatabase } from "../../engine/database/mod.ts";
import { Lake } from "../../engine/lake/mod.ts";
import { instrument } from "../../engine/market/mod.ts";
import { LISTED_MS, openDesk } from "../../engine/testing/loopback_client.ts";
import { RedisServer } from "../../engine/testing/redis_server.ts";
import { type Arrived, scriptedVenue } from "../../engine/testing/scripted_venue.ts";
import { removeDataFolder } from "../../engine/testing/servers.ts";
import { MINUTE_MS, timeframe } from "../../engine/time/mod.ts";
import { type Program, programOn } from "../testing/program.ts";

/** Works with the program on a data folder of its own. */
async function withFolder(work: (dataDir: string) => Promise<void>): Promise<void> {
  await Deno.mkdir("data", { recursive: true });
  const dataDir = await Deno.makeTempDir({ dir: "data", prefix: "fetch_kinds_test_" });
  try {
    await work(dataDir);
  } finally {
    await removeDataFolder(dataDir);
  }
}

async function fetched(program: Program, ...args: string[]) {
  const { code, stdout, stderr } = await program("candles", "fetch", "--json", ...args);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

const MARKET = ["--exchange", "loopback", "--symbol", "BTC/USDT"];
const DAY = ["--from", "2026-01-01", "--to", "2026-01-02"];
const BTC = instrument({ exchange: "loopback", symbol: "BTC/USDT" });

Deno.test("fetch makes candles of trades and dates of listings, each once, and refuses a kind that does not exist", () =>
  withFolder(async (dataDir) => {
    const desk = openDesk(), program = programOn(dataDir), lake = new Lake(dataDir);
    const at = ["--exchange-url", desk.exchange.url];
    try {
      const trades = ["--kind", "trades", ...MARKET, ...at, ...DAY, "--timeframe", "5m"];
      assert.equal((await fetched(program, ...trades)).added, 288);
      assert.deepEqual((({ added, requests }) => ({ added, requests }))(await fetched(program, ...trades)), {
        added: 0,
        requests: 0,
      });
      // The exchange has one trade for each minute, at its close.
      const candles = await lake.candles({ instrument: BTC, timeframe: timeframe("5m") });
      const market = desk.exchange.venue.markets.find(({ symbol }) => symbol === "BTC/USDT")!;
      for (const row of [0, 100, 287]) {
        const minutes = [0, 1, 2, 3, 4].map((i) => market.minute(candles.openTimeMs[row]! + i * MINUTE_MS)!);
        const closes = minutes.map(({ close }) => close);
        assert.deepEqual([candles.open[row], candles.close[row]], [closes[0], closes[4]]);
        assert.deepEqual([candles.high[row], candles.low[row]], [Math.max(...closes), Math.min(...closes)]);
        const volume = minutes.reduce((sum, own) => sum + BigInt(Math.round(own.volume * 1e5)), 0n);
        assert.equal(candles.volume[row], Number(volume) / 1e5);
      }
      const spans = await lake.fetched({ instrument: BTC, timeframe: timeframe("5m") });
      assert.deepEqual(spans.map(({ how, provider }) => [how, provider]), [["trades", "loopback"]]);

      const listings = ["--kind", "listings", ...MARKET, ...at];
      const { added, listings: [told] } = await fetched(program, ...listings);
      assert.deepEqual([added, told.listedAtMs], [1, LISTED_MS]);
      assert.equal((await fetched(program, ...listings)).added, 0);

      const { code, stderr } = await program("candles", "fetch", "--kind", "news", ...MARKET);
      assert.equal(code, 2);
      assert.match(stderr, /--kind cannot be "news": it is one of candles, trades, funding, listings/);
    } finally {
      await lake.close();
      await desk.close();
    }
  }));

const EIGHT_HOURS_MS = 8 * 60 * MINUTE_MS, FIRST_MS = Date.UTC(2024, 0, 1);
/** 3 of January at 16:00. */
const SETTLEMENTS = Array.from({ length: 9 }, (_, i) => FIRST_MS + i * EIGHT_HOURS_MS);

const rateAt = (ms: number) => ms === FIRST_MS ? "0.0001" : `-0.0000${(ms - FIRST_MS) / EIGHT_HOURS_MS}`;

/** Binance's futures with one contract, settlements of which it gives two at a time, some milliseconds late. */
function fundingVenue(first: (rows: readonly number[]) => readonly number[]) {
  return scriptedVenue(({ path, parameters }: Arrived) => {
    if (path.endsWith("/exchangeInfo")) return { body: { symbols: [CONTRACT] } };
    if (!path.endsWith("/fundingRate")) return undefined;
    const from = Number(parameters.get("startTime")), to = Number(parameters.get("endTime") ?? Infinity);
    const rows = first(SETTLEMENTS.filter((ms) => ms + 6 >= from && ms + 6 <= to));
    const body = rows.map((ms) => ({
      symbol: "BTCUSDT",
      fundingRate: rateAt(ms),
      fundingTime: ms + 6,
      markPrice: "42000",
    }));
    return { body };
  });
}

const CONTRACT = {
  symbol: "BTCUSDT",
  pair: "BTCUSDT",
  contractType: "PERPETUAL",
  status: "TRADING",
  baseAsset: "BTC",
  quoteAsset: "USDT",
  marginAsset: "USDT",
  pricePrecision: 2,
  quantityPrecision: 3,
  filters: [
    { filterType: "PRICE_FILTER", minPrice: "0.1", maxPrice: "1000000", tickSize: "0.1" },
    { filterType: "LOT_SIZE", minQty: "0.001", maxQty: "1000", stepSize: "0.001" },
  ],
};

for (
  const [which, take] of [
    ["first", (rows: readonly number[]) => rows.slice(0, 2)],
    ["last", (rows: readonly number[]) => rows.slice(-2)],
  ] as const
) {
  Deno.test(`fetch brings all settlements of funding from a venue that gives the ${which} two of what it is asked for`, () =>
    withFolder(async (dataDir) => {
      const venue = fundingVenue(take), program = programOn(dataDir), lake = new Lake(dataDir);
      const contract = ["--kind", "funding", "--exchange", "binance-usdm", "--symbol", "BTC/USDT"];
      const args = [...contract, "--exchange-url", venue.url, "--from", "2023-12-01"];
      try {
        const first = await fetched(program, ...args, "--to", "2024-01-03");
        assert.equal(first.funding[0].added, 6);
        const second = await fetched(program, ...args, "--to", "2024-02-01");
        assert.equal(second.funding[0].added, 3);
        const market = instrument({ exchange: "binance-usdm", symbol: "BTC/USDT" });
        const { timeMs, rate } = await lake.funding(market);
        assert.deepEqual([...timeMs], SETTLEMENTS);
        assert.deepEqual([...rate], SETTLEMENTS.map((ms) => Number(rateAt(ms))));
        assert.deepEqual((await lake.check()).issues, []);
      } finally {
        await lake.close();
        await venue.close();
      }
    }));
}

Deno.test("fetch counts its requests where other processes count theirs: in Redis, or in the database that runs", () =>
  RedisServer.with((redis) =>
    withFolder(async (dataDir) => {
      const desk = openDesk(), args = [...MARKET, "--exchange-url", desk.exchange.url, "--timeframe", "1h"];
      const key = `budget/${desk.exchange.url}/here/weight`;
      const store = await RedisStore.open(redis.url);
      try {
        await fetched(programOn(dataDir, { REDIS_URL: redis.url }), ...args, ...DAY);
        const inRedis = await store.get(key);
        assert.ok(inRedis.kind === "known" && JSON.parse(inRedis.value!).used > 20, JSON.stringify(inRedis));
        const database = await openDatabase({ databaseUrl: null, dataDir });
        try {
          await fetched(programOn(dataDir), ...args, "--from", "2026-01-02", "--to", "2026-01-03");
          const [row] = await database.sql<{ text: string }[]>`
            select text from crypto_trader.cache_values where key = ${key}`;
          assert.ok(JSON.parse(row!.text).used > 20, row?.text);
        } finally {
          await database.close();
        }
      } finally {
        await store.close();
        await desk.close();
      }
    })
  ));
