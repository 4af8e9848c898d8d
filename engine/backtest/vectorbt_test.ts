import assert from "node:assert/strict";
import { sma } from "../indicators/mod.ts";
import { instrument } from "../market/mod.ts";
import { close, crossesAbove, crossesBelow } from "../series/mod.ts";
import { type FillRules, vectorbtNextOpenRules, vectorbtRules } from "../simulator/mod.ts";
import { defineStrategy, percent, type StrategyRules, trailingPercent } from "../strategies/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import { readCandles } from "../testing/read_candles.ts";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";
import { timeframe } from "../time/mod.ts";
import { parseRunSpec, runBacktest, type RunRecord } from "./mod.ts";

interface GoldenRun {
  readonly name: string;
  readonly trades: {
    entry_time_ms: number;
    exit_time_ms: number;
    size: number;
    entry_price: number;
    exit_price: number;
    entry_fees: number;
    exit_fees: number;
    pnl: number;
    direction: string;
    status: string;
  }[];
  readonly value: number[];
}
interface Golden {
  readonly series: { file: string; start: string; end_exclusive: string; rows: number };
  readonly init_cash: number;
  readonly runs: GoldenRun[];
}

/** How each run of the reference differs from the first: long only at the close, fee 10 basis points. */
interface Variant {
  readonly rules?: Partial<StrategyRules>;
  readonly fillRules?: FillRules;
  readonly slippageBps?: number;
  readonly feeBps?: number;
  readonly fixedFeeQuote?: number;
}
const up = crossesAbove(sma(close, 10), sma(close, 20)), down = crossesBelow(sma(close, 10), sma(close, 20));
const VARIANTS: Readonly<Record<string, Variant>> = {
  sma_long_close: {},
  sma_long_next_open: { fillRules: vectorbtNextOpenRules },
  sma_long_close_slippage: { slippageBps: 5 },
  sma_long_short_close: { rules: { enterShort: down, exitShort: up } },
  sma_long_fixed_fee: { feeBps: 0, fixedFeeQuote: 1 },
  sma_long_sl_tp: { rules: { stop: percent(5), target: percent(10) } },
  sma_long_trailing: { rules: { stop: trailingPercent(5) } },
};
const DAY_MS = 86_400_000;

Deno.test("backtests_vectorbt_btcusdt_1d: 7 runs as vectorbt fills them, trade by trade and equity bar by bar (12723 values to 1e-9)", async () => {
  const path = sharedPath("goldens/backtests_vectorbt_btcusdt_1d.json");
  if (!requireOrSkip("goldens", path !== undefined, "backtests_vectorbt_btcusdt_1d.json")) return;
  const golden: Golden = JSON.parse(Deno.readTextFileSync(path!));
  const { file, start, end_exclusive } = golden.series;
  const market = instrument({ exchange: "binance", symbol: "BTC/USDT", kind: "linear" });
  const candles = await readCandles(sharedPath(file)!, market, timeframe("1d"), start, end_exclusive);
  let compared = 0;
  for (const run of golden.runs) {
    const { rules, fillRules = vectorbtRules, slippageBps = 0, feeBps = 10, fixedFeeQuote = 0 } = VARIANTS[run.name]!;
    const strategy = defineStrategy({
      id: "reference",
      params: {},
      rules: () => ({ enter: up, exit: down, ...rules }),
    });
    const spec = parseRunSpec({
      strategy: "reference",
      markets: [{
        exchange: "binance",
        symbol: "BTC/USDT",
        kind: "linear",
        tick: "0.000000000001",
        lot: "0.000000000001",
        feeDecimals: 24,
      }],
      timeframe: "1d",
      account: { cashQuote: golden.init_cash },
      fillRules,
      costs: { makerBps: feeBps, takerBps: feeBps, fixedFeeQuote, slippageBps },
    });
    compared += compare(run, await runBacktest(spec, strategy.bind(), [candles]));
  }
  assert.deepEqual([golden.runs.length, compared], [7, 12_723]);
});

function compare(run: GoldenRun, { trades, notes, equity }: RunRecord): number {
  const closed = run.trades.filter(({ status }) => status === "Closed");
  assert.equal(trades.length, closed.length, `${run.name}: closed trades`);
  assert.equal(notes.openTrades.length, run.trades.length - closed.length, `${run.name}: open trades`);
  closed.forEach((wanted, i) => {
    const trade = trades[i]!, name = `${run.name}, trade ${i}`;
    // A fill at a close is stamped with the close, which is the next candle's open.
    const candleOf = (timeMs: number, atClose: boolean) => atClose ? timeMs - DAY_MS : timeMs;
    const atClose = !run.name.endsWith("next_open"), resting = ["stop", "target"].includes(trade.exitReason);
    assert.equal(candleOf(trade.entryTimeMs, atClose), wanted.entry_time_ms, `${name}: entry`);
    assert.equal(candleOf(trade.exitTimeMs, atClose && !resting), wanted.exit_time_ms, `${name}: exit`);
    assert.equal(trade.side, wanted.direction.toLowerCase(), `${name}: side`);
    assertClose(trade.quantity, wanted.size, `${name}: size`);
    assertClose(trade.entryPrice, wanted.entry_price, `${name}: entry price`);
    assertClose(trade.exitPrice, wanted.exit_price, `${name}: exit price`);
    assertClose(trade.fees, wanted.entry_fees + wanted.exit_fees, `${name}: fees`);
    assert.ok(Math.abs(trade.pnl - wanted.pnl) <= 1e-9 * wanted.size * wanted.entry_price, `${name}: profit`);
  });
  run.value.forEach((wanted, row) => assertClose(equity.equity[row]!, wanted, `${run.name}: value ${row}`));
  return closed.length * 8 + run.value.length;
}
