// What threads that trade trials tell each other: plain data.
import type { ColumnMoney, ColumnTerms, PlainRule, PlainRules, TrialMetrics } from "../backtest/mod.ts";
import type { CandleColumns } from "../market/mod.ts";
import { type KernelTable, Series, seriesOfTable, type SeriesTable, SeriesTableWriter } from "../series/mod.ts";
import type { Protection } from "../strategies/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

/** Everything that the trials of a study have in common. The columns of its candles lie in shared memory. */
export interface StudyMessage {
  readonly kind: "study";
  readonly used: readonly CandleColumns[];
  readonly tradeFromMs: TimestampMs;
  readonly terms: ColumnTerms;
  readonly money: ColumnMoney;
  readonly perBar: boolean;
  /** Where the threads keep what all of them need. */
  readonly common: WebAssembly.Memory | null;
}

/** Trials to trade. */
export interface TrialsMessage {
  readonly kind: "trials";
  readonly trials: SentTrials;
}

/** What came of them, or why nothing did. */
export type TrialsAnswer =
  | { readonly metrics: readonly (TrialMetrics | null)[] }
  | { readonly error: string };

/** Rules of trials, with what several of them have in common once. */
export interface SentTrials {
  readonly series: SeriesTable;
  readonly reasons: readonly string[];
  readonly protections: readonly Protection[];
  /** Trial by trial: how many rules each list has, and of each the places of its series and reason; then stop and target. */
  readonly rules: Int32Array;
}

/** How a stop or target is told: that there is none, its place among the protections, or among the series. */
const NO_PROTECTION = 0, FIXED = 1, MOVING = 2;

/** Collects rules for another thread. */
export class TrialsWriter {
  readonly #series: SeriesTableWriter;
  readonly #reasons = new Places<string>();
  readonly #protections: Protection[] = [];
  readonly #rules: number[] = [];

  /** @param kernels Those that the other thread knows. */
  constructor(kernels: KernelTable) {
    this.#series = new SeriesTableWriter(kernels);
  }

  /** False, and nothing is kept, of rules with a kernel that the other thread does not know. */
  add({ enter, exit, enterShort, exitShort, stop, target }: PlainRules): boolean {
    const own: number[] = [];
    for (const list of [enter, exit, enterShort, exitShort]) {
      own.push(list.length);
      for (const { when, reason } of list) {
        const place = this.#series.place(when);
        if (place < 0) return false;
        own.push(place, this.#reasons.of(reason));
      }
    }
    for (const protection of [stop, target]) {
      if (protection === null) own.push(NO_PROTECTION, 0);
      else if (protection instanceof Series) {
        const place = this.#series.place(protection);
        if (place < 0) return false;
        own.push(MOVING, place);
      } else own.push(FIXED, this.#protections.push(protection) - 1);
    }
    this.#rules.push(...own);
    return true;
  }

  /** All that was added. */
  sent(): SentTrials {
    return {
      series: this.#series.table(),
      reasons: this.#reasons.all,
      protections: this.#protections,
      rules: Int32Array.from(this.#rules),
    };
  }
}

/** Values by their places, each once. */
class Places<Value> {
  readonly all: Value[] = [];
  readonly #places = new Map<Value, number>();

  of(value: Value): number {
    let place = this.#places.get(value);
    if (place === undefined) this.#places.set(value, place = this.all.push(value) - 1);
    return place;
  }
}

/** Rules as they were before they were sent. @throws {InputError} as `seriesOfTable` does. */
export function receivedRules({ series, reasons, protections, rules }: SentTrials, kernels: KernelTable): PlainRules[] {
  const nodes = seriesOfTable(series, kernels), received: PlainRules[] = [];
  let at = 0;
  const list = () => {
    const own: PlainRule[] = [];
    for (let left = rules[at++]!; left > 0; left--) {
      own.push({ when: nodes[rules[at++]!]!, reason: reasons[rules[at++]!]! });
    }
    return own;
  };
  const protection = () => {
    const kind = rules[at++]!, place = rules[at++]!;
    return kind === NO_PROTECTION ? null : kind === FIXED ? protections[place]! : nodes[place]!;
  };
  while (at < rules.length) {
    received.push({
      enter: list(),
      exit: list(),
      enterShort: list(),
      exitShort: list(),
      stop: protection(),
      target: protection(),
    });
  }
  return received;
}
