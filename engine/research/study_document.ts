// Studies as the documents that pages draw: pure functions of them, so the same study gives the same bytes.
import type { RunSpec, TrialCandles } from "../backtest/mod.ts";
import {
  type Figure,
  rowsToKeep,
  STUDY_VERSION,
  type StudyAxis,
  type StudyDocument,
  type StudyJudgement,
  type StudyOverfitting,
  type StudySubject,
  type WalkDocument,
} from "../metrics/mod.ts";
import type { ParameterValue } from "../strategies/mod.ts";
import { barClose, type TimestampMs, YEAR_MS } from "../time/mod.ts";
import type { JudgedStudy } from "./judged_study.ts";
import type { OverfittingTests } from "./overfitting_tests.ts";
import type { JudgedSearch } from "./search/judged_search.ts";
import { type PlateauMap, plateauMap } from "./search/plateau_map.ts";
import { surfaceOf } from "./search/trial_surface.ts";
import { objectiveOf, type SweepTrial } from "./study.ts";
import type { TrialJudgement } from "./trial_family.ts";
import type { WalkForward } from "./walk_forward.ts";

/** Trials above which a page is slow: the first ones are kept, and the best. */
const MOST_TRIALS = 10_000;
const MOST_POINTS = 2_000;

/** What sweeps and searches have in common. */
interface Documented
  extends
    Pick<JudgedStudy, "strategy" | "spec" | "money" | "objective" | "trials" | "points" | "refused" | "judgement">,
    Pick<JudgedStudy, "overfitting" | "halves"> {
  readonly kind: StudyDocument["kind"];
  readonly axes: Readonly<Record<string, unknown>>;
  readonly best: SweepTrial | null;
  readonly plateau: PlateauMap;
}

/** A sweep as a document. @param candles What its trials were traded on. */
export function studyDocument(study: JudgedStudy, candles: TrialCandles): StudyDocument {
  const plateau = plateauMap(surfaceOf(study), study.best?.index);
  return documentOf({ ...study, kind: "sweep", plateau }, candles);
}

/** A search as a document: by its first objective, and of its trials those over the whole history. */
export function searchDocument(study: JudgedSearch, candles: TrialCandles): StudyDocument {
  const objective = study.objectives[0] ?? objectiveOf("sharpe");
  const trials = study.trials.filter(({ fraction }) => fraction === 1),
    points = study.ended === "interrupted" ? study.wanted : trials.length;
  return documentOf({ ...study, kind: "search", objective, trials, points, halves: [] }, candles);
}

function documentOf(study: Documented, { used, tradeFromMs }: TrialCandles): StudyDocument {
  const { trials, best, halves, judgement, spec, objective, kind } = study, own = used[0]!;
  const names = Object.keys(study.axes), around = new Map(study.plateau.points.map((point) => [point.index, point]));
  const all = trials.map(({ index, params, metrics }, i) => ({
    params: names.map((name) => params[name]!),
    metrics: metrics as unknown as Readonly<Record<string, Figure>>,
    firstSharpe: halves[i]?.[0] ?? null,
    secondSharpe: halves[i]?.[1] ?? null,
    neighboursKeep: around.get(index)?.kept?.median ?? null,
  }));
  const bestAt = best === null ? null : trials.findIndex(({ index }) => index === best.index);
  const kept = all.length <= MOST_TRIALS ? all : all.slice(0, MOST_TRIALS);
  if (bestAt !== null && bestAt >= kept.length) kept[kept.length - 1] = all[bestAt]!;
  const endMs = barClose(own.timeframe, own.openTimeMs[own.length - 1] as TimestampMs);
  return {
    version: STUDY_VERSION,
    kind,
    subject: subjectOf(study.strategy, spec, tradeFromMs, endMs),
    objective,
    axes: axesOf(names, trials),
    trials: kept,
    points: study.points,
    refused: study.refused,
    best: bestAt === null ? null : Math.min(bestAt, kept.length - 1),
    judgement: judgement && judgementOf(judgement),
    overfitting: overfittingOf(study.overfitting),
    plateau: { verdict: study.plateau.verdict, text: study.plateau.text },
    warnings: [
      ...(trials.length < study.points
        ? [`The study was interrupted: ${trials.length} of ${study.points} points were traded.`]
        : []),
      ...(kept.length < all.length ? [`The page shows ${kept.length} of ${all.length} trials.`] : []),
      ...(study.refused > 0 ? [`The strategy refuses ${study.refused} points of the grid; they were left out.`] : []),
      ...byEventsWarning(study),
      ...(study.money === "exact"
        ? []
        : ["Money was not rounded: these trials are no runs that a backtest repeats. They count all the same."]),
    ],
  };
}

/** A walk through history as a document. */
export function walkDocument(walk: WalkForward): WalkDocument {
  const { steps, equity, layout, spec, objective, judgement, metrics } = walk, names = Object.keys(walk.axes);
  const rows = rowsToKeep([equity.equity], MOST_POINTS), first = steps[0], last = steps.at(-1);
  const testedMs = (last?.test.toMs ?? 0) - (first?.test.fromMs ?? 0);
  return {
    version: STUDY_VERSION,
    kind: "walk-forward",
    subject: subjectOf(walk.strategy, spec, first?.train.fromMs ?? 0, last?.test.toMs ?? 0),
    objective,
    axes: axesOf(names, steps.flatMap(({ params }) => params === null ? [] : { params })),
    layout: { gapDays: 0, anchored: false, ...layout },
    windows: steps.map(({ train, test, params, inSample, outOfSample }) => ({
      trainFromMs: train.fromMs,
      trainToMs: train.toMs,
      testFromMs: test.fromMs,
      testToMs: test.toMs,
      params: params && names.map((name) => params[name]!),
      trainSharpe: inSample?.sharpe ?? null,
      testSharpe: outOfSample?.sharpe ?? null,
      testReturnFraction: outOfSample?.totalReturnFraction ?? null,
      testMaxDrawdownFraction: outOfSample?.maxDrawdownFraction ?? null,
      testTrades: outOfSample?.tradeCount ?? 0,
    })),
    equity: {
      timeMs: rows.map((row) => equity.closeTimeMs[row]!),
      equity: rows.map((row) => equity.equity[row]!),
    },
    startingCash: spec.account.cashQuote,
    metrics,
    judgement: judgementOf(judgement),
    efficiencyRatio: walk.efficiencyRatio,
    winningTestsFraction: walk.winningTestsFraction,
    warnings: [
      ...(steps.length < walk.windows
        ? [`The walk was interrupted: ${steps.length} of ${walk.windows} windows are done.`]
        : []),
      ...(testedMs < YEAR_MS ? ["All tests together are shorter than a year: they say little."] : []),
    ],
  };
}

function subjectOf(strategy: string, { markets, timeframe }: RunSpec, fromMs: number, toMs: number): StudySubject {
  return {
    strategy,
    markets: markets.map(({ symbol }) => symbol).join(", "),
    exchange: [...new Set(markets.map(({ exchange }) => exchange))].join(", "),
    timeframe,
    fromMs,
    toMs,
  };
}

function axesOf(
  names: readonly string[],
  trials: readonly { readonly params: Readonly<Record<string, ParameterValue>> }[],
): StudyAxis[] {
  return names.map((name) => {
    const values = [...new Set(trials.map(({ params }) => params[name]!))];
    return { name, values: values.toSorted((a, b) => a < b ? -1 : a > b ? 1 : 0) };
  });
}

function judgementOf({ haircuts: _, ...own }: TrialJudgement): StudyJudgement {
  return own;
}

function overfittingOf(tests: OverfittingTests): StudyOverfitting {
  const { trials, days } = tests;
  if ("reason" in tests) return { trials, days, reason: tests.reason };
  return {
    trials,
    days,
    pbo: tests.pbo,
    probabilityOfLoss: tests.probabilityOfLoss,
    realityCheckPValue: tests.realityCheck.pValue,
    superiorPredictiveAbilityPValue: tests.superiorPredictiveAbility.consistent,
  };
}

function byEventsWarning({ trials }: Documented): string[] {
  const found = trials.filter(({ path }) => path === "events");
  return found.length === 0 ? [] : [`${found.length} trials were traded candle by candle: ${found[0]!.why}.`];
}
