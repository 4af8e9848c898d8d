import assert from "node:assert/strict";
import fc from "fast-check";
import { candleColumns, instrument, type InstrumentId } from "../market/mod.ts";
import type { Trade } from "../portfolio/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import {
  benchmarkMetrics,
  histogram,
  METRICS,
  reportDocument,
  type ReportedRun,
  rowsToKeep,
  runMetrics,
} from "./mod.ts";

const HOUR_MS = 3_600_000, START_MS = Date.UTC(2024, 0, 1);

const trade: Trade = {
  instrument: "test:BTC/USDT" as InstrumentId,
  strategy: "wave",
  side: "long",
  entryTimeMs: START_MS as TimestampMs,
  exitTimeMs: START_MS + HOUR_MS as TimestampMs,
  quantity: 1,
  entryPrice: 100,
  exitPrice: 104,
  fees: 1,
  pnl: 3,
  returnFraction: 0.03,
  entryReason: "enter",
  exitReason: "target",
  maeFraction: -0.01,
  mfeFraction: 0.05,
  bars: 1,
};

/** A run on hourly candles with this equity. */
function run(strategy: string, equity: number[], startingCash: number, trades: Trade[] = []): ReportedRun {
  const curve = {
    closeTimeMs: Float64Array.from(equity, (_, i) => START_MS + (i + 1) * HOUR_MS),
    equity: Float64Array.from(equity),
    grossExposure: Float64Array.from(equity),
    netExposure: Float64Array.from(equity),
  };
  return {
    manifest: {
      strategy,
      markets: [{ exchange: "test", symbol: "BTC/USDT" }],
      timeframe: "1h",
      account: { cashQuote: startingCash },
      run: {
        hash: "00",
        engineVersion: "0",
        strategyHash: "11",
        data: [{
          instrument: "test:BTC/USDT",
          sha256: "22",
          candles: equity.length,
          originMs: START_MS,
          lastMs: START_MS,
        }],
      },
    },
    trades,
    equity: curve,
    holdings: {
      closeTimeMs: curve.closeTimeMs,
      books: [{
        strategy,
        instrument: "test:BTC/USDT" as InstrumentId,
        markPrice: curve.equity.map((_, i) => i === 0 ? NaN : i),
        exposureQuote: curve.equity,
        pnlQuote: curve.equity.map((value) => value - startingCash),
      }],
    },
    metrics: runMetrics({ trades, equity: curve, startingCash }),
    notes: {
      warnings: ["No slippage was assumed."],
      openTrades: [],
      funnel: {
        fills: 2,
        "refused:below-min-notional": 1,
        "refused:max-positions": 2,
        requests: 5,
        "signals:enter": 4,
        "signals:close": 1,
        "shrunk:max-exposure": 1,
        orders: 2,
        "orders:entry": 1,
        "orders:close": 1,
        "ended:entry:filled": 1,
        "ended:close:partly-filled": 1,
        "ended:target:cancelled": 1,
        "venue:price-filter": 1,
      },
    },
  };
}

/** 1000 and a little more or less, swinging, with one deep valley and one high peak. */
const wave = Array.from({ length: 5000 }, (_, i) => i === 1234 ? 500 : i === 3456 ? 2000 : 1000 + (i * 37 % 101));
const document = reportDocument(run("wave", wave, 1000, [trade]), {
  benchmark: run("buy-and-hold", wave.map((value) => value / 2 + 1), 500),
  maxPoints: 300,
});

Deno.test("the document is plain JSON: written and read back it is the same", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(document)), document);
});

Deno.test("title, identity, period, warnings and trades say what was run", () => {
  assert.equal(document.title, "wave · BTC/USDT · 1h");
  assert.equal(document.identity.hash, "00");
  const toMs = START_MS + 5000 * HOUR_MS;
  assert.deepEqual(document.period, { fromMs: START_MS, toMs, startingCash: 1000, finalEquity: wave.at(-1) });
  assert.deepEqual(document.warnings, [
    "No slippage was assumed.",
    "Ratios use the equity at 00:00 UTC, 365 days a year and no risk-free return.",
    "The run covers 209 days: annual figures stretch them to a year.",
    "1 trades were closed: figures of trades say little below 30.",
  ]);
  assert.deepEqual(document.trades, [{ number: 1, ...trade }]);
  assert.deepEqual(
    document.funnel.map(({ stage, label, count, lost }) => `${stage}: ${lost ? "−" : "+"} ${label} ${count}`),
    [
      "signals: + entries asked for 4",
      "signals: + exits asked for 1",
      "risk: − refused: max-positions 2",
      "risk: − made smaller: max-exposure 1",
      "rounding: − refused: below-min-notional 1",
      "orders: + entry orders 1",
      "orders: + close orders 1",
      "orders: − refused by the venue: price-filter 1",
      "fills: + entry orders filled 1",
      "fills: + target orders cancelled 1",
      "fills: + executions 2",
      "fills: − close orders partly filled 1",
    ],
  );
});

Deno.test("every figure stands once, in its group, with label and convention, beside the benchmark's", () => {
  const entries = document.metrics.flatMap(({ group, entries }) => entries.map((entry) => ({ group, ...entry })));
  assert.deepEqual(entries.map(({ name }) => name).sort(), Object.keys(METRICS).sort());
  for (const { group, name, label, unit, convention } of entries) {
    const text = METRICS[name as keyof typeof METRICS];
    assert.deepEqual({ group, label, unit, convention }, text);
  }
  const total = entries.find(({ name }) => name === "totalReturnFraction")!;
  assertClose(total.value, wave.at(-1)! / 1000 - 1, "total");
  assertClose(total.benchmark, (wave.at(-1)! / 2 + 1) / 500 - 1, "benchmark");
  assertClose(entries.find(({ name }) => name === "beta")!.value, 1, "half the same run and a little", 0.02);
});

Deno.test("the equity is thinned to the points asked for; start, end, valley and peak stay", () => {
  const { equity } = document;
  assert.equal(equity.pointsInRun, 5001);
  assert.ok(equity.timeMs.length <= 300 && equity.timeMs.length > 200, `${equity.timeMs.length} points`);
  assert.deepEqual([equity.timeMs[0], equity.equity[0], equity.drawdownFraction[0]], [START_MS, 1000, 0]);
  assert.equal(equity.timeMs.at(-1), START_MS + 5000 * HOUR_MS);
  assert.deepEqual([Math.min(...equity.equity), Math.max(...equity.equity)], [500, 2000]);
  assert.equal(equity.benchmarkLabel, "buy-and-hold");
  // From 500 the benchmark is at 500 ÷ 2 + 1 = 251; as if it had begun with 1000 that is 502.
  assert.equal(equity.benchmarkEquity![equity.equity.indexOf(500)], 502);
});

Deno.test("the worst drawdowns come first, with their moments", () => {
  const [first] = document.worstDrawdowns;
  // The valley of 500 lies below a peak of 1100; after the peak of 2000 the run never recovers.
  assertClose(first!.depthFraction, 500 / 1100 - 1, "depth");
  assert.equal(first!.valleyMs, START_MS + 1235 * HOUR_MS);
  assert.ok(
    document.worstDrawdowns.some(({ peakMs, recoveryMs }) =>
      peakMs === START_MS + 3457 * HOUR_MS && recoveryMs === null
    ),
  );
  const depths = document.worstDrawdowns.map(({ depthFraction }) => depthFraction);
  assert.deepEqual(depths, depths.toSorted((a, b) => a - b));
});

Deno.test("candles are merged to few enough rows, extremes kept, from the start of the run", () => {
  const market = instrument({ exchange: "test", symbol: "BTC/USDT" });
  const candles = candleColumns(
    market,
    timeframe("1h"),
    Array.from({ length: 110 }, (_, i) => ({
      openTimeMs: START_MS + (i - 10) * HOUR_MS as TimestampMs,
      open: 100 + i,
      high: i === 57 ? 999 : 101 + i,
      low: i === 58 ? 1 : 99 + i,
      close: 100.5 + i,
      volume: 1,
    })),
  );
  const { prices: [prices] } = reportDocument(run("wave", wave, 1000), { candles: [candles], maxPoints: 10 });
  assert.equal(prices!.candlesPerRow, 10);
  assert.deepEqual(prices!.openTimeMs.slice(0, 2), [START_MS, START_MS + 10 * HOUR_MS]);
  assert.deepEqual([prices!.open[4], prices!.high[4], prices!.low[4], prices!.close[4]], [150, 999, 1, 159.5]);
  assert.equal(prices!.open.length, 10);
});

Deno.test("a run without a candle is a document too", () => {
  const empty = reportDocument(run("wave", [], 1000));
  assert.deepEqual(JSON.parse(JSON.stringify(empty)), empty);
  assert.deepEqual([empty.period, empty.equity.timeMs, empty.monthlyReturns, empty.dailyReturns], [null, [], [], null]);
  assert.deepEqual([empty.portfolio, empty.rolling], [null, []]);
});

Deno.test("a run that lost everything says when", () => {
  const { warnings } = reportDocument(run("ruin", [500, -10], 1000));
  assert.ok(warnings.includes("The equity was used up on 2024-01-01; daily returns end there."), warnings.join(" "));
});

Deno.test("thinning keeps extremes of every column and never more rows than asked for", () => {
  const column = fc.array(fc.integer(), { minLength: 1, maxLength: 500 });
  fc.assert(fc.property(column, fc.integer({ min: 10, max: 100 }), (values, limit) => {
    const other = values.toReversed(), rows = rowsToKeep([values, other], limit);
    assert.ok(rows.length <= limit);
    assert.ok(rows.every((row, i) => i === 0 || row > rows[i - 1]!));
    assert.deepEqual([rows[0], rows.at(-1)], [0, values.length - 1]);
    for (const own of [values, other]) {
      const kept = rows.map((row) => own[row]!);
      assert.deepEqual([Math.min(...kept), Math.max(...kept)], [Math.min(...own), Math.max(...own)]);
    }
  }));
});

Deno.test("a histogram of −3.2 %, −1 %, 0.4 %, 0.4 % and 2 % has bins of 1 % with an edge at 0", () => {
  assert.deepEqual(histogram([-0.032, -0.01, 0.004, 0.004, 0.02]), {
    edges: [-0.04, -0.03, -0.02, -0.01, 0, 0.01, 0.02],
    counts: [1, 0, 0, 1, 2, 1],
  });
  assert.equal(histogram([]), null);
  assert.equal(histogram([0, 0]), null);
});

Deno.test("a histogram counts every value once, inside its edges, whatever the values and their order", () => {
  const values = fc.array(
    fc.oneof(fc.double({ min: -1, max: 10, noNaN: true }), fc.integer({ min: -99, max: 99 }).map((n) => n / 1000)),
    {
      minLength: 1,
      maxLength: 200,
    },
  );
  fc.assert(fc.property(values, (values) => {
    const bins = histogram(values);
    assert.deepEqual(histogram(values.toReversed()), bins);
    if (bins === null) return;
    const { edges, counts } = bins;
    assert.equal(edges.length, counts.length + 1);
    assert.ok(counts.length <= 80 && edges.includes(0), `${edges}`);
    assert.ok(edges[0]! <= Math.min(...values) && edges.at(-1)! >= Math.max(...values), `${edges} of ${values}`);
    counts.forEach((count, i) => {
      const inside = values.filter((value) =>
        value >= edges[i]! && (value < edges[i + 1]! || i === counts.length - 1 && value === edges[i + 1])
      );
      assert.equal(count, inside.length);
    });
  }));
});

Deno.test("a series that moves twice as much as its benchmark has beta 2, correlation 1 and the alpha it adds", () => {
  const benchmark = [0.01, -0.02, 0.03, 0.005], returns = benchmark.map((value) => 2 * value + 0.001);
  const figures = benchmarkMetrics(returns, benchmark);
  assertClose(figures.beta, 2, "beta");
  assertClose(figures.benchmarkCorrelation, 1, "correlation");
  assertClose(figures.alphaAnnualFraction, 0.365, "alpha");
  // r − b = b + 0.1 %: its deviation is the benchmark's own.
  // Mean of b 0.00625; squares 14.0625e-6 + 689.0625e-6 + 564.0625e-6 + 1.5625e-6 = 1268.75e-6; ÷ 3.
  assertClose(figures.trackingErrorFraction, Math.sqrt(1268.75e-6 / 3 * 365), "tracking error");
  assertClose(figures.informationRatio, 0.00725 * 365 / Math.sqrt(1268.75e-6 / 3 * 365), "information ratio");
  assert.equal(benchmarkMetrics([0.1], [0.1]).beta, null);
  assert.equal(benchmarkMetrics([0.1, 0.2], [0.1, 0.1]).beta, null);
});
