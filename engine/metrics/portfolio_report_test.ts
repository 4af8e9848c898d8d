import assert from "node:assert/strict";
import fc from "fast-check";
import type { InstrumentId } from "../market/mod.ts";
import type { BookHoldings, EquityCurve, OpenTrade, Trade } from "../portfolio/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import {
  dailyReturns,
  portfolioReport,
  type PortfolioRun,
  rollingFigures,
  rollingTables,
  tailRisk,
  tailRiskTable,
} from "./mod.ts";

const DAY_MS = 86_400_000, START_MS = Date.UTC(2024, 0, 1);

const book = (strategy: string, symbol: string, mark: number[], exposure: number[], pnl: number[]): BookHoldings => ({
  strategy,
  instrument: symbol as InstrumentId,
  markPrice: Float64Array.from(mark),
  exposureQuote: Float64Array.from(exposure),
  pnlQuote: Float64Array.from(pnl),
});

/** An account of 1,000 on daily candles with these books, and perhaps something that belongs to none of them. */
function runOf(
  books: BookHoldings[],
  beside: number[] = [],
  trades: Trade[] = [],
  open: OpenTrade[] = [],
): PortfolioRun {
  const days = books[0]!.pnlQuote.length, startingCash = 1000;
  const closeTimeMs = Float64Array.from({ length: days }, (_, i) => START_MS + (i + 1) * DAY_MS);
  const sumOf = (of: (own: BookHoldings) => number) => books.reduce((sum, own) => sum + of(own), 0);
  const column = (of: (row: number) => number) => closeTimeMs.map((_, row) => of(row));
  const equity: EquityCurve = {
    closeTimeMs,
    equity: column((row) => startingCash + sumOf((own) => own.pnlQuote[row]!) + (beside[row] ?? 0)),
    grossExposure: column((row) => sumOf((own) => Math.abs(own.exposureQuote[row]!))),
    netExposure: column((row) => sumOf((own) => own.exposureQuote[row]!)),
  };
  return { holdings: { closeTimeMs, books }, equity, trades, openTrades: open, startingCash };
}
const reportOf = (run: PortfolioRun) => portfolioReport(run, dailyReturns(run.equity, run.startingCash), 300)!;

/** A day of nothing; a day on which the trend earns 60 and the reversal 40; one on which the trend loses 110. */
const twoBooks = [
  book("trend", "BTC", [100, 110, 99], [0, 550, 0], [0, 60, -50]),
  book("revert", "ETH", [50, 45, 49.5], [0, -220, -198], [0, 40, 40]),
];
const report = reportOf(runOf(twoBooks));

Deno.test("550 long and 220 short of 1,100: 50 % and −20 %, cash 70 %; 198 short of 990: −20 %, cash 120 %", () => {
  const { markets, cashFraction, longFraction, shortFraction, grossFraction, netFraction, timeMs } = report.allocation;
  assert.deepEqual(markets, [
    { label: "BTC", fraction: [0, 0.5, 0] },
    { label: "ETH", fraction: [0, -0.2, -0.2] },
  ]);
  assert.deepEqual(cashFraction, [1, 0.7, 1.2]);
  assert.deepEqual([longFraction, shortFraction], [[0, 0.5, 0], [0, 0.2, 0.2]]);
  assert.deepEqual([grossFraction, netFraction], [[0, 0.7, 0.2], [0, 0.3, -0.2]]);
  assert.equal(timeMs[1], START_MS + 2 * DAY_MS);
});

Deno.test("−50 and 40 of 1,000 contribute −5 % and 4 % to the return of −1 %, and four fifths and one fifth of the risk", () => {
  // Days return 0, 10 % and −10 %; the trend adds 0, 6 % and −10 %, the reversal 0, 4 % and 0. Variance 0.02 ÷ 2,
  // covariances (0.06 × 0.1 + 0.1 × 0.1) ÷ 2 and 0.04 × 0.1 ÷ 2.
  const rows = report.byMarket.map(({ label, pnlQuote, returnFraction }) => [label, pnlQuote, returnFraction]);
  assert.deepEqual(rows, [["BTC", -50, -0.05], ["ETH", 40, 0.04]]);
  assertClose(report.byMarket[0]!.riskFraction, 0.8, "risk of BTC", 1e-12);
  assertClose(report.byMarket[1]!.riskFraction, 0.2, "risk of ETH", 1e-12);
  assert.deepEqual(report.byStrategy.map(({ label, pnlQuote }) => [label, pnlQuote]), [["trend", -50], ["revert", 40]]);
  assert.equal(report.unassignedPnlQuote, 0);
});

Deno.test("contributions say what was closed, what is open, the fees of both and how many trades there were", () => {
  const trade = { instrument: "BTC", strategy: "trend", pnl: -60, fees: 3 } as unknown as Trade;
  const open = { instrument: "BTC", strategy: "trend", pnl: 10, fees: 1 } as unknown as OpenTrade;
  const [btc, eth] = reportOf(runOf(twoBooks, [], [trade], [open])).byMarket;
  assert.deepEqual(
    [btc!.closedPnlQuote, btc!.openPnlQuote, btc!.feesQuote, btc!.tradeCount],
    [-60, 10, 4, 1],
  );
  assert.deepEqual([eth!.closedPnlQuote, eth!.openPnlQuote, eth!.feesQuote, eth!.tradeCount], [0, 0, 0, 0]);
});

Deno.test("what no book explains is said, not spread", () => {
  assert.equal(reportOf(runOf(twoBooks, [0, 0, -7])).unassignedPnlQuote, -7);
});

Deno.test("+10 %, −10 % against −10 %, +10 % have correlation −1; one market or strategy has no matrix", () => {
  const { labels, pearson, spearman, days } = report.marketCorrelation!;
  assert.deepEqual([labels, days], [["BTC", "ETH"], 3]);
  for (const matrix of [pearson, spearman]) assertClose(matrix[0]![1]!, -1, "correlation");
  const alone = reportOf(runOf([twoBooks[0]!]));
  assert.deepEqual(
    [alone.marketCorrelation, alone.marketPnlCorrelation, alone.strategyPnlCorrelation],
    [null, null, null],
  );
  assert.deepEqual(report.strategyPnlCorrelation!.labels, ["trend", "revert"]);
});

Deno.test("the largest eight of ten markets are named, the others are one column", () => {
  const books = Array.from({ length: 10 }, (_, i) => book("all", `M${i}`, [1], [i + 1], [0]));
  const { markets } = reportOf(runOf(books)).allocation;
  assert.deepEqual(markets.map(({ label }) => label), [
    "M9",
    "M8",
    "M7",
    "M6",
    "M5",
    "M4",
    "M3",
    "M2",
    "other markets",
  ]);
  assert.deepEqual(markets.at(-1)!.fraction, [(1 + 2) / 1000]);
});

const steps = fc.array(
  fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -300, max: 300 }), fc.integer({ min: 1, max: 99 })),
  { minLength: 5, maxLength: 5 },
);
const anyBooks = fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.constantFrom("BTC", "ETH", "SOL"), steps), {
  minLength: 1,
  maxLength: 6,
}).map((books) =>
  books.map(([strategy, symbol, steps]) => {
    let pnl = 0;
    return book(
      strategy,
      symbol,
      steps.map(([, , mark]) => mark),
      steps.map(([, exposure]) => exposure),
      steps.map(([gained]) => pnl += gained),
    );
  })
);

Deno.test("contributions add up to the return, their risk to 1, and shares with the cash to 1, over 10,000 accounts", () => {
  fc.assert(
    fc.property(anyBooks, (books) => {
      const run = runOf(books), { allocation, byMarket, byStrategy } = reportOf(run);
      const total = run.equity.equity.at(-1)! / 1000 - 1;
      for (const parts of [byMarket, byStrategy]) {
        const sum = parts.reduce((sum, { returnFraction }) => sum + returnFraction, 0);
        assert.ok(Math.abs(sum - total) < 1e-12);
        if (parts.some(({ riskFraction }) => riskFraction === null)) continue;
        assert.ok(Math.abs(parts.reduce((sum, { riskFraction }) => sum + riskFraction!, 0) - 1) < 1e-9);
      }
      allocation.timeMs.forEach((_, i) => {
        const shares = allocation.markets.reduce(
          (sum, { fraction }) => sum + fraction[i]!,
          allocation.cashFraction[i]!,
        );
        assert.ok(Math.abs(shares - 1) < 1e-12);
        const net = allocation.markets.reduce((sum, { fraction }) => sum + fraction[i]!, 0);
        assert.ok(Math.abs(allocation.netFraction[i]! - net) < 1e-12);
        assert.ok(allocation.grossFraction[i]! >= Math.abs(net) - 1e-12);
      });
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("value at risk is told by three methods, with two confidences, for one day and for ten", () => {
  const days = dailyReturns(runOf(twoBooks).equity, 1000), table = tailRiskTable(days);
  assert.equal(table.length, 12);
  for (const { method, confidenceFraction, horizonPeriods, ...figures } of table) {
    const { valueAtRiskFraction, conditionalValueAtRiskFraction } = tailRisk(days.returns, {
      method,
      confidenceFraction,
      horizonPeriods,
    });
    assert.deepEqual(figures, { valueAtRiskFraction, conditionalValueAtRiskFraction });
  }
});

Deno.test("rolling tables have the windows that the run is long enough for, the last one always among them", () => {
  const returns = Float64Array.from({ length: 1200 }, (_, i) => (i * 37 % 101 - 50) / 1000);
  const days = { dayMs: returns.map((_, i) => START_MS + i * DAY_MS), returns };
  const tables = rollingTables(days, { ...days, returns: returns.map((value) => value / 2) });
  assert.deepEqual(tables.map(({ windowPeriods }) => windowPeriods), [30, 90, 365]);
  for (const table of tables) {
    const whole = rollingFigures(returns, table.windowPeriods), count = table.timeMs.length;
    assert.ok(count <= 500 && count > 250, `${count} windows`);
    assert.deepEqual([table.timeMs[count - 1], table.sharpe[count - 1]], [
      START_MS + 1200 * DAY_MS,
      whole.sharpe.at(-1),
    ]);
    assert.equal(table.volatilityFraction.length, count);
    table.beta!.forEach((beta) => assertClose(beta, 2, "beta"));
  }
  const short = { dayMs: days.dayMs.subarray(0, 60), returns: returns.subarray(0, 60) };
  assert.deepEqual(rollingTables(short, null).map(({ windowPeriods, beta }) => [windowPeriods, beta]), [[30, null]]);
  const late = { dayMs: days.dayMs.subarray(1), returns: returns.subarray(1) };
  assert.equal(rollingTables(days, late)[0]!.beta, null, "a benchmark must have every day");
});
