// Every point of a grid over one history: which trials there are, in which order they are traded, and what is kept of them.
import {
  type BoundStrategies,
  candleRange,
  type ColumnMoney,
  ColumnRunner,
  type ColumnTerms,
  eventTrial,
  type PlainRules,
  plainRules,
  plainTerms,
  type RunFunctions,
  type RunSpec,
  type TrialCandles,
  type TrialMetrics,
  usedCandles,
  type VenueFeed,
} from "../backtest/mod.ts";
import type { CandleColumns } from "../market/mod.ts";
import { Series } from "../series/mod.ts";
import type { Strategy } from "../strategies/mod.ts";
import { certify } from "./certificate.ts";
import { countPoints, type GridOptions, type GridPoint, gridPoints, type ParameterAxes } from "./parameter_grid.ts";
import { canBeSent, knownKernels } from "./known_kernels.ts";
import { type Objective, objectiveOf, ranked, type Study, type SweepTrial, type TrialCertificate } from "./study.ts";
import { sentRules } from "./trial_message.ts";
import type { TrialPool } from "./trial_pool.ts";

/** Trials that are traded together: enough to share what is in the cache, few enough to be interrupted soon. */
const BATCH = 256;
/** Batches that each thread gets in all, at least: so that none waits long for the last one. */
const BATCHES_A_WORKER = 2;

/** What a sweep is about. */
export interface SweepPlan extends GridOptions {
  /** Its parameters are those of the grid. */
  readonly spec: RunSpec;
  readonly strategy: Strategy;
  readonly axes: ParameterAxes;
  /** `sharpe` unless stated. */
  readonly objective?: Objective;
  /** `exact` unless stated: as the event path keeps it. */
  readonly money?: ColumnMoney;
  /** True where the Sharpe ratio of the returns from close to close is wanted, too. */
  readonly perBar?: boolean;
  /** How many of the best trials are run again candle by candle. */
  readonly certify?: number;
  /** Functions that the spec names, and funding and mark prices of its contracts. */
  readonly functions?: RunFunctions;
  readonly feeds?: readonly VenueFeed[];
}

/** What goes on around a sweep. */
export interface SweepSurroundings {
  /** Trials that an earlier run of the same study has done. */
  readonly done?: readonly SweepTrial[];
  /** Sees each batch of trials once it is done, and may keep it. */
  readonly onTrials?: (trials: readonly SweepTrial[]) => void | Promise<void>;
  /** Threads that trade the trials; without them this one does. */
  readonly pool?: TrialPool;
  /** Called with how many are done; false ends the sweep early, with what there is. */
  readonly progress?: (done: number, total: number) => boolean;
}

/** What a sweep goes through: the points of its grid, and the candles that all of them are traded on. */
export interface SweepInput {
  readonly points: readonly GridPoint[];
  readonly candles: TrialCandles;
}

/**
 * The points and candles of a sweep.
 *
 * @throws {InputError} as `gridPoints` does, and `candles` when the market has none in the range.
 */
export function sweepInput(plan: SweepPlan, history: readonly CandleColumns[]): SweepInput {
  const points = gridPoints(plan.strategy, plan.axes, plan);
  return { points, candles: sweepCandles(plan, points, history) };
}

/**
 * Trades every point of a grid. Trials that the column path can trade are traded over columns, in blocks of rows for many of
 * them at once; the others candle by candle, and say why.
 *
 * All trials decide on the same candles: the history begins where the longest look-back among them wants it to.
 */
export async function runSweep(
  plan: SweepPlan,
  { points, candles }: SweepInput,
  { done = [], onTrials, progress, pool }: SweepSurroundings = {},
): Promise<Study> {
  const { spec, strategy, axes, objective = objectiveOf("sharpe"), money = "exact", perBar = false } = plan;
  const trials = new Map(done.map((trial) => [trial.index, trial]));
  const desk = new TrialDesk(spec, candles, { money, perBar }, pool ?? null);
  const rest = points.filter(({ index }) => !trials.has(index));
  for await (const made of desk.batches(rest, () => progress?.(trials.size, points.length) !== false)) {
    for (const trial of made) trials.set(trial.index, trial);
    await onTrials?.(made);
  }
  progress?.(trials.size, points.length);
  const all = points.flatMap(({ index }) => trials.get(index) ?? []);
  const best = ranked(all, objective);
  const top = best.slice(0, plan.certify ?? 0).map((trial) =>
    desk.certify(trial, points.find(({ index }) => index === trial.index)!)
  );
  desk.release();
  return {
    strategy: strategy.id,
    spec,
    axes,
    money,
    objective,
    trials: all,
    points: points.length,
    refused: countPoints(axes) - points.length,
    best: best.find(({ metrics }) => metrics[objective.metric] !== null) ?? null,
    certificates: top,
  };
}

/** The candles that all trials of a study decide on, with the look-back of the one that wants the most. */
export function sweepCandles(
  { spec, functions = {}, feeds = [] }: SweepPlan,
  points: readonly GridPoint[],
  history: readonly CandleColumns[],
): TrialCandles {
  return { ...usedCandles(spec, widest(spec, points), history), functions, feeds };
}

/** The strategy whose candles begin first. */
export function widest(spec: RunSpec, points: readonly GridPoint[]): BoundStrategies {
  const first = points[0]!.strategy;
  if (spec.from === null) return first;
  let found = first, earliest = Infinity;
  for (const { strategy } of points) {
    const from = candleRange(spec, strategy).from ?? -Infinity;
    if (from < earliest) [found, earliest] = [strategy, from];
  }
  return found;
}

/** Trades trials of one study: over columns where that is possible, on other threads where there are some. */
class TrialDesk {
  readonly #terms: ColumnTerms | null;
  /** Why no trial of the study can be traded over columns. */
  readonly #why: string | null;
  readonly #kernels = knownKernels();
  #runner: ColumnRunner | null = null;

  constructor(
    readonly spec: RunSpec,
    readonly candles: TrialCandles,
    readonly how: { readonly money: ColumnMoney; readonly perBar: boolean },
    readonly pool: TrialPool | null,
  ) {
    const terms = plainTerms(spec, how.money);
    this.#terms = typeof terms === "string" ? null : terms;
    this.#why = typeof terms === "string" ? terms : null;
  }

  /** Batch after batch in the order of the points, while there are some and it may go on. */
  async *batches(points: readonly GridPoint[], mayGoOn: () => boolean): AsyncGenerator<SweepTrial[]> {
    const { pool, candles: { used, tradeFromMs } } = this;
    const size = pool === null ? BATCH : Math.min(BATCH, Math.ceil(points.length / pool.size / BATCHES_A_WORKER));
    if (pool !== null && this.#terms !== null && points.length > 0) {
      await pool.begin({ used, tradeFromMs, terms: this.#terms, ...this.how });
    }
    // So many are on their way that each thread has another one to go on with.
    const ahead = pool === null ? 1 : 2 * pool.size, running: Promise<SweepTrial[]>[] = [];
    for (let at = 0; at < points.length || running.length > 0;) {
      while (running.length < ahead && at < points.length && mayGoOn()) {
        running.push(this.#trade(points.slice(at, at + size)));
        at += size;
      }
      const next = running.shift();
      if (next === undefined) return;
      yield await next;
    }
  }

  async #trade(points: readonly GridPoint[]): Promise<SweepTrial[]> {
    const rules = points.map(({ strategy }) => this.#why ?? plainRules(strategy));
    const plain = rules.filter((own) => typeof own !== "string");
    const figures = plain.length === 0 ? [] : await this.#figures(plain);
    let next = 0;
    return points.map((point, i) => {
      const own = rules[i]!;
      if (typeof own === "string") return this.#byEvents(point, own);
      const metrics = figures[next++]!;
      if (metrics === null) return this.#byEvents(point, "its account went beyond what columns keep exactly");
      return { index: point.index, params: point.params, path: "columns", metrics };
    });
  }

  /** Rules with kernels of the user's own cannot be sent to another thread. */
  async #figures(rules: readonly PlainRules[]): Promise<readonly (TrialMetrics | null)[]> {
    const sent = this.pool !== null && rules.every((own) => canBeSent(seriesOf(own), this.#kernels));
    return sent ? await this.pool!.trade(rules.map(sentRules)) : this.#own().run(rules);
  }

  #own(): ColumnRunner {
    return this.#runner ??= new ColumnRunner(this.candles, this.#terms!, this.how.money, this.how.perBar);
  }

  certify(trial: SweepTrial, { strategy }: GridPoint): TrialCertificate {
    const rules = plainRules(strategy);
    if (trial.path === "events" || typeof rules === "string") {
      return { index: trial.index, equal: true, trades: trial.metrics.tradeCount ?? 0, differences: [] };
    }
    const { spec, candles } = this;
    return certify(trial.index, spec, strategy, candles, { runner: this.#own(), rules, metrics: trial.metrics });
  }

  release(): void {
    this.#runner?.release();
    this.#runner = null;
  }

  #byEvents({ index, params, strategy }: GridPoint, why: string): SweepTrial {
    return {
      index,
      params,
      path: "events",
      why,
      metrics: eventTrial(this.spec, strategy, this.candles, this.how.perBar).metrics,
    };
  }
}

function seriesOf({ enter, exit, enterShort, exitShort, stop, target }: PlainRules): Series[] {
  const lists = [enter, exit, enterShort, exitShort].flat().map(({ when }) => when);
  return [...lists, ...[stop, target].filter((own) => own instanceof Series)];
}
