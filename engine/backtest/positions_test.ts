import assert from "node:assert/strict";
import { runScript, type Script } from "../testing/scripted_run.ts";
import { defaultRules, type FillRules } from "../simulator/mod.ts";
import { candleColumns, fundingColumns, instrument } from "../market/mod.ts";
import { close, constant } from "../series/mod.ts";
import { BaseStrategy, type DecisionContext, defineStrategy } from "../strategies/mod.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { parseRunSpec, runBacktest, type RunSpecInput } from "./mod.ts";

const hour = timeframe("1h"), HOUR = 3_600_000, START = Date.UTC(2024, 0, 1);
const columnsOf = (symbol: string, prices: readonly number[]) =>
  candleColumns(
    instrument({ exchange: "test", symbol }),
    hour,
    prices.map((open, i) => {
      const close = prices[i + 1] ?? open;
      const openTimeMs = (START + i * HOUR) as TimestampMs;
      return { openTimeMs, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 1e6 };
    }),
  );
const specOf = (part: Partial<RunSpecInput>) =>
  parseRunSpec({ strategy: "s", timeframe: "1h", markets: [], costs: { makerBps: 0, takerBps: 0 }, ...part });
const fallen = defineStrategy({
  id: "s",
  params: {},
  rules: () => ({ enterShort: close.gt(99), exitShort: close.lt(91) }),
}).bind();

Deno.test("spot is sold short where its base can be borrowed, and pays interest at each full hour, rounded up", async () => {
  const market = { exchange: "test", symbol: "BTC/USDT", lot: "0.001", feeDecimals: 2 };
  const prices = [100, 100, 100, 100, 90, 90, 90];
  const run = (account: RunSpecInput["account"]) =>
    runBacktest(
      specOf({ markets: [market], account, sizing: { kind: "units", units: 2 } }),
      fallen,
      [columnsOf("BTC/USDT", prices)],
    );
  const { trades, metrics } = await run({ cashQuote: 1_000, borrow: { BTC: 0.00011 } });
  // Sold 2 at 100 at 01:00 and bought back at 90 at 04:00: 2 × 100 × 0.00011 at 02:00 and 03:00, 2 × 90 × 0.00011 at 04:00,
  // each rounded up to the cent: 0.03 + 0.03 + 0.02.
  assert.deepEqual(trades.map((own) => [own.side, own.quantity, own.interest, Number(own.pnl.toFixed(2))]), [
    ["short", 2, 0.08, 19.92],
  ]);
  assert.deepEqual([metrics.interestQuote, metrics.finalEquityQuote], [0.08, 1_019.92]);
  const { trades: none, notes } = await run({ cashQuote: 1_000 });
  assert.equal(none.length, 0);
  assert.equal(notes.funnel["refused:short-on-spot"], 3);
});

Deno.test("a short sale takes margin: it cannot be larger than equity × leverage, and its proceeds buy nothing more", async () => {
  const spec = specOf({
    markets: [{ exchange: "test", symbol: "BTC/USDT", lot: "0.001" }],
    account: { cashQuote: 1_000, borrow: { BTC: 0 } },
    sizing: { kind: "units", units: 10.001 },
  });
  const { notes } = await runBacktest(spec, fallen, [columnsOf("BTC/USDT", [100, 100, 100])]);
  assert.equal(notes.funnel["refused:insufficient-funds"], 3);
});

/** Buys on every third candle and sells short on every other third, and closes what its book holds on the last. */
class BothSides extends BaseStrategy {
  readonly series = [constant(1)];
  decide(context: DecisionContext): void {
    if (context.index === 5) return context.exit("done");
    if (context.index === 0) context.buy({ reason: "up" });
    if (context.index === 1) context.sell({ reason: "down" });
  }
}
const bothSides = { id: "s", params: {}, hash: "both-sides", series: [constant(1)], create: () => new BothSides() };

Deno.test("in hedge mode a market holds a long and a short beside each other; netted, the second order closes the first", async () => {
  const prices = [100, 100, 100, 110, 110, 110, 110, 110];
  const run = (positionMode: "hedge" | "netting") =>
    runBacktest(
      specOf({
        markets: [{ exchange: "test", symbol: "BTC/USDT", kind: "linear", lot: "1" }],
        account: { cashQuote: 1_000, leverage: 2, positionMode, funding: true },
        sizing: { kind: "units", units: 5 },
      }),
      bothSides,
      [columnsOf("BTC/USDT", prices)],
      undefined,
      {},
      [{
        funding: fundingColumns(instrument({ exchange: "test", symbol: "BTC/USDT" }), [
          { timeMs: (START + 4 * HOUR) as TimestampMs, rate: 0.01, intervalMs: 8 * HOUR },
        ]),
      }],
    );
  const hedged = await run("hedge");
  assert.deepEqual(
    hedged.trades.map((own) => [own.side, own.entryReason, own.entryPrice, own.exitPrice, own.funding, own.pnl]),
    [["long", "up", 100, 110, 5.5, 44.5], ["short", "down", 100, 110, -5.5, -44.5]],
  );
  assert.equal(hedged.metrics.finalEquityQuote, 1_000);
  const netted = await run("netting");
  assert.deepEqual(netted.trades.map((own) => [own.side, own.exitReason, own.pnl]), [["long", "down", 0]]);
});

Deno.test("a settlement that is missing while a position is open is counted, and is not a rate of 0", async () => {
  const buy = defineStrategy({ id: "s", params: {}, rules: () => ({ enter: close.gt(0) }) }).bind();
  const columns = columnsOf("BTC/USDT", Array.from({ length: 48 }, () => 100));
  const rows = [0, 8, 24, 32, 40].map((hours) => ({ timeMs: (START + hours * HOUR) as TimestampMs, rate: 0.0001 }));
  const spec = specOf({
    markets: [{ exchange: "test", symbol: "BTC/USDT", kind: "linear", lot: "1" }],
    account: { cashQuote: 1_000, funding: true },
    sizing: { kind: "units", units: 5 },
  });
  const feed = { funding: fundingColumns(columns.instrument, rows) };
  const { notes, metrics, manifest } = await runBacktest(spec, buy, [columns], undefined, {}, [feed]);
  assert.deepEqual(notes.missingFunding, [{ instrument: "test:BTC/USDT", count: 1, firstTimeMs: START + 16 * HOUR }]);
  assert.match(notes.warnings.join("\n"), /1 funding settlements of test:BTC\/USDT are missing.*2024-01-01T16:00/);
  // 5 × 100 × 0.0001 at 08:00, 24:00, 32:00 and 40:00: the position was opened at 01:00.
  assert.equal(metrics.fundingQuote, 0.2);
  assert.equal(manifest.run.data[0]!.funding!.settlements, 5);
  await assert.rejects(runBacktest(spec, buy, [columns]), /charges funding and there is none of test:BTC\/USDT/);
});

Deno.test("an account and markets that do not go together are refused with the remedy (9 cases)", () => {
  const linear = { exchange: "test", symbol: "BTC/USDT", kind: "linear" as const };
  const tiers = [{ fromNotional: 0, maintenanceRate: 0.01, maxLeverage: 50 }];
  const cases: [Partial<RunSpecInput>, RegExp][] = [
    [{ markets: [linear], account: { marginMode: "cross" } }, /needs the marginTiers of BTC\/USDT/],
    [
      { markets: [{ ...linear, marginTiers: tiers }], account: { marginMode: "cross", leverage: 100 } },
      /"account\.leverage" is 100.*allows 50/,
    ],
    [{ markets: [linear], account: { liquidation: {} } }, /"account\.liquidation" needs "account\.marginMode"/],
    [
      { markets: [{ ...linear, kind: "spot" }], account: { positionMode: "hedge" } },
      /is spot and cannot be held short/,
    ],
    [
      { markets: [{ ...linear, marginTiers: tiers }], account: { positionMode: "hedge", marginMode: "cross" } },
      /goes with isolated margin/,
    ],
    [{ markets: [{ ...linear, kind: "spot" }], account: { funding: true } }, /no market is a contract/],
    [{ markets: [linear], account: { borrow: { BTC: 0.001 } } }, /names BTC, which is the base of no spot market/],
    [
      { markets: [linear, { exchange: "test", symbol: "BTC/USD", kind: "inverse" }] },
      /settle in one asset.*BTC and USDT/,
    ],
    [
      { markets: [{ ...linear, marginTiers: [{ fromNotional: 1, maintenanceRate: 0.01 }] }] },
      /margin tier 1 begins at 1/,
    ],
  ];
  for (const [part, message] of cases) assert.throws(() => specOf(part), message);
});

Deno.test("an entry that was late is liquidated in its candle as one that was not", async () => {
  const enter: Script = (context, candle) => {
    if (candle === 0) context.buy();
  };
  for (const latencyMs of [[0], [60_000]]) {
    const { notes, trades } = await runScript(enter, [[100, 101, 80, 100], [100, 100, 100, 100]], {
      markets: [{
        exchange: "test",
        symbol: "BTC/USDT",
        kind: "linear",
        marginTiers: [{ fromNotional: 0, maintenanceRate: 0.005 }],
      }],
      account: { cashQuote: 10_000, leverage: 10, marginMode: "isolated" },
      sizing: { kind: "units", units: 900 },
      fillRules: { ...defaultRules, id: "late", latencyMs },
    });
    assert.deepEqual(trades.map((own) => own.exitReason), ["liquidation"], `${latencyMs} ms`);
    // (entry − margin) ÷ (1 − 0.005), about; the entry of the late one is that of its minute.
    assert.ok(Math.abs(notes.liquidations![0]!.markPrice - trades[0]!.entryPrice * 0.9 / 0.995) < 1e-6);
  }
});

Deno.test("fill rules that contradict themselves are refused (2 cases)", () => {
  const of = (part: Partial<FillRules>) =>
    specOf({
      markets: [{ exchange: "test", symbol: "BTC/USDT" }],
      fillRules: { ...defaultRules, id: "own", ...part },
    });
  const queue = { limitFill: "queue", queue: { aheadShare: 0, tradedShare: 1 } } as const;
  assert.throws(() => of({ ...queue, path: "nearest-extreme" }), /leave "path" out/);
  assert.throws(() => of({ latencyMs: [5, 1] }), /rise from the fastest/);
  assert.equal(of(queue).fillRules.limitFill, "queue");
});
