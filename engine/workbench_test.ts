import assert from "node:assert/strict";
import fc from "fast-check";
import { instrument } from "./market/mod.ts";
import { close, of } from "./series/mod.ts";
import { buyAndHold, defineStrategy, smaCross } from "./strategies/mod.ts";
import { randomCandles } from "./testing/random_candles.ts";
import { timeframe } from "./time/mod.ts";
import { inTemporaryFolder } from "./testing/temporary_folder.ts";
import { backtest, candles, fundingRates, importFundingIntoLake, importIntoLake, markPrices } from "./workbench.ts";

const history = (symbol: string, seed: number) =>
  fc.sample(randomCandles(instrument({ exchange: "test", symbol }), timeframe("1m"), 0, 400), { numRuns: 9, seed })
    .find((own) => own.length > 200)!;
const btc = history("BTC/USDT", 1), eth = history("ETH/USDT", 2);

Deno.test("a notebook gives several strategies one account, each with its budget, markets and timeframe", async () => {
  const run = await backtest([
    { strategy: smaCross, params: { fast: 2, slow: 5 }, budget: 0.7, timeframe: "5m" },
    { strategy: buyAndHold, id: "core", budget: 0.3, markets: ["ETH/USDT"] },
  ], [btc, eth]);
  assert.deepEqual(run.manifest.strategies!.map(({ id, budgetFraction }) => [id, budgetFraction]), [
    ["core", 0.3],
    ["sma-cross", 0.7],
  ]);
  assert.equal(run.notes.openTrades.find(({ strategy }) => strategy === "core")?.instrument, "test:ETH/USDT");
  assert.ok(run.trades.length > 0 && run.trades.every(({ strategy }) => strategy === "sma-cross"));
});

Deno.test("what several strategies cannot be asked is refused in words", async () => {
  const other = defineStrategy({ ...smaCross, rules: () => ({ enter: close.gt(0) }) });
  await assert.rejects(backtest([{ strategy: smaCross }], btc, { params: { fast: 3 } }), /each states its own/);
  await assert.rejects(
    backtest([{ strategy: smaCross }, { strategy: other, id: "b" }], btc),
    /two different strategies have the id sma-cross/,
  );
});

Deno.test("the instrument of the candles says kind and grid; the option counts in its place", async () => {
  const own = instrument({
    exchange: "test",
    symbol: "BTC/USDT",
    kind: "linear",
    tick: "0.5",
    lot: "0.001",
    minNotional: "5",
  });
  const run = await backtest(buyAndHold, { ...btc, instrument: own });
  assert.deepEqual(run.manifest.markets, [
    { exchange: "test", symbol: "BTC/USDT", kind: "linear", tick: "0.5", lot: "0.001", minNotional: "5" },
  ]);
  const other = await backtest(buyAndHold, { ...btc, instrument: own }, { market: { kind: "spot", tick: "0.01" } });
  assert.deepEqual([other.manifest.markets[0]!.kind, other.manifest.markets[0]!.tick], ["spot", "0.01"]);
  const plain = await backtest(buyAndHold, btc);
  assert.deepEqual(plain.manifest.markets, [{ exchange: "test", symbol: "BTC/USDT" }]);
});

Deno.test("candles that are only read are given along", async () => {
  const strategy = defineStrategy({ id: "reader", params: {}, rules: () => ({ enter: of("ETH/USDT", close).gt(0) }) });
  const run = await backtest(strategy, btc, { reads: [eth] });
  assert.deepEqual(run.manifest.markets.map(({ symbol }) => symbol), ["BTC/USDT"]);
  assert.deepEqual(run.notes.openTrades.map(({ instrument }) => instrument), ["test:BTC/USDT"]);
});

Deno.test("a notebook imports funding and mark prices, and gives them to a backtest", () =>
  inTemporaryFolder(async (dataDir) => {
    const named = { exchange: "binance", symbol: "BTC/USDT" }, from = Date.UTC(2024, 0, 1);
    const hours = Array.from({ length: 12 }, (_, hour) => `${from + hour * 3_600_000},100,100,100,100,1000`);
    const candleFile = `${dataDir}/c.csv`, fundingFile = `${dataDir}/f.json`;
    await Deno.writeTextFile(candleFile, ["time,open,high,low,close,volume", ...hours].join("\n"));
    const settled = [0, 4, 8].map((hour) => ({ fundingTime: from + hour * 3_600_000, fundingRate: "0.001" }));
    await Deno.writeTextFile(fundingFile, JSON.stringify(settled));
    const options = { ...named, timeframe: "1h", dataDir };
    await importIntoLake(candleFile, options);
    await importIntoLake(candleFile, { ...options, kind: "mark" });
    await importFundingIntoLake(fundingFile, { ...named, dataDir });
    const history = await candles("BTC/USDT", "1h", { dataDir });
    const run = await backtest(buyAndHold, history, {
      market: { kind: "linear" },
      fees: 0,
      funding: await fundingRates("BTC/USDT", { dataDir }),
      mark: await markPrices("BTC/USDT", "1h", { dataDir }),
    });
    // All of 10,000 at 100 is held at 04:00 and 08:00.
    assert.equal(run.metrics.fundingQuote, 20);
    assert.equal(run.manifest.run.data[0]!.mark!.candles, 12);
    await assert.rejects(
      fundingRates("ETH/USDT", { dataDir }),
      /the lake has no funding of ETH\/USDT: it has BTC\/USDT/,
    );
    await assert.rejects(
      markPrices("BTC/USDT", "1m", { dataDir }),
      /no 1m candles of the mark price of BTC\/USDT: it has BTC\/USDT 1h/,
    );
  }));
