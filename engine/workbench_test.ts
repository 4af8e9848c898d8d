import assert from "node:assert/strict";
import fc from "fast-check";
import { instrument } from "./market/mod.ts";
import { close, of } from "./series/mod.ts";
import { buyAndHold, defineStrategy, limitAt, smaCross, stopAt } from "./strategies/mod.ts";
import { randomCandles } from "./testing/random_candles.ts";
import { timeframe } from "./time/mod.ts";
import { inTemporaryFolder } from "./testing/temporary_folder.ts";
import { JUPYTER_DISPLAY } from "./display/mod.ts";
import {
  backtest,
  candles,
  explain,
  fundingRates,
  importFundingIntoLake,
  importIntoLake,
  markPrices,
} from "./workbench.ts";

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

Deno.test("single markets have terms of their own: grid and fees, in the spec and in the fills", async () => {
  const run = await backtest(buyAndHold, [btc, eth], {
    market: { kind: "linear", tick: "0.01" },
    markets: { "BTC/USDT": { lot: "0.5", takerBps: 25 }, "test:ETH/USDT": { tick: "0.1", makerBps: -1, takerBps: 4 } },
    sizing: { kind: "fixed-notional", notionalQuote: 2_000 },
  });
  assert.deepEqual(run.manifest.markets.map(({ tick, lot, takerBps }) => [tick, lot, takerBps]), [
    ["0.01", "0.5", 25],
    ["0.1", undefined, 4],
  ]);
  const fees = run.fills.map(({ instrument, price, quantity, fee }) => [
    instrument,
    Math.round(fee / (price * quantity) * 1e6) / 100,
  ]);
  assert.deepEqual(fees, [["test:BTC/USDT", 25], ["test:ETH/USDT", 4]]);
  assert.equal(run.fills[0]!.quantity % 0.5, 0);
  const again = await backtest(buyAndHold, { ...btc, instrument: instrument({ ...run.manifest.markets[0]! }) });
  assert.equal(again.manifest.markets[0]!.takerBps, 25);
  await assert.rejects(
    backtest(buyAndHold, btc, { markets: { "BTC/USD": { tick: "1" } } }),
    /does not trade BTC\/USD: state terms of BTC\/USDT/,
  );
});

Deno.test("an entry of all the equity pays the fee of its market, however dear", async () => {
  for (const options of [{ fees: 100 }, { fees: 0, markets: { "BTC/USDT": { takerBps: 100 } } }]) {
    const run = await backtest(buyAndHold, btc, { ...options, market: { kind: "linear" } });
    assert.equal(run.notes.cutEntries, 0);
    assert.equal(Math.round(run.fills[0]!.fee / (run.fills[0]!.price * run.fills[0]!.quantity) * 1e4), 100);
  }
});

Deno.test("a notebook takes a backtest apart at a moment, as the command does", async () => {
  const time = new Date(btc.openTimeMs[6]!).toISOString(), options = { fees: 5 };
  const told = explain(buyAndHold, btc, time, options),
    first = explain(buyAndHold, btc, new Date(btc.openTimeMs[0]! + 60_000).toISOString(), options);
  assert.equal(told.decidedAtMs, btc.openTimeMs[6]);
  assert.equal(first.books[0]!.orders.length, 1);
  const text = (await first[JUPYTER_DISPLAY]())["text/plain"]!;
  assert.match(text, /^At the close of .* the account was worth 10000\./);
  assert.match(text, /It asked for buy .* market \(entry, enter\): the risk rules had nothing against it\./);
  assert.match(text, /a market order fills at the next open/);
  assert.throws(() => explain(buyAndHold, btc, "1999"), /outside the run/);
});

Deno.test("an explanation says which entries cancel each other, and what became of the others", async () => {
  const first = btc.close[0]!;
  const strategy = defineStrategy({
    id: "either-side",
    params: {},
    rules: () => ({
      enter: close.eq(first),
      oco: [{ side: "buy", at: limitAt(close.mul(1.5)) }, { side: "sell", at: stopAt(close.mul(0.4)) }],
    }),
  });
  const moment = new Date(btc.openTimeMs[0]! + 60_000).toISOString();
  const told = explain(strategy, btc, moment, { market: { kind: "linear" } });
  const text = (await told[JUPYTER_DISPLAY]())["text/plain"]!;
  assert.equal(text.match(/It asked for .*, one cancels the other\)/g)?.length, 2);
  assert.match(text, /sell .*cancelled: another order of its group has traded/);
});
