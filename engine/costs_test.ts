import assert from "node:assert/strict";
import fc from "fast-check";
import { sma } from "./indicators/mod.ts";
import { type CandleColumns, closePrices, instrument } from "./market/mod.ts";
import { runContributions } from "./metrics/mod.ts";
import { type Fee, formatDecimal, notional, type Price, type Quantity } from "./money/mod.ts";
import { type ClientOrderId, type Fill, positionOf } from "./orders/mod.ts";
import { applyToAccount, equityOf, feeBalance, openAccount } from "./portfolio/mod.ts";
import { close, crossesAbove, crossesBelow } from "./series/mod.ts";
import { costsOf, SimulatedAccount, type SlippageModel } from "./simulator/mod.ts";
import { defineStrategy, percent } from "./strategies/mod.ts";
import { assertClose } from "./testing/assert_close.ts";
import { randomCandles } from "./testing/random_candles.ts";
import { readCandles } from "./testing/read_candles.ts";
import { timeframe, type TimestampMs } from "./time/mod.ts";
import { restoreTrader, saveTrader } from "./trader/mod.ts";
import { backtest } from "./workbench.ts";
import { parseRunSpec, replayOf, runBacktest, type RunFill } from "./backtest/mod.ts";

const DAY_MS = 86_400_000;
const market = instrument({ exchange: "coinbase", symbol: "BTC/USD" });
const cross = defineStrategy({
  id: "cross",
  params: {},
  rules: () => ({
    enter: crossesAbove(close, sma(close, 3)),
    exit: crossesBelow(close, sma(close, 3)),
  }),
});
const days = readCandles(
  "data/samples/coinbase/BTCUSD_1d.parquet",
  market,
  timeframe("1d"),
  "2016-01-01",
  "2018-01-01",
);

/** Fee of a fill from the fills before it, by the rule as a person would apply it. */
function feeByHand(fills: readonly RunFill[], index: number, bps: (volume: number) => number): number {
  const { timeMs, price, quantity } = fills[index]!, today = Math.floor(timeMs / DAY_MS) * DAY_MS;
  const before = fills.filter((own) => own.timeMs < today && own.timeMs >= today - 30 * DAY_MS);
  const volume = before.reduce((sum, own) => sum + own.price * own.quantity, 0);
  return Math.ceil(Number((price * quantity * bps(volume) / 10_000 * 1e8).toPrecision(13))) / 1e8;
}

Deno.test("the tier of each fill can be recomputed from the fills of a run, and it moves up and down", async () => {
  const tiers = [
    { fromVolumeQuote: 20_000, makerBps: 8, takerBps: 9 },
    { fromVolumeQuote: 120_000, makerBps: 4, takerBps: 6 },
  ];
  const { fills, trades, manifest } = await backtest(cross, await days, {
    fees: { takerBps: 25, tiers },
    market: { feeAsset: "quote" },
  });
  const paid = new Set<number>();
  assert.ok(fills.length > 100);
  for (const [i, fill] of fills.entries()) {
    const bps = (volume: number) => volume >= 120_000 ? 6 : volume >= 20_000 ? 9 : 25;
    assertClose(fill.fee, feeByHand(fills, i, bps), `fee of fill ${i}`, 1e-9);
    assert.deepEqual([fill.feeAsset, fill.feeQuote], ["USD", fill.fee]);
    paid.add(Math.round(fill.fee / (fill.price * fill.quantity) * 1e4));
  }
  assert.deepEqual([...paid].sort((a, b) => a - b), [6, 9, 25]);
  assertClose(trades[0]!.fees, fills[0]!.fee + fills[1]!.fee, "fees of the first trade");
  assert.deepEqual(manifest.costs.tiers, tiers);
});

Deno.test("fees in a third asset leave the cash alone until it has run dry; the equity contains it at its mark", async () => {
  const candles = await days;
  const first = candles.close[0]!;
  const prices = closePrices(candles).map(({ from, priceQuote }) => ({ from, priceQuote: priceQuote / 100 }));
  const payFeesIn = { asset: "BNB", balance: 40, priceQuote: prices, discountFraction: 0.25 };
  const run = await backtest(cross, candles, { fees: { payFeesIn }, market: { feeAsset: "quote" } });
  const { fills, notes, equity, trades, metrics } = run;
  const dry = fills.findIndex(({ feeAsset }) => feeAsset === "USD");
  assert.ok(dry > 10 && dry < fills.length - 10, `dry at fill ${dry}`);
  const inBnb = fills.filter(({ feeAsset }) => feeAsset === "BNB");
  const left = 40 - inBnb.reduce((sum, { fee }) => sum + fee, 0);
  assertClose(notes.feeBalance!.endAmount, left, "what is left");
  assert.deepEqual(
    [notes.feeBalance!.startAmount, notes.feeBalance!.shortFills],
    [40, fills.length - inBnb.length],
  );
  assert.ok(notes.warnings.some((warning) => /The BNB did not reach for the fees of \d+ fills/.test(warning)));
  for (const { price, quantity, fee, feeAsset, feeQuote } of fills) {
    const due = price * quantity * 0.001 * (feeAsset === "BNB" ? 0.75 : 1);
    assert.ok(feeQuote >= due * (1 - 1e-12) && feeQuote < due + 2e-6, `${feeQuote} is not ${due}`);
    assert.ok(fee > 0);
  }
  assertClose(notes.startingEquityQuote!, 10_000 + 40 * first / 100, "equity at the start");
  assertClose(equity.equity[0]!, 10_000 + 40 * first / 100, "equity at the first close");
  // Flat at the end: cash is what the trades brought, less fees paid in cash; the rest of the equity is the balance.
  const profits = trades.reduce((sum, { pnl, fees }) => sum + pnl + fees, 0);
  const paidInCash = fills.reduce((sum, { fee, feeAsset }) => feeAsset === "USD" ? sum + fee : sum, 0);
  const last = equity.equity.length - 1;
  if (notes.openTrades.length === 0) {
    const worth = left * candles.close[last]! / 100;
    assertClose(equity.equity[last]!, 10_000 + profits - paidInCash + worth, "equity at the end");
  }
  assertClose(metrics.totalReturnFraction!, equity.equity[last]! / notes.startingEquityQuote! - 1, "return");
  // What the balance gained or lost by its price belongs to no market: left + spent at its worth then − what was there.
  const { byMarket: [market], unassignedPnlQuote } = runContributions(run)!;
  const spent = inBnb.reduce((sum, { feeQuote }) => sum + feeQuote, 0);
  const revalued = left * candles.close[last]! / 100 + spent - 40 * first / 100;
  assertClose(unassignedPnlQuote, revalued, "in no book", 1e-6);
  assertClose(market!.pnlQuote + unassignedPnlQuote, equity.equity[last]! - notes.startingEquityQuote!, "together");
});

const anyFill = fc.record({
  side: fc.constantFrom("buy" as const, "sell" as const),
  liquidity: fc.constantFrom("maker" as const, "taker" as const),
  price: fc.bigInt({ min: 1n, max: 10n ** 17n }),
  lots: fc.bigInt({ min: 1n, max: 10n ** 11n }),
  day: fc.nat(60),
});
Deno.test("cash, position and third asset are conserved to the last unit, on the trader's side and the venue's, over 10,000 histories", () => {
  const costs = costsOf({
    makerBps: -1,
    takerBps: 7.5,
    tiers: [{ fromVolumeQuote: 1e6, makerBps: -2, takerBps: 5 }],
    payFeesIn: { asset: "BNB", balance: 3, priceQuote: 312.34, discountFraction: 0.25 },
    fixedFeeQuote: 0,
    slippage: { kind: "none" },
  });
  const cash = notional("100000"), start = costs.payFeesIn!.balance, seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(anyFill, { minLength: 1, maxLength: 15 }), fc.boolean(), (steps, received) => {
      const own = instrument({ exchange: "test", symbol: "BTC/USD", feeAsset: received ? "received" : "quote" });
      const venue = new SimulatedAccount(cash, [own], 1, costs);
      const trader = openAccount(cash, 1, feeBalance("BNB", start, 312.34));
      const fills = steps.sort((a, b) => a.day - b.day).map(({ day, lots, price, ...rest }, i): Fill => {
        const quantity = lots * 10n ** 4n as Quantity, timeMs = day * DAY_MS as TimestampMs;
        const uncharged = { ...rest, instrument: own, price: price as Price, quantity, timeMs };
        const fill: Fill = {
          ...uncharged,
          ...venue.fees.chargeOf(uncharged),
          instrument: own.id,
          tradeId: `${i}`,
          clientOrderId: "o" as ClientOrderId,
        };
        venue.apply(0, 0, fill, false);
        applyToAccount(trader, 0, fill, own);
        seen.add(fill.feeFrom).add(fill.fee < 0n ? "rebate" : "fee");
        return fill;
      });
      const paid = (from: Fill["feeFrom"]) =>
        fills.reduce((sum, { fee, feeFrom }) => feeFrom === from ? sum + fee : sum, 0n);
      const bought = fills.reduce(
        (sum, { side, price, quantity }) => sum + (side === "buy" ? 1n : -1n) * price * quantity,
        0n,
      );
      assert.equal(venue.cash, cash - bought - paid("cash"));
      assert.equal(trader.cash, venue.cash);
      assert.equal(venue.position(0), positionOf(fills));
      assert.equal(trader.positions[0], venue.position(0));
      assert.equal(venue.fees.balance, start - paid("third"));
      assert.equal(trader.feeBalance!.amount, venue.fees.balance);
      assert.ok(venue.fees.balance >= 0n);
      const worth = Number(formatDecimal(trader.feeBalance!.amount as Fee, 24)) * 312.34;
      const marks = [65_000];
      assert.equal(equityOf(trader, marks, [own]), trader.cashNumber + trader.positionNumbers[0]! * 65_000 + worth);
    }),
    { numRuns: 10_000 },
  );
  assert.deepEqual([...seen].sort(), ["cash", "fee", "position", "rebate", "third"]);
});

Deno.test("a user's own functions decide fee and slippage, and their sources name the run", async () => {
  const candles = await days, seen: number[] = [];
  const slippage: SlippageModel = ({ side }) => side === "buy" ? 0.001 : 0.002;
  const fees = ({ notionalQuote }: { notionalQuote: number }) => 1 / notionalQuote; // a dollar a fill
  const run = await backtest(cross, candles, { fees, slippage, reserveBps: 500, market: { feeAsset: "quote" } });
  for (const { side, price, referencePrice, fee } of run.fills) {
    assertClose(price, referencePrice * (side === "buy" ? 1.001 : 0.998), "price", 1e-8);
    assert.ok(Math.abs(fee - 1) < 1e-7, `${fee} is not a dollar`);
    seen.push(fee);
  }
  assert.ok(seen.length > 100);
  assert.equal(run.notes.cutEntries, 0, "what is set aside is enough");
  const { costs } = run.manifest;
  assert.deepEqual([costs.fees?.source, costs.slippage], [String(fees), { kind: "custom", source: String(slippage) }]);
  const other = await backtest(cross, candles, { fees: () => 0.001, slippage, market: { feeAsset: "quote" } });
  assert.notEqual(other.manifest.run.hash, run.manifest.run.hash);
  const again = parseRunSpec(JSON.parse(JSON.stringify(run.manifest)));
  await assert.rejects(() => runBacktest(again, cross.bind(), [candles]), /give backtest\(\) the function again/);
  assert.equal(
    (await runBacktest(again, cross.bind(), [candles], undefined, { fees, slippage })).manifest.run.hash,
    run.manifest.run.hash,
  );
  await assert.rejects(() => backtest(cross, candles, { slippage: () => -0.1 }), /returned -0.1/);
  await assert.rejects(() => backtest(cross, candles, { fees: () => NaN }), /a fee of NaN is no share/);
});

Deno.test("a run without tiers, third asset or functions says nothing of them", async () => {
  const { manifest, notes } = await backtest(cross, await days as CandleColumns, { fees: 10 });
  assert.deepEqual(Object.keys(manifest.costs).sort(), ["fixedFeeQuote", "makerBps", "slippage", "takerBps"]);
  assert.ok(!("feeBalance" in notes) && !("startingEquityQuote" in notes));
});

const restless = defineStrategy({
  id: "restless",
  params: {},
  rules: () => ({
    enter: close.gt(sma(close, 2)),
    exit: close.lt(sma(close, 3)),
    stop: percent(0.5),
    target: percent(1),
  }),
});
const minutes = randomCandles(
  instrument({ exchange: "test", symbol: "BTC/USDT" }),
  timeframe("1m"),
  Date.UTC(2024, 0, 1, 23),
  150,
);
Deno.test("after whole runs the trader's account, the venue's and the sum of the fills are one to the last unit, over 300 random histories", () => {
  const spec = parseRunSpec({
    strategy: "restless",
    markets: [{ exchange: "test", symbol: "BTC/USDT" }],
    timeframe: "1m",
    costs: {
      makerBps: -1,
      takerBps: 9,
      tiers: [{ fromVolumeQuote: 30_000, makerBps: -2, takerBps: 4 }],
      payFeesIn: { asset: "BNB", balance: 0.1, priceQuote: 312.34, discountFraction: 0.25 },
      slippage: { kind: "square-root", halfSpreadBps: 1, coefficient: 0.3 },
    },
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(minutes, (candles) => {
      const { trader, simulator, fills } = replayOf(
        spec,
        restless.bind(),
        [candles],
        candles.openTimeMs[0] as TimestampMs,
      );
      let cash = notional("10000") as bigint, third = costsOf(spec.costs).payFeesIn!.balance as bigint;
      for (const { fill: { side, price, quantity, fee, feeFrom } } of fills) {
        cash -= (side === "buy" ? 1n : -1n) * price * quantity + (feeFrom === "cash" ? fee : 0n);
        if (feeFrom === "third") third -= fee;
        seen.add(feeFrom);
      }
      const { account } = trader.state, { account: venue } = simulator;
      assert.deepEqual([account.cash, account.feeBalance!.amount], [cash, third]);
      assert.deepEqual([venue.cash, venue.fees.balance], [cash, third]);
      assert.equal(venue.position(0), account.positions[0]);
      const { config } = trader;
      assert.deepEqual(restoreTrader(config, saveTrader(trader)).state, trader.state);
    }),
    { numRuns: 300 },
  );
  assert.deepEqual([...seen].sort(), ["cash", "position", "third"]);
});

Deno.test("what fees in the base asset leave of a lot is dust: the strategy is flat and enters again, the equity keeps it", async () => {
  const candles = await days;
  const { fills, trades, notes, equity, metrics } = await backtest(cross, candles, { market: { lot: "0.001" } });
  assert.ok(trades.length > 50, `${trades.length} trades`);
  assert.equal(fills.length, 2 * trades.length, "one entry and one exit each");
  const dust = fills.reduce(
    (sum, { side, quantity, fee, feeAsset }) =>
      side === "buy" ? sum + quantity - (feeAsset === "BTC" ? fee : 0) : sum - quantity,
    0,
  );
  assert.deepEqual(notes.openTrades.map(({ entryReason }) => entryReason), ["left over"]);
  assertClose(notes.openTrades[0]!.quantity, dust, "dust", 1e-9);
  assert.ok(dust > 0.001, "more than a lot by then, as each exit leaves less than one");
  const cash = fills.reduce(
    (sum, { side, price, quantity, fee, feeAsset }) =>
      sum + (side === "buy" ? -price * quantity : price * quantity) - (feeAsset === "USD" ? fee : 0),
    10_000,
  );
  assertClose(equity.equity.at(-1)!, cash + dust * candles.close.at(-1)!, "equity at the end");
  assert.ok(metrics.exposureTimeFraction! < 0.8, "dust is no position");
  assert.ok(notes.warnings.some((warning) => /of coinbase:BTC\/USD, worth .*, lies in the account/.test(warning)));
  assert.ok(!notes.warnings.some((warning) => /was open at the end/.test(warning)));
});
