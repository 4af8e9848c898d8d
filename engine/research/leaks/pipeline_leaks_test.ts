import assert from "node:assert/strict";
import { leakCandles } from "../../testing/leak_candles.ts";
import { leakData } from "./leak_data.ts";
import type { LeakFinding, LeakReport } from "./leak_report.ts";
import { definePipeline, type PipelineDefinition } from "./pipeline.ts";
import { pipelineLeaks } from "./pipeline_leaks.ts";

const btc = leakCandles("BTC/USD", 800, 1), eth = leakCandles("ETH/USD", 800, 2);

function judged(definition: Omit<PipelineDefinition, "id">, history = [btc]): LeakReport {
  return pipelineLeaks(() => definePipeline({ id: "example", ...definition }), leakData(history));
}

const named = ({ findings }: LeakReport) => findings.map(({ kind, name }) => `${kind} ${name}`);

function only(report: LeakReport): LeakFinding {
  assert.equal(report.findings.length, 1, named(report).join(", "));
  return report.findings[0]!;
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

Deno.test("a feature that reads the next candle is named with its line, its first row, one candle ahead, and the values", () => {
  const finding = only(judged({
    features: {
      change: ({ close }) => close.map((price, i) => price / close[i - 1]! - 1),
      peek: ({ close }) => close.map((price, i) => close[i + 1]! - price),
    },
  }));
  assert.equal(`${finding.kind} ${finding.name}`, "feature peek");
  assert.match(finding.place.at!, /pipeline_leaks_test\.ts:\d+:\d+$/);
  assert.deepEqual([finding.fromRow, finding.lookAheadCandles, finding.wholeHistory], [0, 1, false]);
  const [{ row, before, alteredFromRow }] = finding.evidence as [typeof finding.evidence[0]];
  assert.equal(before, btc.close[row + 1]! - btc.close[row]!);
  assert.equal(alteredFromRow, row + 1);
});

Deno.test("how far ahead a feature looks is told exactly, and a whole history as such", () => {
  const reach = (feature: NonNullable<PipelineDefinition["features"]>) => {
    const { lookAheadCandles, wholeHistory } = only(judged({ features: feature }));
    return wholeHistory ? "all" : lookAheadCandles;
  };
  for (const by of [1, 2, 7, 40]) {
    assert.equal(reach({ shifted: ({ close }) => close.map((_, i) => close[i + by]!) }), by);
  }
  assert.equal(reach({ centred: ({ close }) => close.map((_, i) => mean(close.slice(Math.max(0, i - 3), i + 4))) }), 3);
  assert.equal(
    reach({ scaled: ({ close }) => [Math.max(...close)].flatMap((top) => Array.from(close, (price) => price / top)) }),
    "all",
  );
  assert.equal(reach({ byLast: ({ close }) => close.map((price) => price / close.at(-1)!) }), "all");
  assert.equal(reach({ byCount: ({ close }) => close.map((_, i) => i / close.length) }), "all");
});

Deno.test("a leak on a few rows is found where it fires", () => {
  const finding = only(judged({
    features: {
      pivot: ({ high, length }) =>
        Float64Array.from(high, (top, i) => {
          if (i < 30 || i + 2 >= length) return 0;
          for (let k = i - 30; k <= i + 2; k++) if (high[k]! > top) return 0;
          return 1;
        }),
    },
  }));
  assert.equal(finding.lookAheadCandles, 2);
});

Deno.test("who only passes a leak on is not blamed for it", () => {
  assert.deepEqual(
    named(judged({
      features: {
        peek: ({ close }) => close.map((_, i) => close[i + 1]!),
        rising: ({ close }, { features }) => features.peek!.map((next, i) => next > close[i]! ? 1 : 0),
      },
      decide: (_, { features }) => features.rising!,
    })),
    ["feature peek"],
  );
});

Deno.test("labels may look ahead as far as they say, and are measured where they say nothing", () => {
  const next = ({ close }: typeof btc) => close.map((price, i) => close[i + 5]! / price - 1);
  assert.deepEqual(named(judged({ labels: { next, stated: { horizon: 5, of: next } } })), []);
  const short = only(judged({ labels: { short: { horizon: 4, of: next } } }));
  assert.deepEqual([short.kind, short.name, short.lookAheadCandles], ["label", "short", 5]);
  const ranked = only(judged({
    labels: { ranked: (candles) => next(candles).map((value, _, all) => all.filter((other) => other < value).length) },
  }));
  assert.deepEqual([ranked.kind, ranked.name, ranked.wholeHistory], ["label", "ranked", true]);
});

Deno.test("what is fitted may read the training rows only, and labels that are known by their end", () => {
  const features = {
    change: ({ close }: typeof btc) => close.map((price, i) => i === 0 ? 0 : price / close[i - 1]! - 1),
  };
  const labels = { next: ({ close }: typeof btc) => close.map((price, i) => close[i + 5]! / price - 1) };
  const of = (values: Float64Array, rows: Int32Array) => mean(Array.from(rows, (row) => values[row]!));
  assert.deepEqual(
    named(judged({
      features,
      labels,
      fit: {
        honest: (_, { features, train }) => of(features.change!, train),
        everything: (_, { features }) => mean(features.change!),
        encoder: (_, { labels, train }) => of(labels.next!, train),
        allLabels: (_, { labels }) => mean(labels.next!.filter((value) => !Number.isNaN(value))),
      },
    })),
    ["fit everything", "fit allLabels"],
  );
  const unpurged = judged({
    features,
    labels,
    split: () => ({ train: { from: 0, to: 600 }, test: { from: 600, to: 800 } }),
    fit: { encoder: (_, { labels, train }) => of(labels.next!, train) },
  });
  assert.deepEqual(named(unpurged), ["fit encoder", "split split"]);
  assert.match(unpurged.findings[1]!.message, /label "next" looks 5 candles ahead: that of training row 596/);
});

Deno.test("a model of functions is judged by what uses it", () => {
  assert.deepEqual(
    named(judged({
      features: { change: ({ close }) => close.map((price, i) => i === 0 ? 0 : price / close[i - 1]! - 1) },
      fit: {
        model: (_, { features }) => {
          const level = mean(features.change!);
          return { predict: (value: number) => value - level };
        },
      },
      decide: (_, { features, fitted }) => features.change!.map((value) => fitted.model.predict(value)),
    })),
    ["fit model"],
  );
});

Deno.test("shuffled and overlapping rows are the split's fault, purged folds are nobody's", () => {
  const labels = { next: { horizon: 3, of: ({ close }: typeof btc) => close.map((_, i) => close[i + 3]!) } };
  const rows = Array.from({ length: 800 }, (_, row) => row), isTest = (row: number) => row * 7919 % 10 < 3;
  const shuffled = judged({
    labels,
    split: () => ({ train: rows.filter((row) => !isTest(row)), test: rows.filter(isTest) }),
  });
  assert.match(only(shuffled).message, /mixed/);
  const folds = (gap: number) =>
    [0, 200, 400, 600].map((from) => ({
      train: rows.filter((row) => row < from - gap || row >= from + 200 + gap),
      test: { from, to: from + 200 },
    }));
  assert.deepEqual(named(judged({ labels, split: () => folds(2) })), []);
  assert.deepEqual(named(judged({ labels, split: () => folds(1) })), ["split split"]);
});

Deno.test("a universe chosen by what markets do later is found, one chosen by what was known is not", () => {
  const byVolume = (at: (timeMs: number) => number) => ({
    universe: (markets: Readonly<Record<string, typeof btc>>, { timeMs }: { timeMs: number }) => {
      const volume = ({ openTimeMs, volume }: typeof btc) =>
        volume[openTimeMs.findLastIndex((open) => open + 3_600_000 <= at(timeMs))]!;
      return Object.keys(markets).sort((a, b) => volume(markets[b]!) - volume(markets[a]!)).slice(0, 1);
    },
  });
  assert.deepEqual(named(judged(byVolume(() => Infinity), [btc, eth])), ["universe universe"]);
  assert.deepEqual(named(judged(byVolume((timeMs) => timeMs), [btc, eth])), []);
  const survivors = judged({
    universe: (markets) =>
      Object.keys(markets).filter((symbol) => markets[symbol]!.openTimeMs.at(-1) === btc.openTimeMs[799]),
  }, [btc, eth]);
  assert.deepEqual(named(survivors), ["universe universe"]);
});

Deno.test("an entry at the low of the candle that was decided on is found, at its close or the next open it is not", () => {
  const decide = ({ close }: typeof btc) => close.map((price, i) => price > close[i - 3]! ? 1 : 0);
  const priced = (price: (candles: typeof btc) => Float64Array) => named(judged({ decide, price }));
  assert.deepEqual(priced(({ low }) => low), ["price price"]);
  assert.deepEqual(priced(({ low }) => low.map((_, i) => low[i + 1]!)), ["price price"]);
  assert.deepEqual(priced(({ close }) => close), []);
  assert.deepEqual(priced(({ open }) => open.map((_, i) => open[i + 1]!)), []);
});

Deno.test("what keeps something from run to run is told apart from what looks ahead", () => {
  let highest = 0;
  const { kind, name, message } = only(judged({
    features: { record: ({ close }) => close.map((price) => highest = Math.max(highest, price)) },
  }));
  assert.equal(`${kind} ${name}`, "feature record");
  assert.match(message, /keeps something from run to run/);
});

Deno.test("columns captured from outside change with the candles that they were taken from, which are put back", () => {
  const before = btc.close.slice();
  assert.deepEqual(
    named(judged({ decide: ({ close }) => close.map((price, i) => btc.close[i + 1]! > price ? 1 : 0) })),
    [
      "decision example",
    ],
  );
  assert.deepEqual(btc.close, before);
});

Deno.test("rounding, warm-up, equal values and constant columns are no leaks", () => {
  const report = judged({
    features: {
      constant: ({ close }) => close.map(() => 7),
      unknown: ({ close }) => close.map(() => NaN),
      warming: ({ close }) => close.map((_, i) => i < 100 ? NaN : mean(close.slice(i - 99, i + 1))),
      // What cancels leaves rounding behind, which depends on the future.
      suffixSums: ({ close, length }) => {
        const sums = new Float64Array(length + 1);
        for (let i = length - 1; i >= 0; i--) sums[i] = sums[i + 1]! + close[i]!;
        return close.map((_, i) => i < 9 ? NaN : (sums[i - 9]! - sums[i + 1]!) / 10);
      },
      centred: ({ close, length }) => {
        const centre = mean(close), moved = close.map((price) => price - centre);
        return Float64Array.from({ length }, (_, i) => i < 9 ? NaN : mean(moved.slice(i - 9, i + 1)) + centre);
      },
    },
  });
  assert.deepEqual(named(report), []);
  const settled = Object.fromEntries(report.warmUp.map(({ name, candles }) => [name, candles]));
  assert.equal(settled.warming, 100);
  assert.equal(settled.constant, 0);
});

Deno.test("input that cannot be judged says what is wrong", () => {
  const refused = (definition: Omit<PipelineDefinition, "id">, history = [btc]) => {
    try {
      judged(definition, history);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const change = ({ close }: typeof btc) => close.slice();
  assert.match(refused({ features: { change } }, []), /no candles/);
  assert.match(refused({ features: { change } }, [leakCandles("BTC/USD", 20, 1)]), /20 candles .* too few/);
  assert.match(refused({ features: { short: ({ close }) => close.slice(1) } }), /feature short .* 799 values for 800/);
  assert.match(
    refused({
      features: {
        broken: () => {
          throw new Error("no luck");
        },
      },
    }),
    /feature broken .* no luck/,
  );
  assert.match(refused({ fit: { all: (_, { features }) => features.absent } }), /no feature "absent"/);
  assert.match(refused({ split: () => ({ train: [900], test: [1] }) }), /training row 900 of 800/);
  assert.throws(() => definePipeline({ id: "x", feature: {} } as never), /"feature" that is not known/);
  assert.throws(() => definePipeline({ id: "x" }), /no part/);
});

Deno.test("the same seed finds the same", () => {
  const look = () => judged({ features: { peek: ({ close }) => close.map((_, i) => close[i + 2]!) } });
  assert.deepEqual(look(), look());
});
