// The leak finder for strategies: what they are given holds the past only, so a leak is something that they hold on to.
import { partsOf } from "../../backtest/mod.ts";
import type { Series } from "../../series/mod.ts";
import { RuleStrategy } from "../../strategies/mod.ts";
import { barClose, SeededRandom, type TimestampMs } from "../../time/mod.ts";
import { type Alteration, ALTERATION_TEXT, STRONG } from "./altered_future.ts";
import {
  changedSeries,
  type DecidedBy,
  type DecisionDifference,
  decisionDifferences,
  nameOf,
} from "./decision_difference.ts";
import { expressionLeaks, isOrigin } from "./expression_leaks.ts";
import { kernelLookups } from "./kernel_lookups.ts";
import type { LeakEvidence, LeakFinding, LeakOptions, LeakReport, SourcePlace } from "./leak_report.ts";
import { reachText } from "./leak_text.ts";
import { sampledRows } from "./leak_samples.ts";
import { outsideKnowledge } from "./outside_knowledge.ts";
import { placeOf, placeOfLabel } from "./source_place.ts";
import { StrategyRuns, type StrategySubject, type WitnessedRun } from "./strategy_runs.ts";
import { hooksOf } from "./witnessed_strategy.ts";
import { strategyWarmUp } from "./strategy_warm_up.ts";
import { rowAtOrAfter } from "../../market/mod.ts";
import { lastCut } from "./last_cut.ts";

/** What the future becomes at one sample after the other. */
const TURNS: readonly Alteration[] = [...STRONG, "shuffled", ...STRONG, "shifted"];
/** By which futures it is measured how far ahead a decision looks, in how many decisions. */
const MEASURES: readonly (readonly [Alteration, number])[] = [["extreme", 0], ["extreme", 1], ["inverted", 0], [
  "unknown",
  0,
]];
const MEASURED = 4, DEFAULT_SAMPLES = 80, MOST_EVIDENCE = 3, CONFIRMED = 4;

/** Looks for what a strategy knows and cannot know. @throws {InputError} as a backtest of it does. */
export function strategyLeaks(subject: StrategySubject, options: LeakOptions = {}): LeakReport {
  return new StrategyJudge(subject, options).report();
}

/** A difference and what brought it about. */
interface Sighting extends DecisionDifference {
  readonly alteration: string;
  /** Row after which the future was another one; −1 where it was not that. */
  readonly cut: number;
}

class StrategyJudge {
  readonly #runs: StrategyRuns;
  readonly #parts: readonly Series[];
  readonly #sightings = new Map<string, Sighting[]>();

  constructor(readonly subject: StrategySubject, readonly options: LeakOptions) {
    this.#runs = new StrategyRuns(subject, options.seed ?? 1, ({ series }) => partsOf(series));
    const { bound } = this.#runs.base;
    this.#parts = [...bound.series, ...partsOf(bound.series)];
  }

  report(): LeakReport {
    const runs = this.#runs, { seed = 1 } = this.options, cuts = this.#cuts();
    const kept = decisionDifferences(runs.base.books, runs.again().books);
    const findings: LeakFinding[] = [];
    if (kept.length > 0) findings.push(this.#stateFinding(kept));
    else {
      const found = [
        ...this.#remade(cuts),
        ...expressionLeaks(this.#runs, this.#parts, cuts),
        ...kernelLookups(this.#parts, this.#runs.candles.length),
      ];
      this.#byDecisions(cuts, seed);
      findings.push(...found, ...this.#decisionFindings(found));
      if (findings.length === 0) findings.push(...outsideKnowledge(runs, (by) => this.#nameAndPlace(by)));
    }
    const { candles } = runs;
    return {
      subject: runs.base.bound.id,
      clean: findings.length === 0,
      findings,
      candles: candles.length,
      samples: runs.base.books.reduce((sum, book) => sum + book.length, 0),
      runs: runs.runs,
      warmUp: strategyWarmUp(runs, this.#parts),
      notes: [...runs.failures].map(([alteration, message]) => `with a future that was ${alteration}: ${message}`),
    };
  }

  /** Rows of the first market: spread, and where the strategy asks for something. */
  #cuts(): number[] {
    const { candles, base } = this.#runs, asked = new Float64Array(candles.length);
    for (const { openTimeMs, requests } of base.books[0] ?? []) {
      if (requests.length > 0) asked[this.#rowOf(openTimeMs)] = 1;
    }
    const random = new SeededRandom(this.options.seed ?? 1);
    return sampledRows(candles, [asked], this.options.samples ?? DEFAULT_SAMPLES, random);
  }

  /** Expressions that are others when the strategy is made while the future is another one. */
  #remade(cuts: readonly number[]): LeakFinding[] {
    const { base } = this.#runs, sample = cuts.filter((_, i) => i % Math.ceil(cuts.length / 6) === 0);
    for (const [i, cut] of sample.entries()) {
      const how = STRONG[i % STRONG.length]!, run = this.#runs.upTo(cut, how);
      const changed = run === null ? [] : changedSeries(base, run);
      if (changed.length > 0) return changed.map((index) => this.#remadeFinding(index, run!, how, cut));
    }
    return [];
  }

  #remadeFinding(index: number, run: WitnessedRun, how: Alteration, cut: number): LeakFinding {
    const { candles: { timeframe, openTimeMs, length }, base } = this.#runs;
    const before = base.bound.series[index]!.label, after = run.bound.series[index]?.label ?? null;
    const closeOf = (row: number) => barClose(timeframe, openTimeMs[row] as TimestampMs);
    const by = { kind: "expression", index } as const, alteration = ALTERATION_TEXT[how];
    return {
      kind: "expression",
      name: before,
      place: placeOfLabel(before),
      message: `the expression ${before} is made of the candles' whole history: it is ${after} with another future`,
      fromRow: 0,
      fromTimeMs: closeOf(0),
      lookAheadCandles: length - 1,
      wholeHistory: true,
      evidence: [this.#evidence({
        by,
        openTimeMs: openTimeMs[cut]!,
        closeTimeMs: closeOf(cut),
        before,
        after,
        alteration,
        cut,
      })],
    };
  }

  /** Replaces the future in the arrays that the strategy may hold on to. */
  #byDecisions(cuts: readonly number[], seed: number): void {
    const { base, candles } = this.#runs;
    const suspects = new Set<number>();
    for (const how of [...STRONG, "unknown"] as const) {
      const run = this.#runs.revealing(how, seed);
      const rows = decisionDifferences(base.books, run?.books ?? []).map(({ openTimeMs }) => this.#rowOf(openTimeMs));
      const step = Math.max(1, Math.floor(rows.length / CONFIRMED));
      rows.filter((_, i) => i % step === 0).slice(0, CONFIRMED).forEach((row) => suspects.add(row));
      if (rows.length > 0) suspects.add(Math.min(...rows));
    }
    const sampled = [...suspects, ...cuts].filter((cut) => cut < candles.length - 1);
    sampled.forEach((cut, i) => {
      const hows: readonly Alteration[] = i < suspects.size ? [...STRONG, "unknown"] : [TURNS[i % TURNS.length]!];
      for (const how of hows) this.#note(this.#runs.upTo(cut, how), how, cut);
      this.options.progress?.(i + 1, sampled.length);
    });
  }

  #note(run: WitnessedRun | null, how: Alteration, cut: number): void {
    for (const found of decisionDifferences(this.#runs.base.books, run?.books ?? [])) {
      const sighting = { ...found, alteration: ALTERATION_TEXT[how], cut }, key = nameOf(found.by);
      const known = this.#sightings.get(key);
      if (known === undefined) this.#sightings.set(key, [sighting]);
      else known.push(sighting);
    }
  }

  #decisionFindings(found: readonly LeakFinding[]): LeakFinding[] {
    const leaking = new Set<Series>();
    for (const [own] of this.#sightings.values()) {
      if (own!.by.kind === "expression") leaking.add(this.#parts[own!.by.index]!);
    }
    const named = new Set(found.map(({ name }) => name));
    return [...this.#sightings.values()].flatMap((sightings) => {
      const [{ by }] = sightings as [Sighting];
      if (by.kind === "expression") {
        const node = this.#parts[by.index]!;
        // A node stands among the roots and among the parts: the first of them speaks for both.
        if (!isOrigin(node, leaking) || named.has(node.label) || this.#parts.indexOf(node) !== by.index) return [];
      }
      return [this.#decisionFinding(by, sightings)];
    });
  }

  #decisionFinding(by: DecidedBy, sightings: readonly Sighting[]): LeakFinding {
    const { candles } = this.#runs, sorted = [...sightings].sort((a, b) => a.openTimeMs - b.openTimeMs);
    const first = sorted[0]!, row = this.#rowOf(first.openTimeMs), step = Math.ceil(sorted.length / MEASURED);
    let lookAheadCandles = 0, wholeHistory = false;
    // A decision that is yes or no may be the same by chance: several are measured.
    for (const own of sorted.filter((_, i) => i % step === 0)) {
      const last = this.#lastCut(by, own), from = this.#rowOf(own.openTimeMs);
      lookAheadCandles = Math.max(lookAheadCandles, last - from + 1);
      wholeHistory ||= last === candles.length - 2 && last - from > candles.length / 4;
    }
    const { kind, name, place } = this.#nameAndPlace(by);
    const who = kind === "hook" ? `the ${name} in code` : `the ${kind} ${kind === "decision" ? `of ${name}` : name}`;
    return {
      kind,
      name,
      place,
      message:
        `${who} changes with ${reachText({ lookAheadCandles, wholeHistory })}, which it is not given: it holds on to ` +
        "candles from outside; read the context only",
      fromRow: row,
      fromTimeMs: first.closeTimeMs,
      lookAheadCandles,
      wholeHistory,
      evidence: [...new Set([first, sorted[sorted.length >> 1]!, sorted.at(-1)!])].slice(0, MOST_EVIDENCE)
        .map((own) => this.#evidence(own)),
    };
  }

  /** The last row whose following candles still change a decision, by halving. */
  #lastCut(by: DecidedBy, { openTimeMs, cut }: Sighting): number {
    const { candles, base } = this.#runs, name = nameOf(by);
    const changes = (row: number) =>
      MEASURES.some(([how, draw]) =>
        decisionDifferences(base.books, this.#runs.upTo(row, how, draw)?.books ?? []).some((own) =>
          own.openTimeMs === openTimeMs && nameOf(own.by) === name
        )
      );
    return lastCut(cut, candles.length - 2, changes);
  }

  #stateFinding(kept: readonly DecisionDifference[]): LeakFinding {
    const [first] = kept, { kind, name, place } = this.#nameAndPlace(first!.by);
    return {
      kind,
      name,
      place,
      message: `${name} decides otherwise when it is run again on the same candles: it keeps something outside of ` +
        "context.memory, which has seen the whole history, or draws by chance",
      fromRow: this.#rowOf(first!.openTimeMs),
      fromTimeMs: first!.closeTimeMs,
      lookAheadCandles: null,
      wholeHistory: false,
      evidence: kept.slice(0, MOST_EVIDENCE).map((own) =>
        this.#evidence({ ...own, alteration: "none: it was run twice", cut: this.#rowOf(own.openTimeMs) - 1 })
      ),
    };
  }

  #nameAndPlace(by: DecidedBy): { kind: DecidedBy["kind"]; name: string; place: SourcePlace } {
    const { bound } = this.#runs.base;
    if (by.kind === "expression") {
      const { label } = this.#parts[by.index]!;
      return { kind: "expression", name: label, place: placeOfLabel(label) };
    }
    const strategy = bound.create();
    if (by.kind === "hook") {
      const own = strategy instanceof RuleStrategy
        ? hooksOf(strategy.rules).find(({ name }) => name === by.name)
        : undefined;
      return { kind: "hook", name: by.name, place: placeOf(own?.hook, (wire) => own?.hook(wire as never)) };
    }
    const code = strategy instanceof RuleStrategy ? strategy : strategy.decide;
    return { kind: "decision", name: bound.id, place: placeOf(code, (wire) => strategy.decide(wire as never)) };
  }

  #rowOf(openTimeMs: number): number {
    return rowAtOrAfter(this.#runs.candles, openTimeMs as TimestampMs);
  }

  #evidence({ openTimeMs, closeTimeMs, before, after, alteration, cut }: Sighting): LeakEvidence {
    return {
      row: this.#rowOf(openTimeMs),
      decidedAtMs: closeTimeMs,
      before,
      after,
      alteration,
      alteredFromRow: cut + 1,
    };
  }
}
