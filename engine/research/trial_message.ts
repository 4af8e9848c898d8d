// What threads that trade trials tell each other: plain data.
import type { ColumnMoney, ColumnTerms, PlainRules, TrialMetrics } from "../backtest/mod.ts";
import type { CandleColumns } from "../market/mod.ts";
import { type KernelTable, Series, seriesFromJson, type SeriesJson } from "../series/mod.ts";
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
  readonly rules: readonly SentRules[];
}

/** What came of them, or why nothing did. */
export type TrialsAnswer =
  | { readonly metrics: readonly (TrialMetrics | null)[] }
  | { readonly error: string };

/** Rules with the JSON form of their series. */
export interface SentRules {
  readonly lists: readonly (readonly { readonly when: SeriesJson; readonly reason: string }[])[];
  readonly stop: SentProtection;
  readonly target: SentProtection;
}

type SentProtection = { readonly series: SeriesJson } | { readonly fixed: Protection | null };

/** Rules as another thread gets them. */
export function sentRules({ enter, exit, enterShort, exitShort, stop, target }: PlainRules): SentRules {
  const sent = (own: PlainRules["stop"]) => own instanceof Series ? { series: own.toJSON() } : { fixed: own };
  return {
    lists: [enter, exit, enterShort, exitShort].map((list) =>
      list.map(({ when, reason }) => ({ when: when.toJSON(), reason }))
    ),
    stop: sent(stop),
    target: sent(target),
  };
}

/** Rules as they were before they were sent. */
export function receivedRules({ lists, stop, target }: SentRules, kernels: KernelTable): PlainRules {
  const received = (own: SentProtection) => "series" in own ? seriesFromJson(own.series, kernels) : own.fixed;
  const [enter, exit, enterShort, exitShort] = lists.map((list) =>
    list.map(({ when, reason }) => ({ when: seriesFromJson(when, kernels), reason }))
  );
  return {
    enter: enter!,
    exit: exit!,
    enterShort: enterShort!,
    exitShort: exitShort!,
    stop: received(stop),
    target: received(target),
  };
}
