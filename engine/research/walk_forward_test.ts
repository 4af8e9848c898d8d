import assert from "node:assert/strict";
import { parseRunSpec, runBacktest } from "../backtest/mod.ts";
import { instrument } from "../market/mod.ts";
import { smaCross } from "../strategies/mod.ts";
import { plainHistory } from "../testing/random_history.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import { range, runSweep, runWalkForward, sweepInput, type SweepPlan, walkForwardWindows } from "./mod.ts";

const DAY_MS = 86_400_000, START_MS = Date.UTC(2024, 0, 1);
const market = { exchange: "test", symbol: "BTC/USDT" };
const candles = plainHistory(instrument(market), { seed: 5, startMs: START_MS, length: 24 * 100 });
const sweep: SweepPlan = {
  spec: parseRunSpec({ strategy: "sma-cross", params: {}, markets: [market], timeframe: "1h" }),
  strategy: smaCross,
  axes: { fast: range(2, 6), slow: range(10, 40, 10) },
};
const days = (...own: number[]) => own.map((day) => (START_MS + day * DAY_MS) as TimestampMs);

Deno.test("windows roll: each training is as long, each test begins where the last one ended, a gap lies between", () => {
  const [fromMs, toMs] = days(0, 100);
  const rolling = walkForwardWindows({ fromMs: fromMs!, toMs: toMs! }, { trainDays: 40, testDays: 25, gapDays: 5 });
  const spans = (own: typeof rolling) =>
    own.map(({ train, test }) =>
      [train.fromMs, train.toMs, test.fromMs, test.toMs].map((ms) => (ms - START_MS) / DAY_MS)
    );
  assert.deepEqual(spans(rolling), [[0, 40, 45, 70], [25, 65, 70, 95], [50, 90, 95, 100]]);
  const anchored = walkForwardWindows({ fromMs: fromMs!, toMs: toMs! }, {
    trainDays: 40,
    testDays: 30,
    anchored: true,
  });
  assert.deepEqual(spans(anchored), [[0, 40, 40, 70], [0, 70, 70, 100]]);
});

Deno.test("a window longer than the data, or no length, is refused with what to do", () => {
  const [fromMs, toMs] = days(0, 100), span = { fromMs: fromMs!, toMs: toMs! };
  assert.throws(
    () => walkForwardWindows(span, { trainDays: 100, testDays: 10 }),
    /are 100 days: a training of 100 days leaves none to test on\. Shorten the training/,
  );
  assert.throws(() => walkForwardWindows(span, { trainDays: 90, testDays: 10, gapDays: 10 }), /and a gap of 10 days/);
  for (const testDays of [0, -1, NaN, Infinity, 1e-12]) {
    assert.throws(() => walkForwardWindows(span, { trainDays: 10, testDays }), /a test of .* days is none/);
  }
});

Deno.test("each window trades what its own training found best, and one account goes through all of them", async () => {
  const walk = await runWalkForward({ sweep, layout: { trainDays: 40, testDays: 20, gapDays: 1 } }, [candles]);
  assert.deepEqual([walk.steps.length, walk.windows], [3, 3]);
  let cashQuote = sweep.spec.account.cashQuote, closes = 0;
  for (const step of walk.steps) {
    const [trainFrom, trainTo, from, to] = [step.train.fromMs, step.train.toMs, step.test.fromMs, step.test.toMs]
      .map((ms) => formatTimestamp(ms)) as [string, string, string, string];
    const training = { ...sweep, spec: { ...sweep.spec, from: trainFrom, to: trainTo } };
    const { best } = await runSweep(training, sweepInput(training, [candles]));
    const bound = smaCross.bind(best!.params), { fillRules, account } = sweep.spec;
    const test = await runBacktest(
      {
        ...sweep.spec,
        params: bound.params,
        from,
        to,
        account: { ...account, cashQuote },
        fillRules: { ...fillRules, id: `${fillRules.id}, closing at the end`, atEnd: "close-at-last-open" },
      },
      bound,
      [candles],
    );
    assert.equal(step.runHash, test.manifest.run.hash);
    assert.deepEqual(step.params, test.manifest.params);
    assert.deepEqual(test.notes.openTrades, []);
    closes += test.equity.equity.length;
    cashQuote = test.equity.equity.at(-1)!;
  }
  assert.equal(walk.equity.equity.length, closes);
  assert.equal(walk.metrics.finalEquityQuote, cashQuote);
  assert.equal(walk.metrics.totalReturnFraction, cashQuote / sweep.spec.account.cashQuote - 1);
  assert.ok(walk.equity.closeTimeMs.every((ms, i, all) => i === 0 || ms > all[i - 1]!));
});

Deno.test("every trial of every training and every test is there for the ledger, in order", async () => {
  const walk = await runWalkForward({ sweep, layout: { trainDays: 40, testDays: 30 } }, [candles]);
  assert.equal(walk.evaluated.length, 2 * (20 + 1));
  assert.ok(walk.evaluated.every(({ source }) => source === "walk-forward"));
  assert.equal(walk.evaluated[20]!.hash, walk.steps[0]!.runHash);
  assert.equal(new Set(walk.evaluated.map(({ hash }) => hash)).size, 42);
});

Deno.test("what is known later changes no choice: a history cut after a test has the same windows up to there", async () => {
  const layout = { trainDays: 40, testDays: 20 };
  const whole = await runWalkForward({ sweep, layout }, [candles]);
  const cut = { ...sweep, spec: { ...sweep.spec, to: formatTimestamp(whole.steps[0]!.test.toMs) } };
  const short = await runWalkForward({ sweep: cut, layout }, [candles]);
  assert.deepEqual(short.steps, whole.steps.slice(0, 1));
});

Deno.test("an interrupted walk keeps the windows that are whole", async () => {
  const walk = await runWalkForward({ sweep, layout: { trainDays: 40, testDays: 20 } }, [candles], {
    progress: (done) => done < 20,
  });
  assert.deepEqual([walk.steps.length, walk.windows], [1, 3]);
});
