import assert from "node:assert/strict";
import { instrument } from "../../market/mod.ts";
import { candleExchange } from "../../testing/candle_exchange.ts";
import { MemoryStore } from "../../testing/memory_store.ts";
import { parseTimestamp, SimulatedClock, timeframe, type TimestampMs } from "../../time/mod.ts";
import { ProviderGroup, type ProviderSwitch } from "../provider_group.ts";
import { downloadCandles } from "./download_candles.ts";
import { listingStart } from "./listing_start.ts";

const BTC = instrument({ exchange: "binance", symbol: "BTC/USDT" });
const MINUTES = { instrument: BTC, timeframe: timeframe("1m") };
const at = parseTimestamp;
const clockAt = (text: string) => new SimulatedClock(at(text));
const OPTIONS = { parallel: 4, revisitCandles: 0 };
const providersOf = (store: MemoryStore) => new Set([...store.rows.values()].map(({ provider }) => provider));

Deno.test("a provider that dies in the middle of a year leaves a whole year, each candle of one provider, and the switch", async () => {
  const switches: ProviderSwitch[] = [];
  let answered = 0;
  const dead = { kind: "unknown", reason: "connection refused" } as const;
  const first = candleExchange("binance", { volume: "1", failure: () => ++answered > 60 ? dead : undefined });
  const second = candleExchange("kraken", { volume: "2", candlesPerRequest: 700 });
  const clock = clockAt("2025-06-01"), store = new MemoryStore();
  const group = new ProviderGroup([first, second], clock, (change) => switches.push(change));
  const range = { fromMs: at("2024-01-01"), toMs: at("2025-01-01") };
  const wanted = [{ instrument: BTC, timeframe: timeframe("5m") }];
  const [result] = await downloadCandles(wanted, group, store, clock, { ...OPTIONS, ...range });
  assert.equal(store.rows.size, 366 * 288);
  assert.equal(result!.problem, null);
  for (const { candle, provider } of store.rows.values()) {
    assert.equal(candle.volume, provider === "binance" ? 1 : 2, "a candle is all of one provider");
  }
  const { binance = 0, kraken = 0 } = result!.providers;
  assert.equal(binance + kraken, 366 * 288);
  assert.ok(binance > 50_000 && kraken > 40_000, "60 pages of a thousand by the first, some shorter at a month's end");
  assert.deepEqual(switches.map(({ from, to, reason }) => ({ from, to, reason })), [
    { from: "binance", to: "kraken", reason: "binance: connection refused" },
  ]);
});

Deno.test("what is kept and what was absent at the venue is not asked for again, and a second run asks for nothing", async () => {
  const venue = candleExchange("binance", { volume: "1", isAbsent: (time) => time % 3_600_000 === 0 });
  const clock = clockAt("2024-03-01"), store = new MemoryStore();
  const range = { fromMs: at("2024-01-31T12:00"), toMs: at("2024-02-01T12:00") };
  const run = () =>
    downloadCandles([MINUTES], new ProviderGroup([venue], clock), store, clock, { ...OPTIONS, ...range });
  const [first] = await run();
  assert.deepEqual([first!.added, first!.requests], [1440 - 24, 2]);
  const [second] = await run();
  assert.deepEqual([second!.added, second!.requests], [0, 0]);
  const wider = { ...OPTIONS, fromMs: at("2024-01-31T11:00"), toMs: at("2024-02-01T13:00") };
  const [third] = await downloadCandles([MINUTES], new ProviderGroup([venue], clock), store, clock, wider);
  assert.deepEqual([third!.added, third!.requests], [118, 2], "an hour before and an hour after");
});

Deno.test("the candle that has not closed is never stored, and what has just closed may still come", async () => {
  const venue = candleExchange("binance", { volume: "1", isAbsent: (time) => time === at("2024-02-01T11:58") });
  const store = new MemoryStore(), range = { fromMs: at("2024-02-01T11:50"), toMs: at("2024-02-02") };
  const run = (clock: SimulatedClock) =>
    downloadCandles([MINUTES], new ProviderGroup([venue], clock), store, clock, { ...OPTIONS, ...range });
  const [first] = await run(clockAt("2024-02-01T12:00:30"));
  const newest = Math.max(...[...store.rows.values()].map(({ candle }) => candle.openTimeMs));
  assert.deepEqual([first!.added, newest], [9, at("2024-02-01T11:59")]);
  const [second] = await run(clockAt("2024-02-01T12:01:30"));
  assert.deepEqual([second!.added, second!.requests], [1, 2], "the absent one and the new one are asked for");
});

Deno.test("a candle that the venue tells otherwise later is kept beside the original, which stays", async () => {
  const clock = clockAt("2024-02-02"), store = new MemoryStore();
  const range = { fromMs: at("2024-02-01"), toMs: at("2024-02-01T01:00"), parallel: 1 };
  const group = (volume: string) => new ProviderGroup([candleExchange("binance", { volume })], clock);
  await downloadCandles([MINUTES], group("1"), store, clock, { ...range, revisitCandles: 3 });
  const [same] = await downloadCandles([MINUTES], group("1"), store, clock, { ...range, revisitCandles: 3 });
  assert.equal(same!.revised, 0);
  const [told] = await downloadCandles([MINUTES], group("7"), store, clock, { ...range, revisitCandles: 3 });
  assert.equal(told!.revised, 3);
  assert.deepEqual(
    store.revisions.map(({ candle }) => [candle.openTimeMs, candle.volume]),
    [57, 58, 59].map((minute) => [
      at("2024-02-01") + minute * 60_000,
      7,
    ]),
  );
  assert.ok([...store.rows.values()].every(({ candle }) => candle.volume === 1));
});

Deno.test("one that is stopped keeps what has come, and goes on from there", async () => {
  const stopping = new AbortController(), clock = clockAt("2024-03-01"), store = new MemoryStore();
  let asked = 0;
  const venue = candleExchange("binance", {
    volume: "1",
    failure: () => ++asked === 4 ? void stopping.abort() : undefined,
  });
  const range = { fromMs: at("2024-02-01"), toMs: at("2024-02-08"), parallel: 1, revisitCandles: 0 };
  const group = new ProviderGroup([venue], clock);
  await assert.rejects(
    downloadCandles([MINUTES], group, store, clock, { ...range, signal: stopping.signal }),
    { name: "AbortError" },
  );
  assert.equal(store.rows.size, 3_000);
  const [rest] = await downloadCandles([MINUTES], group, store, clock, range);
  assert.deepEqual([store.rows.size, rest!.added], [7 * 1440, 7 * 1440 - 3_000]);
});

Deno.test("a market that nobody has is told, and the others are fetched", async () => {
  const clock = clockAt("2024-03-01"), store = new MemoryStore();
  const venue = candleExchange("binance", { volume: "1" });
  const candles: typeof venue.candles = (query) =>
    query.symbol === "XYZ/USDT"
      ? Promise.resolve({ kind: "refused", code: "unknown-symbol", reason: "binance has no market XYZ/USDT" })
      : venue.candles(query);
  const group = new ProviderGroup([{ ...venue, candles }], clock);
  const wanted = [{ ...MINUTES, instrument: instrument({ exchange: "binance", symbol: "XYZ/USDT" }) }, MINUTES];
  const range = { fromMs: at("2024-02-01"), toMs: at("2024-02-02") };
  const [none, btc] = await downloadCandles(wanted, group, store, clock, { ...OPTIONS, ...range });
  assert.match(none!.problem!, /nobody has XYZ\/USDT 1m \(binance: binance has no market XYZ\/USDT\): check its name/);
  assert.deepEqual([btc!.problem, btc!.added, providersOf(store).size], [null, 1440, 1]);
});

Deno.test("a market's history is asked for from the day on which it begins at its venue", async () => {
  const begin = at("2021-05-05"), clock = clockAt("2024-03-01");
  const venue = candleExchange("binance", { volume: "1", isAbsent: (time) => time < begin, candlesPerRequest: 300 });
  const group = new ProviderGroup([venue], clock);
  const range = { fromMs: at("2017"), toMs: clock.now() };
  assert.equal(await listingStart(group, BTC, range), begin);
  assert.equal(await listingStart(group, BTC, { ...range, fromMs: begin + 1 as TimestampMs }), begin + 1);
  assert.equal(venue.requests.length < 10, true);
  assert.equal(await listingStart(group, BTC, { fromMs: at("2017"), toMs: at("2018") }), null);
});
