// Where the trials of a study are traded: which engine takes each, and on which thread.
import {
  type ColumnMoney,
  ColumnRunner,
  type ColumnTerms,
  eventTrial,
  type PlainRules,
  plainRules,
  plainTerms,
  type RunSpec,
  type TrialCandles,
  type TrialMetrics,
} from "../backtest/mod.ts";
import { Series } from "../series/mod.ts";
import { certify } from "./certificate.ts";
import { canBeSent, knownKernels } from "./known_kernels.ts";
import type { GridPoint } from "./parameter_grid.ts";
import type { SweepTrial, TrialCertificate } from "./study.ts";
import { sentRules } from "./trial_message.ts";
import type { TrialPool } from "./trial_pool.ts";

/** Trials that are traded together: enough to share what is in the cache, few enough to be interrupted soon. */
const BATCH = 256;
/** Batches that each thread gets in all, at least: so that none waits long for the last one. */
const BATCHES_A_WORKER = 2;

/** Trades trials of one study: over columns where that is possible, on other threads where there are some. */
export class TrialDesk {
  readonly #terms: ColumnTerms | null;
  /** Why no trial of the study can be traded over columns. */
  readonly #why: string | null;
  /** What the threads are told once, however many batches they trade. */
  readonly #study: Parameters<TrialPool["begin"]>[0] | null;
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
    const { used, tradeFromMs } = candles;
    this.#study = this.#terms && { used, tradeFromMs, terms: this.#terms, ...how };
  }

  /** Batch after batch in the order of the points, while there are some and it may go on. */
  async *batches(points: readonly GridPoint[], mayGoOn: () => boolean): AsyncGenerator<SweepTrial[]> {
    const { pool } = this;
    const size = pool === null ? BATCH : Math.min(BATCH, Math.ceil(points.length / pool.size / BATCHES_A_WORKER));
    if (pool !== null && this.#study !== null && points.length > 0) await pool.begin(this.#study);
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
