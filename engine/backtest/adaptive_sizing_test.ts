import assert from "node:assert/strict";
import fc from "fast-check";
import { sma } from "../indicators/mod.ts";
import { type CandleColumns, instrument } from "../market/mod.ts";
import { quantityFromNumber, quantityToNumber } from "../money/mod.ts";
import type { Sizing } from "../orders/mod.ts";
import { sizingSeries } from "../risk/mod.ts";
import { close, evaluateColumns } from "../series/mod.ts";
import { defineStrategy, percent } from "../strategies/mod.ts";
import { randomCandles } from "../testing/random_candles.ts";
import { restarts } from "../testing/restarts.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { type Command, saveTrader } from "../trader/mod.ts";
import { candleRange, parseRunSpec, replayOf, runBacktest } from "./mod.ts";

const MINUTE_MS = 60_000, START_MS = Date.UTC(2024, 0, 1);
const minute = timeframe("1m");
const markets = ["BTC", "ETH"].map((base) => instrument({ exchange: "test", symbol: `${base}/USDT`, kind: "linear" }));
const restless = defineStrategy({
  id: "restless",
  params: {},
  rules: () => ({ enter: close.gt(sma(close, 3)), exit: close.lt(sma(close, 4)), stop: percent(1) }),
});
const histories = fc.tuple(...markets.map((market) => randomCandles(market, minute, START_MS, 150)));

const SIZINGS: Sizing[] = [
  { kind: "volatility-target", annualVolatilityFraction: 2, lookbackCandles: 10, maxFraction: 0.8 },
  { kind: "atr-risk", fraction: 0.01, atrMultiple: 2, atrLength: 5 },
  { kind: "kelly", multiplier: 0.5, maxFraction: 0.5, minTrades: 3, lookbackTrades: 20, fallbackFraction: 0.2 },
];
const specOf = (sizing: Sizing, from: string | null = null) =>
  parseRunSpec({
    strategy: "restless",
    markets: markets.map(({ exchange, symbol }) => ({ exchange, symbol, kind: "linear" })),
    timeframe: "1m",
    from,
    sizing,
  });

/** The entries that a run sent, as they were decided, with the equity of that close. */
function entriesOf(sizing: Sizing, columns: readonly CandleColumns[]) {
  const entries: { book: number; decidedAtMs: number; quantity: number; equity: number }[] = [];
  const sent: Command[] = [];
  const { trader } = replayOf(specOf(sizing), restless.bind(), columns, START_MS as TimestampMs, undefined, {
    command: (command) => void sent.push(command),
    decided: ({ state }) => {
      for (const command of sent.splice(0)) {
        if (command.kind !== "record" || command.order.slot !== "entry") continue;
        const { book, decidedAtMs, quantity } = command.order;
        if (decidedAtMs !== state.nowMs) continue;
        entries.push({ book, decidedAtMs, quantity: quantityToNumber(quantity), equity: state.lastEquity });
      }
      return true;
    },
  });
  return { entries, trader };
}

Deno.test("sizes by volatility and by range are those of the columns at the decision, bit for bit, over 300 histories", () => {
  let compared = 0;
  fc.assert(
    fc.property(histories, fc.constantFrom(...SIZINGS.slice(0, 2)), (columns, sizing) => {
      const values = columns.map((own) => evaluateColumns(sizingSeries(sizing, minute), own)[0]!);
      for (const { book, decidedAtMs, quantity, equity } of entriesOf(sizing, columns).entries) {
        const row = columns[book]!.openTimeMs.indexOf(decidedAtMs - MINUTE_MS), value = values[book]![row]!;
        const price = columns[book]!.close[row]!;
        const units = sizing.kind === "atr-risk"
          ? equity * 0.01 / Math.abs(price - 2 * value - price)
          : (equity * Math.min(2 / value, 0.8)) / (price * 1.001);
        assert.equal(quantity, quantityToNumber(quantityFromNumber(units, markets[book]!.lot)));
        compared++;
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(compared > 1_000, `only ${compared} entries`);
});

Deno.test("without look-back an entry that comes before its size is known is refused as such", async () => {
  const [columns] = fc.sample(histories.filter((own) => own.every(({ length }) => length > 100)), {
    numRuns: 1,
    seed: 5,
  });
  const run = await runBacktest(specOf(SIZINGS[0]!), restless.bind(), columns!);
  assert.ok(run.notes.funnel["refused:size-unknown"]! > 0);
  // Ten times the warm-up of its own.
  const { from } = candleRange(specOf(SIZINGS[0]!, "2024-01-02"), restless.bind());
  assert.equal(from, Date.UTC(2024, 0, 2) - 100 * MINUTE_MS);
});

Deno.test("Kelly sizes by the strategy's own closed trades: a flat share first, then what they are worth", () => {
  let different = 0;
  fc.assert(
    fc.property(histories, (columns) => {
      const { entries } = entriesOf(SIZINGS[2]!, columns);
      const shares = entries.map(({ book, decidedAtMs, quantity, equity }) => {
        const row = columns[book]!.openTimeMs.indexOf(decidedAtMs - MINUTE_MS);
        return quantity * columns[book]!.close[row]! * 1.001 / equity;
      });
      shares.forEach((share) => assert.ok(share <= 0.5 + 1e-9));
      if (shares.length > 0) assert.ok(Math.abs(shares[0]! - 0.2) < 1e-6);
      different += shares.filter((share) => Math.abs(share - 0.2) > 1e-6).length;
    }),
    { numRuns: 200 },
  );
  assert.ok(different > 20, `only ${different} sizes came of trades`);
});

Deno.test("a trader that is restarted at any candle sizes as one that is not, over 150 histories", () => {
  fc.assert(
    fc.property(histories, fc.constantFrom(...SIZINGS), fc.integer({ min: 1, max: 9 }), (columns, sizing, every) => {
      const run = (observer?: ReturnType<typeof restarts>) =>
        replayOf(specOf(sizing), restless.bind(), columns, START_MS as TimestampMs, undefined, observer);
      const restarted = run(restarts(every)), plain = run();
      assert.equal(saveTrader(restarted.trader), saveTrader(plain.trader));
      assert.deepEqual(restarted.closed, plain.closed);
    }),
    { numRuns: 150 },
  );
});

Deno.test("where the venue sizes at the fill, the share that was found at the decision is of the equity then", async () => {
  const [columns] = fc.sample(histories.filter(([own]) => own!.length > 100), { numRuns: 1, seed: 5 });
  const calm: Sizing = {
    kind: "volatility-target",
    annualVolatilityFraction: 1,
    lookbackCandles: 5,
    maxFraction: 0.25,
  };
  const spec = parseRunSpec({
    ...specOf(calm),
    markets: specOf(calm).markets.slice(0, 1),
    fillRules: "vectorbt",
    costs: { makerBps: 0, takerBps: 0 },
  });
  const { trades } = await runBacktest(spec, restless.bind(), columns!.slice(0, 1));
  let equity = 10_000;
  for (const { quantity, entryPrice, pnl } of trades) {
    const share = quantity * entryPrice / equity;
    assert.ok(share <= 0.25 + 1e-9, `${share}`);
    equity += pnl;
  }
  assert.ok(trades.some(({ quantity, entryPrice }) => quantity * entryPrice < 2_000));
  assert.ok(trades.length > 10);
});

Deno.test("sizings of a run spec have defaults, and one that makes no sense is refused by its field (4 cases)", () => {
  const sizing = (own: unknown) => parseRunSpec({ ...specOf(SIZINGS[0]!), sizing: own }).sizing;
  assert.deepEqual(sizing({ kind: "atr-risk", fraction: 0.01 }), {
    kind: "atr-risk",
    fraction: 0.01,
    atrMultiple: 2,
    atrLength: 14,
  });
  const cases: [unknown, RegExp][] = [
    [{ kind: "kelly", fallbackFraction: 0.1, minTrades: 50, lookbackTrades: 40 }, /lookbackTrades must be at least/],
    [{ kind: "volatility-target", annualVolatilityFraction: 0 }, /"sizing.annualVolatilityFraction"/],
    [{ kind: "volatility-target", annualVolatilityFraction: 0.2, lookbackCandles: 1 }, /"sizing.lookbackCandles"/],
    [{ kind: "martingale" }, /"sizing/],
  ];
  for (const [own, message] of cases) assert.throws(() => sizing(own), message);
});
