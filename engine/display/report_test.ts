import assert from "node:assert/strict";
import type { ReportedRun } from "../metrics/mod.ts";
import { report } from "./report.ts";
import { JUPYTER_DISPLAY } from "./shown.ts";

const DAY_MS = 86_400_000;

/** A run of ten days whose equity climbs by `step` a day. */
function run(strategy: string, step: number): ReportedRun {
  const days = Array.from({ length: 10 }, (_, i) => i + 1);
  const trade = {
    instrument: "binance:BTC/USDT",
    strategy,
    side: "long",
    entryTimeMs: DAY_MS,
    exitTimeMs: 3 * DAY_MS,
    quantity: 1,
    entryPrice: 100,
    exitPrice: 102,
    fees: 0.5,
    pnl: 1.5,
    returnFraction: 0.015,
    entryReason: "enter",
    exitReason: "<exit>",
    maeFraction: 0,
    mfeFraction: 0.02,
    bars: 2,
  };
  return {
    manifest: {
      strategy,
      markets: [{ exchange: "binance", symbol: "BTC/USDT" }],
      timeframe: "1d",
      account: { cashQuote: 1000 },
      run: { hash: "a".repeat(64), engineVersion: "0", strategyHash: "b", data: [] },
    },
    trades: [trade, trade, trade],
    equity: {
      closeTimeMs: Float64Array.from(days, (day) => day * DAY_MS),
      equity: Float64Array.from(days, (day) => 1000 + day * step),
      grossExposure: new Float64Array(10),
      netExposure: new Float64Array(10),
    },
    metrics: { totalReturnFraction: step / 100, sharpe: null, tradeCount: 3 },
    notes: { warnings: ["look <here>"], openTrades: [], funnel: {} },
  } as unknown as ReportedRun;
}

Deno.test("report() shows figures, equity, the first trades and every convention", async () => {
  const { "text/html": html, "text/plain": text } = await report(run("mine", 10), { trades: 2 })[JUPYTER_DISPLAY]();
  assert.equal(text, "figure          value\nTotal return  10.00 %\nSharpe ratio        –\nTrades              3");
  assert.match(html, /mine · BTC\/USDT · 1d, 1970-01-01 to 1970-01-11, run aaaaaaaaaa/);
  assert.match(html, /<svg [^>]*aria-label="equity of mine/);
  assert.match(html, /2 of 3 trades/);
  assert.match(html, /All 3 figures, and how each is computed[^]*mean\(r − risk-free\)/);
});

Deno.test("report() sets the benchmark's figures and equity beside the run's", async () => {
  const { "text/html": html } = await report(run("mine", 10), { benchmark: run("held", 5) })[JUPYTER_DISPLAY]();
  assert.match(html, />held<\/th>/);
  assert.match(html, />Total return<\/td><td[^>]*>10\.00 %<\/td><td[^>]*>5\.00 %</);
  assert.match(html, /▬<\/span> held/);
});

Deno.test("report() of an account of several markets says what each contributed", async () => {
  const single = run("mine", 10), { closeTimeMs } = single.equity;
  const book = (instrument: string, share: number) => ({
    strategy: "mine",
    instrument,
    markPrice: closeTimeMs,
    exposureQuote: closeTimeMs,
    pnlQuote: single.equity.equity.map((value) => (value - 1000) * share),
  });
  const holdings = {
    closeTimeMs,
    books: [book("<BTC>", 0.25), book("ETH", 0.75)],
  } as unknown as ReportedRun["holdings"];
  const { "text/html": html } = await report({ ...single, holdings: holdings! })[JUPYTER_DISPLAY]();
  // The last equity is 1100.
  assert.match(
    html,
    /&#60;BTC&#62;<\/td><td[^>]*>0<\/td><td[^>]*>25\.00<\/td><td[^>]*>2\.50 %<\/td><td[^>]*>25\.00 %</,
  );
  assert.match(html, /ETH<\/td><td[^>]*>0<\/td><td[^>]*>75\.00<\/td><td[^>]*>7\.50 %<\/td><td[^>]*>75\.00 %</);
  const { "text/html": alone } = await report(single)[JUPYTER_DISPLAY]();
  assert.ok(!alone.includes("contribution to return"));
});

Deno.test("report() writes reasons and warnings as texts, whatever markup is in them", async () => {
  const { "text/html": html } = await report(run("<script>", 1))[JUPYTER_DISPLAY]();
  assert.ok(!/<script|<exit>|<here>/.test(html));
});
