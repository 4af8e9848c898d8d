// Published examples and figures of other programs, see the README of the shared goldens for their conventions.
import assert from "node:assert/strict";
import { probabilisticSharpe, type SharpeSample } from "../metrics/mod.ts";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";
import {
  backtestOverfitting,
  deflatedSharpe,
  expectedMaximumSharpe,
  expectedMaximumZ,
  minimumBacktestYears,
  minimumTrackRecord,
  returnMoments,
  sharpeStandardError,
} from "./mod.ts";

interface Inputs {
  sr: number;
  n: number;
  skew: number;
  kurtosis: number;
  benchmark: number;
  prob: number;
  unit: string;
  n_trials: number;
  sharpe_is: number;
  variance_of_trial_sr: number;
}

interface SplitDetail {
  best_index: number[];
  w_bar: number[];
  logits: number[];
  is_sharpe: number[];
  oos_sharpe: number[];
}

type Figures = Record<string, number>;

interface Goldens {
  worked_examples: {
    kind: string;
    inputs: Inputs;
    published: number;
    published_tolerance: number;
    full_precision: number;
  }[];
  series_example: { returns: number[]; skew: number; kurtosis: number; expected: Figures };
  cscv: {
    name: string;
    matrix_rows: number[][];
    results: (Figures & { detail?: SplitDetail })[];
    deflated: Figures & { sharpes: number[] };
  }[];
}

const path = sharedPath("goldens/overfitting.json");
const goldens: Goldens | null = path === undefined ? null : JSON.parse(Deno.readTextFileSync(path));

function assertNear(actual: number | null, expected: number, what: string, relative = 1e-11): void {
  assert.ok(actual !== null, what);
  const allowed = relative * Math.max(Math.abs(expected), 1e-3);
  assert.ok(Math.abs(actual - expected) <= allowed, `${what}: ${actual} is not ${expected}`);
}

const sampleOf = ({ sr, n, skew, kurtosis }: Inputs): SharpeSample => ({
  sharpe: sr,
  count: n,
  skewness: skew,
  kurtosis,
});

/** What each kind of example computes. */
const FORMULAS: Record<string, (inputs: Inputs) => number | null> = {
  psr: (inputs) => probabilisticSharpe(sampleOf(inputs), inputs.benchmark),
  sr_std: (inputs) => sharpeStandardError(sampleOf(inputs)),
  min_trl: (inputs) => {
    const observations = minimumTrackRecord(sampleOf(inputs), inputs.benchmark, inputs.prob);
    return observations === null ? null : observations / Number(/observations\/(\d+)/.exec(inputs.unit)![1]);
  },
  expected_max_z: ({ n_trials }) => expectedMaximumZ(n_trials),
  min_btl_years: ({ n_trials, sharpe_is }) => minimumBacktestYears(n_trials, sharpe_is),
  sr0: ({ n_trials, variance_of_trial_sr }) => expectedMaximumSharpe(n_trials, variance_of_trial_sr),
  dsr: (inputs) => deflatedSharpe(sampleOf(inputs), inputs.n_trials, inputs.variance_of_trial_sr),
};

Deno.test("published figures on Sharpe ratios and trials come out, and to eleven digits where those are known", () => {
  if (!requireOrSkip("goldens", goldens !== null, "goldens/overfitting.json")) return;
  for (const { kind, inputs, published, published_tolerance, full_precision } of goldens!.worked_examples) {
    const what = `${kind} of ${JSON.stringify(inputs)}`, value = FORMULAS[kind]!(inputs);
    assertNear(value, full_precision, what);
    assert.ok(Math.abs(value! - published) <= published_tolerance, `${what}: published ${published}`);
  }
  assert.equal(goldens!.worked_examples.length, 17);
});

Deno.test("the moments of a series give its standard error, probability and track record", () => {
  if (!requireOrSkip("goldens", goldens !== null, "goldens/overfitting.json")) return;
  const { returns, skew, kurtosis, expected } = goldens!.series_example, moments = returnMoments(returns);
  assertNear(moments.skewness, skew, "skewness");
  assertNear(moments.kurtosis, kurtosis, "kurtosis");
  assertNear(moments.sharpe, expected.sr!, "Sharpe ratio");
  const sample = moments as SharpeSample;
  assertNear(sharpeStandardError(sample), expected.sr_std!, "standard error");
  assertNear(probabilisticSharpe(sample, 0.05), expected.psr_benchmark_0_05!, "probability");
  assertNear(minimumTrackRecord(sample, 0.05, 0.9), expected.min_trl_benchmark_0_05_prob_0_90!, "track record");
});

for (const { name, matrix_rows, results, deflated } of goldens?.cscv ?? []) {
  const columns = matrix_rows[0]!.map((_, j) => Float64Array.from(matrix_rows, (row) => row[j]!));

  Deno.test(`PBO by CSCV of ${name}, split by split`, () => {
    for (const { detail, ...expected } of results) {
      const actual = backtestOverfitting(columns, expected.S);
      const what = (figure: string) => `${figure} of ${name} in ${expected.S} blocks`;
      assert.equal(actual.droppedPeriods, expected.rows_dropped_at_start);
      assert.equal(actual.splits.logits.length, expected.n_combinations);
      assertNear(actual.pbo, expected.pbo!, what("PBO"));
      assertNear(actual.probabilityOfLoss, expected.prob_oos_loss!, what("probability of loss"));
      assertNear(actual.degradation!.slope, expected.slope!, what("slope"), 1e-10);
      assertNear(actual.degradation!.intercept, expected.intercept!, what("intercept"), 1e-10);
      assertNear(actual.degradation!.rSquared, expected.r2!, what("R²"), 1e-10);
      assertNear(actual.meanLogit, expected.mean_logit!, what("mean logit"));
      assertNear(actual.medianLogit, expected.median_logit!, what("median logit"));
      if (detail === undefined) continue;
      assert.deepEqual(Array.from(actual.splits.best), detail.best_index);
      for (const [i, rank] of detail.w_bar.entries()) {
        assertNear(actual.splits.relativeRank[i]!, rank, what(`rank ${i}`));
        assertNear(actual.splits.logits[i]!, detail.logits[i]!, what(`logit ${i}`));
        assertNear(actual.splits.inSample[i]!, detail.is_sharpe[i]!, what(`Sharpe ratio in sample ${i}`));
        assertNear(actual.splits.outOfSample[i]!, detail.oos_sharpe[i]!, what(`Sharpe ratio out of sample ${i}`));
      }
    }
  });

  Deno.test(`the deflated Sharpe ratio of the best column of ${name}`, () => {
    const moments = columns.map((column) => returnMoments(column));
    for (const [j, sharpe] of deflated.sharpes.entries()) assertNear(moments[j]!.sharpe, sharpe, `Sharpe ratio ${j}`);
    const sample = moments[deflated.best_index!] as SharpeSample, { variance_of_trial_sr, n_trials } = deflated;
    assertNear(sample.skewness, deflated.skew!, "skewness");
    assertNear(sample.kurtosis, deflated.kurtosis!, "kurtosis");
    assertNear(probabilisticSharpe(sample), deflated.psr_0!, "PSR");
    assertNear(expectedMaximumZ(n_trials!), deflated.expected_max_z!, "expected maximum");
    assertNear(expectedMaximumSharpe(n_trials!, variance_of_trial_sr!), deflated.sr0!, "threshold");
    assertNear(deflatedSharpe(sample, n_trials!, variance_of_trial_sr!), deflated.dsr!, "DSR");
    assertNear(minimumTrackRecord(sample), deflated.min_trl_95!, "track record");
  });
}
