import assert from "node:assert/strict";
import { parseRunSpec } from "../../engine/backtest/mod.ts";
import { sessionConfig } from "./session_config.ts";
import { boundWithin, planOf, planText, specOf } from "./session_plan.ts";
import { sessionSettings } from "./session_settings.ts";

const MARKETS = ["BTC/USDT", "ETH/USDT"].map((symbol) => ({ exchange: "binance", symbol }));
const TERMS = MARKETS.map(({ symbol }) => ({ symbol, tick: "0.01", lot: "0.001", minNotional: "5" }));
const SEVERAL = {
  strategies: [
    { strategy: "sma-cross", params: { fast: 2, slow: 5 }, markets: ["binance:BTC/USDT"], budgetFraction: 0.5 },
    { id: "slow", strategy: "sma-cross", params: { fast: 5, slow: 20 }, timeframe: "4h" },
  ],
  overlappingBudgets: true,
  ...{ markets: MARKETS, timeframe: "1h", limits: { maxPositions: 3, maxEntriesPerDay: 5 } },
  sizing: { kind: "equity-fraction", fraction: 0.1 },
  costs: { takerBps: 7.5 },
};

Deno.test("what a spec says of strategies, sizes, limits and costs is traded at another venue as it is there", () => {
  for (const input of [SEVERAL, { strategy: "buy-and-hold", markets: MARKETS, timeframe: "1d" }]) {
    const tested = parseRunSpec(input), { plan, symbols } = planOf(tested);
    assert.deepEqual(symbols, ["BTC/USDT", "ETH/USDT"]);
    const traded = specOf(JSON.parse(JSON.stringify(plan)), "loopback", TERMS, 500);
    const elsewhere = JSON.parse(JSON.stringify(tested).replaceAll("binance", "loopback"));
    for (
      const part of ["strategy", "params", "strategies", "overlappingBudgets", "timeframe", "sizing", "limits", "costs"]
    ) {
      const own = JSON.parse(JSON.stringify(traded))[part];
      assert.deepEqual(own, elsewhere[part], part);
    }
    assert.deepEqual(traded.markets.map(({ exchange, tick, lot }) => [exchange, tick, lot]), [
      ...[["loopback", "0.01", "0.001"], ["loopback", "0.01", "0.001"]],
    ]);
    assert.deepEqual([traded.account.cashQuote, traded.account.exitsLock], [500, true]);
  }
  assert.equal(planText(planOf(parseRunSpec(SEVERAL)).plan), "slow and sma-cross");
});

Deno.test("what a session cannot do is refused before anything begins", () => {
  const refused = (own: object, words: RegExp) =>
    assert.throws(
      () => planOf(parseRunSpec({ ...SEVERAL, ...own })),
      (error: Error & { code?: string }) => error.code === "session-plan" && words.test(error.message),
    );
  refused(
    { account: { leverage: 2 }, markets: MARKETS.map((own) => ({ ...own, kind: "linear" })) },
    /leverage .*contracts/,
  );
  refused({ universe: { rank: "quote-volume", top: 1, lookbackDays: 1, every: "1d", onLeave: "keep" } }, /a universe/);
  assert.throws(() => specOf({ strategy: "buy-and-hold", sizing: { kind: "no" } }, "loopback", TERMS, 1), {
    code: "run-spec",
  });
});

Deno.test("hours of a session are those of each of its strategies, and are kept with it", () => {
  const hours = { sessions: [{ from: "08:00", to: "16:30", days: ["mon" as const] }], closeAtEnd: true };
  const spec = specOf(planOf(parseRunSpec(SEVERAL)).plan, "loopback", TERMS, 500);
  const kept = { autopilot: "main", tag: "s1x", spec, exchange: "loopback", exchangeUrl: null, clock: null, hours };
  const settings = sessionSettings(JSON.parse(JSON.stringify(kept))), config = sessionConfig(settings);
  assert.deepEqual(config.books.map(({ strategy }) => strategy.schedule), [hours, hours, hours]);
  const free = sessionConfig({ ...settings, hours: null });
  assert.deepEqual(free.books.map(({ strategy }) => strategy.schedule), [undefined, undefined, undefined]);
  assert.throws(() => boundWithin(config.books.map(({ strategy }) => strategy), hours), { code: "session-hours" });
  for (const from of ["25:00", "8", ""]) {
    const strategies = free.books.map(({ strategy }) => strategy);
    assert.throws(() => boundWithin(strategies, { sessions: [{ from, to: "16:30" }] }), { code: "schedule" }, from);
  }
});
