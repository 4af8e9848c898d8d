import assert from "node:assert/strict";
import fc from "fast-check";
import { sma } from "./indicators/mod.ts";
import { instrument } from "./market/mod.ts";
import { quantity } from "./money/mod.ts";
import type { RiskRule } from "./risk/mod.ts";
import { close } from "./series/mod.ts";
import { defineStrategy, percent } from "./strategies/mod.ts";
import { randomCandles } from "./testing/random_candles.ts";
import { timeframe } from "./time/mod.ts";
import { backtest } from "./workbench.ts";
import { parseRunSpec, runBacktest } from "./backtest/mod.ts";

const HOUR_MS = 3_600_000;
const minute = timeframe("1m"), btc = instrument({ exchange: "test", symbol: "BTC/USDT" });
const restless = defineStrategy({
  id: "restless",
  params: {},
  rules: () => ({ enter: close.gt(sma(close, 3)), exit: close.lt(sma(close, 4)), stop: percent(2) }),
});
const history = randomCandles(btc, minute, Date.UTC(2024, 0, 1), 200);
const [candles] = fc.sample(history.filter(({ length }) => length > 150), { numRuns: 1, seed: 3 });

const secondHalfOfTheHour: RiskRule = ({ decidedAtMs }) =>
  decidedAtMs % 3_600_000 < 1_800_000 ? { code: "first-half", reason: "the hour is young" } : null;
const noMoreThanOne: RiskRule = (order) =>
  order.quantity > quantity("1")
    ? { code: "more-than-one", reason: "no more than one", shrinkTo: quantity("1") }
    : null;

Deno.test("a rule of one's own refuses and shrinks entries, never exits, and is counted by its code", async () => {
  const free = await backtest(restless, candles!);
  const run = await backtest(restless, candles!, { rules: [secondHalfOfTheHour, noMoreThanOne] });
  assert.ok(free.trades.some(({ entryTimeMs }) => entryTimeMs % HOUR_MS < HOUR_MS / 2));
  assert.ok(run.trades.length > 3);
  assert.ok(run.trades.every(({ entryTimeMs, quantity }) => entryTimeMs % HOUR_MS >= HOUR_MS / 2 && quantity <= 1));
  assert.ok(run.trades.some(({ exitTimeMs }) => exitTimeMs % HOUR_MS < HOUR_MS / 2));
  assert.ok(run.notes.funnel["refused:first-half"]! > 0);
  assert.equal(run.notes.funnel["shrunk:more-than-one"], run.notes.funnel["orders:entry"]);
});

Deno.test("rules are part of a run's identity by name and text, and a run without them stays as it was", async () => {
  const none = await backtest(restless, candles!), empty = await backtest(restless, candles!, { rules: [] });
  assert.equal("rules" in none.manifest, false);
  const hash = async (...rules: RiskRule[]) => (await backtest(restless, candles!, { rules })).manifest.run.hash;
  const renamed = { other: ((_) => null) as RiskRule }.other;
  const seen = [
    none.manifest.run.hash,
    await hash(noMoreThanOne),
    await hash(secondHalfOfTheHour),
    await hash(noMoreThanOne, secondHalfOfTheHour),
    await hash(secondHalfOfTheHour, noMoreThanOne),
    await hash(renamed),
  ];
  assert.equal(new Set(seen).size, seen.length);
  assert.equal(await hash(noMoreThanOne), seen[1]);
  assert.deepEqual(empty.trades, none.trades);
});

Deno.test("a manifest that names rules is repeated with them, and refuses to run without or with others (5 cases)", async () => {
  const first = await backtest(restless, candles!, { rules: [noMoreThanOne] });
  const spec = parseRunSpec(JSON.parse(JSON.stringify(first.manifest)));
  const again = (rules: RiskRule[]) => runBacktest(spec, restless.bind(), [candles!], undefined, { rules });
  assert.equal((await again([noMoreThanOne])).manifest.run.hash, first.manifest.run.hash);
  await assert.rejects(again([]), /risk rule noMoreThanOne, and it was not given: pass it in rules/);
  await assert.rejects(again([secondHalfOfTheHour]), /secondHalfOfTheHour was given in its place/);
  await assert.rejects(again([noMoreThanOne, secondHalfOfTheHour]), /does not name the risk rule secondHalfOfTheHour/);
  await assert.rejects(again([{ noMoreThanOne: ((_) => null) as RiskRule }.noMoreThanOne]), /its text has changed/);
  await assert.rejects(backtest(restless, candles!, { rules: [(() => null) as RiskRule] }), /needs a name/);
});

Deno.test("the funnel loses nothing on the way from signals to fills, over 300 random histories", async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.boolean(), async (own, shrinkToFit) => {
      const limits = { maxExposureFraction: 0.5, maxEntriesPerDay: 20, shrinkToFit };
      const { notes: { funnel }, trades } = await backtest(restless, own, { limits, slippage: 5 });
      const sum = (prefix: string) =>
        Object.entries(funnel).reduce((total, [name, count]) => total + (name.startsWith(prefix) ? count : 0), 0);
      assert.equal(sum("requests"), sum("signals:"));
      assert.equal(sum("orders:"), funnel["orders"] ?? 0);
      // A stop and an exit are never refused here: what was refused were entries.
      assert.equal(funnel["signals:enter"] ?? 0, sum("refused:") + sum("orders:entry"));
      const ended = sum("ended:entry:"), live = sum("orders:entry") - ended;
      assert.ok(live === 0 || live === 1, `${live} entries are on their way at the end`);
      assert.ok(trades.length <= sum("ended:entry:filled") + sum("ended:entry:partly-filled"));
      assert.equal(sum("fills"), sum("ended:entry:filled") + sum("ended:close:filled") + sum("ended:stop:filled"));
    }),
    { numRuns: 300 },
  );
});
