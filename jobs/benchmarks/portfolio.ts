import { parseRunSpec, type ReplayObserver, replayOf } from "../../engine/backtest/mod.ts";
import { UsageError } from "../../engine/errors/mod.ts";
import type { CandleColumns } from "../../engine/market/mod.ts";
import type { TimestampMs } from "../../engine/time/mod.ts";
import { note } from "../output.ts";
import { protectedCross } from "./protected.ts";
import { seededWalk } from "./walk.ts";
import { fastestMs, type Workload } from "./workload.ts";

const SYMBOLS = 50, HOURS = 8_760;

/**
 * Fifty markets on one account: a year of hours of each, their capital shared, at most ten positions of a tenth of the
 * equity, each between a trailing stop and a target. And how much more of the heap a run needs for four years of them.
 */
export const portfolioWorkload: Workload = {
  name: "portfolio",
  async run() {
    const year = markets(HOURS), ms = await fastestMs(5, () => runOver(year));
    const { closed, equity } = runOver(year);
    note(`  final equity ${equity.equity.at(-1)!.toFixed(6)}, ${closed.length} trades closed`);
    const longer = markets(4 * HOURS);
    heapOf(year); // what is compiled and remembered once
    const grown = heapOf(longer) - heapOf(year);
    const row = { workload: "portfolio", moreIsBetter: false } as const;
    return [
      { ...row, figure: "year_seconds", ours: ms / 1000, unit: "s, 50 symbols × 8,760 hours" },
      { ...row, figure: "heap_growth", ours: grown / 2 ** 20, unit: "MiB more of heap for 1,314,000 candles more" },
    ];
  },
};

function markets(hours: number): CandleColumns[] {
  return Array.from({ length: SYMBOLS }, (_, i) => {
    const symbol = `S${String(i).padStart(2, "0")}/USDT`;
    return seededWalk(i + 1, hours, { symbol, timeframe: "1h", priceQuote: 100 });
  });
}

function runOver(columns: readonly CandleColumns[], cashQuote = 100_000, observer: ReplayObserver = {}) {
  const spec = parseRunSpec({
    strategy: protectedCross.id,
    params: {},
    markets: columns.map(({ instrument: { exchange, symbol } }) => ({ exchange, symbol })),
    timeframe: "1h",
    account: { cashQuote },
    costs: { makerBps: 10, takerBps: 10, slippageBps: 2 },
    sizing: { kind: "equity-fraction", fraction: 0.1 },
    limits: { maxPositions: 10 },
  });
  const firstMs = columns[0]!.openTimeMs[0] as TimestampMs;
  return replayOf(spec, protectedCross.bind({}), columns, firstMs, undefined, observer);
}

/** Bytes of the heap that are alive at the last candle of a run without trades, beyond those before it. */
function heapOf(columns: readonly CandleColumns[]): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) throw new UsageError("bench portfolio measures the heap: run it as `deno task bench`");
  const alive = () => {
    collect();
    return Deno.memoryUsage().heapUsed;
  };
  const before = alive();
  let after = NaN, groups = 0;
  runOver(columns, 0.000_001, {
    decided: () => {
      if (++groups === columns[0]!.length) after = alive();
      return true;
    },
  });
  return after - before;
}
