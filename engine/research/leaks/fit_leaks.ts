// What is learned from the training rows must not change with any other row.
import { type Alteration, ALTERATION_TEXT } from "./altered_future.ts";
import { type AlterableData, closeTimeOf } from "./leak_data.ts";
import type { LeakFinding } from "./leak_report.ts";
import type { PipelineGiven } from "./pipeline.ts";
import { type FoldRows, type Frozen, PipelineRun } from "./pipeline_run.ts";
import { placeOf } from "./source_place.ts";
import { answersOf, differs, firstDifference, type FittedDifference, holdsFunction } from "./value_difference.ts";
import { lastCut } from "./last_cut.ts";

/** What is chosen among a few is often the same with another future: several of a kind are tried. */
const ALTERATIONS: readonly (readonly [Alteration, number])[] = [
  ["extreme", 0],
  ["noise", 0],
  ["inverted", 0],
  ["shuffled", 0],
  ["unknown", 0],
  ...[1, 2, 3].flatMap((draw) => [["noise", draw], ["extreme", draw], ["shuffled", draw]] as const),
];
const MOST_FOLDS = 6;

/** A fitted part that changed, and how. */
interface Changed extends FittedDifference {
  readonly how: Alteration;
  readonly cut: number;
  /** The label through which it saw what it should not; null where it read that itself. */
  readonly label: string | null;
}

/** Judges the fitted parts of a pipeline, fold by fold. */
export class FitJudge {
  runs = 0;
  readonly notes = new Set<string>();

  constructor(
    readonly base: PipelineRun,
    readonly data: AlterableData,
    readonly horizonOf: (label: string) => number,
  ) {}

  findings(): LeakFinding[] {
    return Object.keys(this.base.pipeline.fit ?? {}).flatMap((name) => this.#finding(name) ?? []);
  }

  #finding(name: string): LeakFinding | null {
    const folds = this.base.folds(), step = Math.max(1, Math.ceil(folds.length / MOST_FOLDS));
    for (let fold = 0; fold < folds.length; fold += step) {
      const changed = this.#changed(name, fold);
      if (changed !== null) return this.#described(name, fold, changed);
    }
    return null;
  }

  #changed(name: string, fold: number): Changed | null {
    const cut = lastOf(this.base.folds()[fold]!), { length } = this.data.given.candles;
    // Where the training rows reach the end, there is no future; the split is judged by itself.
    if (cut >= length - 1) return null;
    for (const [how, draw] of ALTERATIONS) {
      const found = this.#changeBy(name, fold, cut, how, null, draw);
      if (found === null) continue;
      // With the labels as they were: is it still another? Then it was not through them.
      const labels = Object.keys(this.base.pipeline.labels ?? {});
      const unpurged = labels.find((own) => this.#changeBy(name, fold, cut, how, own, draw) === null);
      return { ...found, how, cut, label: unpurged ?? null };
    }
    return null;
  }

  /** @param asItWas A label that keeps its values on the training rows. */
  #changeBy(
    name: string,
    fold: number,
    cut: number,
    how: Alteration,
    asItWas: string | null,
    draw = 0,
  ): FittedDifference | null {
    this.runs++;
    try {
      const frozen: Frozen = {
        run: this.base,
        cut,
        horizonOf: this.horizonOf,
      };
      const run = new PipelineRun(this.base.pipeline, this.data.altered(cut, how, draw), this.base.categories, {
        frozen,
      });
      const given = this.#trainingOnly(run, fold, asItWas);
      const before = this.base.fit(name, this.base.givenFor(fold)), after = run.fit(name, given);
      const found = firstDifference(before, after);
      if (found !== null || !holdsFunction(before)) return found;
      return firstDifference(answersOf(before), answersOf(after), "answers") ?? this.#byItsUse(name, after);
    } catch (error) {
      this.notes.add(
        `fit ${name} could not be judged with a future that was ${ALTERATION_TEXT[how]}: ${(error as Error).message}`,
      );
      return null;
    } finally {
      this.data.restore();
    }
  }

  /**
   * Features are as they were on the training rows, and others on the test rows: before the training ends, too. So are the
   * labels that were known by then; those of `asItWas` are on all training rows.
   */
  #trainingOnly(run: PipelineRun, fold: number, asItWas: string | null): PipelineGiven {
    const given = run.givenFor(fold), base = this.base.givenFor(fold), rows = this.base.folds()[fold]!;
    const last = lastOf(rows), hidden = rows.test.filter((row) => row <= last);
    const scrambled = (kind: "feature" | "label") =>
      Object.fromEntries(
        run.columnNames().filter((own) => own.kind === kind).map(({ name }) => {
          const group = `${kind}s` as const, values = given[group][name]!.slice(), known = base[group][name]!;
          hidden.forEach((row, i) => values[row] = -2 * known[hidden[hidden.length - 1 - i]!]!);
          if (name === asItWas) { for (const row of rows.train) values[row] = known[row]!; }
          return [name, values];
        }),
      );
    const { train, test } = given;
    return { ...given, train, test, features: scrambled("feature"), labels: scrambled("label") };
  }

  /** What holds functions shows what it has learned in the columns that use it. */
  #byItsUse(name: string, after: unknown): FittedDifference | null {
    const { base } = this, { pipeline, data, categories } = base;
    const frozen: Frozen = { run: base, cut: data.candles.length, horizonOf: () => 0 };
    const probe = new PipelineRun(pipeline, data, categories, { frozen, replaced: new Map([[name, after]]) });
    for (const part of base.columnNames()) {
      const before = base.column(part), other = probe.column(part);
      const row = before.findIndex((value, i) => differs(value, other[i]!, 1e-9));
      if (row >= 0) return { path: `${part.name}[${row}]`, before: before[row], after: other[row] };
    }
    return null;
  }

  #described(name: string, fold: number, { how, cut, path, before, after, label }: Changed): LeakFinding {
    const { candles } = this.data.given, at = path === "" ? "" : ` (${path})`;
    const reach = this.#reach(name, fold, cut), horizon = label === null ? 0 : this.horizonOf(label);
    return {
      kind: "fit",
      name,
      place: placeOf(
        this.base.pipeline.fit![name],
        (wire) => this.base.pipeline.fit![name]!(wire as never, wire as never),
      ),
      message: label === null
        ? `fit "${name}"${at} changes with candles that come after the training rows: it must read the rows of given.train only`
        : `fit "${name}"${at} reads label "${label}" of training rows that are not known when training ends: leave out ` +
          `the last ${horizon} rows before the test (purge), since the label looks ${horizon} candles ahead`,
      fromRow: cut,
      fromTimeMs: closeTimeOf(candles, cut),
      lookAheadCandles: label === null ? reach : horizon,
      wholeHistory: label === null && reach >= candles.length - 1 - cut,
      evidence: [{
        row: cut,
        decidedAtMs: closeTimeOf(candles, cut),
        before: shown(before),
        after: shown(after),
        alteration: ALTERATION_TEXT[how],
        alteredFromRow: cut + 1,
      }],
    };
  }

  /** How many candles after the last training row matter, by halving. */
  #reach(name: string, fold: number, cut: number): number {
    const last = this.data.given.candles.length - 2;
    return lastCut(cut, last, (from) => this.#changeBeyond(name, fold, from)) - cut + 1;
  }

  #changeBeyond(name: string, fold: number, from: number): boolean {
    return (["extreme", "inverted", "unknown"] as const).some((how) =>
      this.#changeBy(name, fold, from, how, null) !== null
    );
  }
}

/**
 * Last row whose candle is known when a fold is fitted: at the close of the first test row, where it comes after the
 * training, the first decision on it is made.
 */
function lastOf({ train, test }: FoldRows): number {
  const last = train.reduce((most, row) => Math.max(most, row), -1);
  const first = test.reduce((least, row) => row > last ? Math.min(least, row) : least, Infinity);
  return first === Infinity ? last : first;
}

function shown(value: unknown): unknown {
  if (typeof value === "number") return value - value === 0 ? value : null;
  return typeof value === "function" ? "a function" : value ?? null;
}
