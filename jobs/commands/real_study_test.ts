// A whole study on real candles, as its user makes it: a grid, a walk and a verdict.
import assert from "node:assert/strict";
import { requireOrSkip, sharedPath } from "../../engine/testing/shared_data.ts";
import { swingingDays, withProgram } from "../testing/program.ts";

const FILE = "data/candles/binance/BTCUSDT_1h.parquet";
const MARKET = ["--strategy", "sma-cross", "--symbol", "BTC/USDT", "--timeframe", "1h"];
const GRID = ["--grid", "fast=5:60:5", "--grid", "slow=70:300:10"];
/** All three commands together, on one core. */
const MOST_MS = 60_000;

Deno.test("nine years of hourly bitcoin go from a grid to an honest verdict by three commands in less than a minute", async () => {
  const path = sharedPath(FILE);
  if (!requireOrSkip("goldens", path !== undefined, FILE)) return;
  await withProgram(swingingDays(30), async (program) => {
    await program("candles", "import", path!, "--exchange", "binance", "--symbol", "BTC/USDT", "--timeframe", "1h");
    const startMs = performance.now();
    const swept = JSON.parse((await program("sweep", ...MARKET, ...GRID, "--json")).stdout);
    await program("walk-forward", ...MARKET, ...GRID, "--train", "730d", "--test", "180d");
    const { fast, slow } = swept.best.params;
    const best = ["--param", `fast=${fast}`, `slow=${slow}`];
    const study = JSON.parse((await program("robustness", ...MARKET, ...best, "--json")).stdout);
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < MOST_MS, `it took ${Math.round(tookMs)} ms`);

    const { verdict, evidence, crisis, actual, held } = study;
    assert.equal(evidence.judgement.trials, 288 + 14 * 289);
    assert.deepEqual(evidence.overfitting, swept.overfitting);
    assert.equal(crisis.windows.length, 4);
    // The best of the grid looks better than holding in every way …
    assert.ok(actual.cagrFraction > held.cagrFraction && actual.sharpe > held.sharpe);
    // … and choosing it does not: by half of the history, and again and again, with less than holding brought.
    assert.equal(verdict.headline, "does not hold up");
    const against: { rule: string; sentence: string }[] = verdict.against;
    assert.match(
      against.find(({ rule }) => rule === "overfitting")!.sentence,
      /288 parameters .* \d\d % of the splits/,
    );
    assert.match(against.find(({ rule }) => rule === "walk-forward")!.sentence, /14 windows .* holding \d\d %/);
    const years = [...against, ...verdict.inFavour].find(({ rule }) => rule === "years");
    assert.match(years.sentence, /20\d\d and 20\d\d made \d\d % of its growth; the other years returned/);
  });
});
