// What happens to positions at the edges of what candles tell: marks beside a stated path, funding in a gap.
import assert from "node:assert/strict";
import { type CandleColumns, candleColumns, fundingColumns, instrument } from "../market/mod.ts";
import { defaultRules } from "../simulator/mod.ts";
import { BaseStrategy, type DecisionContext, defineStrategy, percent } from "../strategies/mod.ts";
import { timeframe, timestampMs } from "../time/mod.ts";
import { parseRunSpec, runBacktest, type RunSpecInput } from "./mod.ts";

const HOUR_MS = 3_600_000, MINUTE_MS = 60_000;
const market = instrument({ exchange: "test", symbol: "BTC/USDT" });
type Bar = readonly [atMs: number, open: number, high: number, low: number, close: number];

function columns(length: "1h" | "15m", bars: readonly Bar[]): CandleColumns {
  const rows = bars.map(([atMs, open, high, low, close]) => ({
    openTimeMs: timestampMs(atMs),
    open,
    high,
    low,
    close,
    volume: 1_000,
  }));
  return candleColumns(market, timeframe(length), rows);
}

/** Buys one contract at the first close, with a target of 1 %. */
class Once extends BaseStrategy {
  readonly series = [];
  decide(context: DecisionContext): void {
    if (context.index === 0) context.buy({ target: percent(1) });
  }
}
const once = defineStrategy({ id: "once", params: {}, create: () => new Once() }).bind();

const specOf = (part: Partial<RunSpecInput>) =>
  parseRunSpec({
    strategy: "once",
    markets: [{
      exchange: "test",
      symbol: "BTC/USDT",
      kind: "linear",
      marginTiers: [{ fromNotional: 0, maintenanceRate: 0.005 }],
    }],
    timeframe: "1h",
    costs: { makerBps: 0, takerBps: 0 },
    sizing: { kind: "units", units: 1 },
    ...part,
  });

Deno.test("where prices go a stated way, a mark that reaches the liquidation price inside a candle liquidates there, before a target", async () => {
  const traded = columns("1h", [0, 1, 2, 3].map((i) => [i * HOUR_MS, 100, i === 2 ? 102 : 100.5, 99.5, 100]));
  const mark = columns("1h", [0, 1, 2, 3].map((i) => [i * HOUR_MS, 100, 100, i === 2 ? 85 : 100, 100]));
  const spec = specOf({
    account: { leverage: 10, marginMode: "isolated", markPrice: true },
    fillRules: { ...defaultRules, id: "path", path: "nearest-extreme" },
  });
  const { trades } = await runBacktest(spec, once, [traded], undefined, {}, [{ mark }]);
  // Margin 10, maintenance 0.5 % of the mark: (100 − 10) ÷ (1 − 0.005) = 90.4522…
  // The way 100 → 99.5 → 102 → 100 is 5 long, and at the target of 101 after 2 of them.
  assert.deepEqual(trades.map(({ exitReason, exitTimeMs }) => [exitReason, exitTimeMs]), [[
    "liquidation",
    2 * HOUR_MS + 24 * MINUTE_MS,
  ]]);
  assert.ok(Math.abs(trades[0]!.exitPrice - 90 / 0.995) < 1e-9);
});

Deno.test("funding that is due after the last of the finer candles of a candle is in the equity at its close", async () => {
  const hours: Bar[] = [0, 1, 2].map((i) => [i * HOUR_MS, 100, 100, 100, 100]);
  // The last quarter of the second hour is missing; 1 % is due ten minutes before its end.
  const quarters: Bar[] = [0, 1, 2, 3, 4, 5, 6, 8, 9].map((i) => [i * 15 * MINUTE_MS, 100, 100, 100, 100]);
  const funding = fundingColumns(market, [{ timeMs: timestampMs(110 * MINUTE_MS), rate: 0.01 }]);
  const spec = specOf({ detail: "15m", account: { leverage: 2, marginMode: "isolated", funding: true } });
  const candles = [columns("1h", hours), columns("15m", quarters)];
  const { equity } = await runBacktest(spec, once, candles, undefined, {}, [{ funding }]);
  assert.deepEqual([...equity.equity], [10_000, 9_999, 9_999]);
});
