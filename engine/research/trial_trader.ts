import {
  ColumnRunner,
  type ColumnTerms,
  eventTrial,
  type PlainRules,
  plainRules,
  plainTerms,
} from "../backtest/mod.ts";
import { certify } from "./certificate.ts";
import type { ChunkStudy } from "./chunk_queue.ts";
import type { GridPoint } from "./parameter_grid.ts";
import type { SweepTrial, TrialCertificate } from "./study.ts";

/** Why a trial that columns could trade is traded candle by candle. */
export const BEYOND_COLUMNS = "its account went beyond what columns keep exactly";

/** What the columns can do for a study: the terms for them, or why they can do nothing. */
export type StudyTerms = { readonly terms: ColumnTerms } | { readonly why: string };

/** The terms of a study over columns, or why all of its trials have to be traded candle by candle. */
export function studyTerms({ spec, money }: ChunkStudy): StudyTerms {
  const terms = plainTerms(spec, money);
  return typeof terms === "string" ? { why: terms } : { terms };
}

/** Trades trials of one study on the thread that it is made on: over columns where they can, else candle by candle. */
export class TrialTrader {
  readonly #terms: StudyTerms;
  #runner: ColumnRunner | null = null;

  constructor(readonly study: ChunkStudy) {
    this.#terms = studyTerms(study);
  }

  /** The trials of some points, in their order. */
  trade(points: readonly GridPoint[]): SweepTrial[] {
    const rules = points.map(({ strategy }) => "why" in this.#terms ? this.#terms.why : plainRules(strategy));
    const plain = rules.filter((own): own is PlainRules => typeof own !== "string");
    const figures = plain.length === 0 ? [] : this.#columns().run(plain);
    let next = 0;
    return points.map((point, i) => {
      const own = rules[i]!;
      if (typeof own === "string") return this.byEvents(point, own);
      const metrics = figures[next++]!;
      if (metrics === null) return this.byEvents(point, BEYOND_COLUMNS);
      return { index: point.index, params: point.params, path: "columns", metrics };
    });
  }

  /** A trial candle by candle. @param why What the columns cannot do for it. */
  byEvents({ index, params, strategy }: GridPoint, why: string): SweepTrial {
    const { spec, candles, perBar } = this.study;
    return { index, params, path: "events", why, metrics: eventTrial(spec, strategy, candles, perBar).metrics };
  }

  /** Runs a trial again candle by candle, and says what differs. */
  certify(trial: SweepTrial, { strategy }: GridPoint): TrialCertificate {
    const rules = plainRules(strategy), { spec, candles } = this.study;
    if (trial.path === "events" || typeof rules === "string") {
      return { index: trial.index, equal: true, trades: trial.metrics.tradeCount ?? 0, differences: [] };
    }
    return certify(trial.index, spec, strategy, candles, { runner: this.#columns(), rules, metrics: trial.metrics });
  }

  /** Gives its memory back once it has nothing more to do. */
  release(): void {
    this.#runner?.release();
    this.#runner = null;
  }

  #columns(): ColumnRunner {
    const { candles, money, perBar } = this.study;
    return this.#runner ??= new ColumnRunner(candles, (this.#terms as { terms: ColumnTerms }).terms, money, perBar);
  }
}
