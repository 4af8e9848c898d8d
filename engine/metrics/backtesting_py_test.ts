// The statistics of reference backtests, from their own equity and trades: first the figures whose convention is ours,
// then those that backtesting.py defines otherwise, put together from our parts by the formulas that its source states.
import assert from "node:assert/strict";
import { instrument, type InstrumentId } from "../market/mod.ts";
import type { EquityCurve, Trade } from "../portfolio/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import { readCandles } from "../testing/read_candles.ts";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";
import { fixedLengthMs, timeframe, type TimestampMs } from "../time/mod.ts";
import { log, pow } from "./elementary.ts";
import { ratio } from "./figure.ts";
import {
  benchmarkMetrics,
  cagrByCalendar,
  dailyReturns,
  downsidePerPeriod,
  drawdownColumn,
  drawdownsOf,
  geometricMean,
  runMetrics,
  standardDeviation,
} from "./mod.ts";
import { mean } from "./moments.ts";

const DAY_MS = 86_400_000;
const FILES: [file: string, tf: string][] = [
  ["backtests_btcusdt_1d.json", "1d"],
  ["backtests_btcusdt_1h.json", "1h"],
  ["backtests_coinbase_btcusd_1d_gaps.json", "1d"],
];

interface GoldenTrade {
  readonly size: number;
  readonly entry_bar: number;
  readonly exit_bar: number;
  readonly entry_time_ms: number;
  readonly exit_time_ms: number;
  readonly entry_price: number;
  readonly exit_price: number;
  readonly pnl: number;
  readonly commission: number;
  readonly return_pct: number;
}
interface GoldenRun {
  readonly strategy: string;
  readonly first_bar_of_next: number;
  readonly trades: GoldenTrade[];
  readonly stats: Record<string, number | null>;
  readonly equity: number[];
}
interface Golden {
  readonly series: { file: string; start: string; end_exclusive: string };
  readonly runs: GoldenRun[];
}

function read(file: string): Golden | undefined {
  const path = sharedPath(`goldens/${file}`);
  return path === undefined ? undefined : JSON.parse(Deno.readTextFileSync(path));
}

function tradeOf(own: GoldenTrade): Trade {
  return {
    instrument: "test:BTC/USDT" as InstrumentId,
    strategy: "golden",
    side: own.size > 0 ? "long" : "short",
    entryTimeMs: own.entry_time_ms as TimestampMs,
    exitTimeMs: own.exit_time_ms as TimestampMs,
    quantity: Math.abs(own.size),
    entryPrice: own.entry_price,
    exitPrice: own.exit_price,
    fees: own.commission,
    pnl: own.pnl,
    returnFraction: own.return_pct,
    entryReason: "enter",
    exitReason: "exit",
    maeFraction: 0,
    mfeFraction: 0,
    bars: own.exit_bar - own.entry_bar,
  };
}

/** Logarithms of value ÷ value before. */
function logReturns(values: ArrayLike<number>): number[] {
  return Array.from({ length: values.length - 1 }, (_, i) => log(values[i + 1]! / values[i]!));
}

/** Every statistic of a run, by the reference's name. */
function statistics(run: GoldenRun, openTimeMs: Float64Array, closes: Float64Array, barMs: number) {
  const n = run.equity.length, start = run.equity[0]!;
  const invested = new Float64Array(n);
  for (const { entry_bar, exit_bar } of run.trades) invested.fill(1, entry_bar, exit_bar + 1);
  const equity: EquityCurve = {
    closeTimeMs: openTimeMs.map((time) => time + barMs),
    equity: Float64Array.from(run.equity),
    grossExposure: invested,
    netExposure: invested,
  };
  const figures = runMetrics({ trades: run.trades.map(tradeOf), equity, startingCash: start });

  // Days with a candle only, and the first day only opens the chain.
  const daily = dailyReturns(equity, start);
  const withCandle = new Set(Array.from(openTimeMs, (time) => Math.floor(time / DAY_MS) * DAY_MS));
  const days = daily.returns.filter((_, i) => i > 0 && withCandle.has(daily.dayMs[i]!));
  const growth = 1 + geometricMean(days)!, deviation = standardDeviation(days)!;
  const annual = pow(growth, 365) - 1;
  const volatility = Math.sqrt(pow(deviation * deviation + growth * growth, 365) - pow(growth, 730));
  // A stretch of one bar that recovers at the next one counts; one at the very end does not.
  const drawdowns = drawdownsOf(drawdownColumn(run.equity, start)).filter((own) => own.lengthPeriods > 1);
  const lengths = drawdowns.map((own) => openTimeMs[own.recoveryIndex ?? n - 1]! - openTimeMs[own.peakIndex]!);
  const roundedUp = (ms: number | null) => ms === null ? null : Math.ceil(ms / barMs - 1e-9) * barMs;
  const { beta } = benchmarkMetrics(logReturns(run.equity), logReturns(closes));
  const first = run.first_bar_of_next - 1, hold = closes[n - 1]! / closes[first]! - 1;
  const percent = (value: number | null) => value === null ? null : value * 100;
  const span = (openTimeMs[n - 1]! - openTimeMs[0]!) / DAY_MS;
  const durations = run.trades.map((own) => own.exit_time_ms - own.entry_time_ms);

  const ours: Record<string, number | null> = {
    "Equity Final [$]": figures.finalEquityQuote,
    "Equity Peak [$]": figures.peakEquityQuote,
    "Commissions [$]": figures.feesQuote,
    "Return [%]": percent(figures.totalReturnFraction),
    "Max. Drawdown [%]": percent(figures.maxDrawdownFraction),
    "Exposure Time [%]": percent(figures.exposureTimeFraction),
    "# Trades": figures.tradeCount,
    "Win Rate [%]": percent(figures.winRateFraction),
    "Best Trade [%]": percent(figures.bestTradeFraction),
    "Worst Trade [%]": percent(figures.worstTradeFraction),
    "Avg. Trade [%]": percent(figures.geometricTradeFraction),
    "Max. Trade Duration": figures.maxTradeDays! * DAY_MS,
    "Profit Factor": figures.returnProfitFactor,
    "Expectancy [%]": percent(figures.averageTradeFraction),
    "SQN": figures.sqn,
    "Kelly Criterion": figures.kellyFraction,
  };
  const mapped: Record<string, number | null> = {
    "Avg. Trade Duration": roundedUp(mean(durations)),
    "Buy & Hold Return [%]": percent(hold),
    "Return (Ann.) [%]": percent(annual),
    "Volatility (Ann.) [%]": percent(volatility),
    "CAGR [%]": percent(cagrByCalendar(daily.returns, span)),
    "Sharpe Ratio": annual / volatility,
    "Sortino Ratio": ratio(annual, downsidePerPeriod(days)! * Math.sqrt(365)),
    "Calmar Ratio": ratio(annual, -figures.maxDrawdownFraction!),
    "Alpha [%]": percent(figures.totalReturnFraction! - beta! * hold),
    "Beta": beta,
    "Avg. Drawdown [%]": percent(mean(drawdowns.map((own) => own.depthFraction))),
    "Max. Drawdown Duration": Math.max(...lengths),
    "Avg. Drawdown Duration": roundedUp(mean(lengths)),
  };
  return { ours, mapped };
}

async function comparisons(): Promise<[what: string, actual: number | null, expected: number | null][]> {
  const found: [string, number | null, number | null][] = [];
  for (const [file, tf] of FILES) {
    const golden = read(file), path = golden && sharedPath(golden.series.file);
    if (golden === undefined || path === undefined) return [];
    const { start, end_exclusive, file: source } = golden.series;
    const market = instrument({ exchange: source.split("/").at(-2)!, symbol: "BTC/USDT" });
    const candles = await readCandles(path, market, timeframe(tf), start, end_exclusive);
    golden.runs.forEach((run, i) => {
      const { ours, mapped } = statistics(run, candles.openTimeMs, candles.close, fixedLengthMs(candles.timeframe));
      for (const [name, value] of Object.entries({ ...ours, ...mapped })) {
        if (name in run.stats) found.push([`${file} run ${i} ${run.strategy}: ${name}`, value, run.stats[name]!]);
      }
    });
  }
  return found;
}

const compared = await comparisons();
Deno.test(`${compared.length} statistics of reference backtests come out of our parts to 1e-9`, () => {
  if (!requireOrSkip("goldens", compared.length > 0, FILES.map(([file]) => file).join(", "))) return;
  for (const [what, actual, expected] of compared) {
    if (expected === null) assert.equal(actual, null, what);
    else assertClose(actual, expected, what);
  }
});
