// The leak finder for pipelines: every part judged by itself, the others held as they were.
import { counted } from "../../errors/mod.ts";
import { SeededRandom } from "../../time/mod.ts";
import { ColumnJudge, type ColumnLeak } from "./column_leaks.ts";
import { FitJudge } from "./fit_leaks.ts";
import { AlterableData, closeTimeOf, type LeakData } from "./leak_data.ts";
import type { LeakFinding, LeakOptions, LeakReport, SourcePlace, WarmUp } from "./leak_report.ts";
import { reachText } from "./leak_text.ts";
import { sampledRows } from "./leak_samples.ts";
import { outsideColumns } from "./outside_columns.ts";
import { labelFunction, type Pipeline, statedHorizon } from "./pipeline.ts";
import { type ColumnName, type Frozen, PipelineRun } from "./pipeline_run.ts";
import { PriceJudge } from "./price_leaks.ts";
import { rowDecisionLeaks } from "./row_decision_leaks.ts";
import { placeOf } from "./source_place.ts";
import { splitLeaks } from "./split_leaks.ts";
import { UniverseJudge } from "./universe_leaks.ts";
import { differs, firstDifference, roundingOf } from "./value_difference.ts";
import { beginnings, settlingCandles } from "./warm_up.ts";

const DEFAULT_SAMPLES = 160, LABEL_SAMPLES = 24, UNIVERSE_SAMPLES = 24;

/**
 * Looks for what a pipeline knows and cannot know.
 *
 * @param make Makes the pipeline, anew for each other future: so one that is made of candles is seen to be.
 * @throws {InputError} `pipeline` naming the function that fails.
 */
export function pipelineLeaks(make: () => Pipeline, given: LeakData, options: LeakOptions = {}): LeakReport {
  return new PipelineJudge(make, given, options).report();
}

const keyOf = ({ kind, name }: ColumnName) => `${kind} ${name}`;

class PipelineJudge {
  readonly #data: AlterableData;
  readonly #categories = new Map<string, number>();
  readonly #horizons = new Map<string, number>();
  readonly #notes = new Set<string>();
  #base: PipelineRun;
  #runs = 2;

  readonly pipeline: Pipeline;

  constructor(readonly make: () => Pipeline, readonly given: LeakData, readonly options: LeakOptions) {
    this.pipeline = make();
    this.#data = new AlterableData(given, options.seed ?? 1);
    this.#base = new PipelineRun(this.pipeline, this.#data.base(), this.#categories);
  }

  report(): LeakReport {
    const { pipeline, given: { candles } } = this;
    const kept = this.#keptState();
    const endless = this.#measureLabels();
    this.#base = new PipelineRun(pipeline, this.#data.base(), this.#categories, {
      purge: Math.max(0, ...this.#horizons.values()),
    });
    const names = this.#base.columnNames().filter((part) => !kept.has(keyOf(part)) && !endless.has(part.name));
    const random = new SeededRandom(this.options.seed ?? 1);
    const cuts = sampledRows(
      candles,
      names.filter(({ kind }) => kind !== "label").map((part) => this.#base.column(part)),
      this.options.samples ?? DEFAULT_SAMPLES,
      random,
    );
    const findings = [
      ...kept.values(),
      ...endless.values(),
      ...this.#columns(names, cuts),
      ...this.#outside(names),
      ...this.#fits(),
      ...this.#split(),
      ...this.#universe(cuts),
      ...this.#prices(),
      ...rowDecisionLeaks(this.#base, this.#data, cuts, this.#notes),
    ];
    return {
      subject: pipeline.id,
      clean: findings.length === 0,
      findings,
      candles: candles.length,
      samples: cuts.length,
      runs: this.#runs,
      warmUp: this.#warmUp(),
      notes: [...this.#notes],
    };
  }

  /** Columns and fitted parts that a second run makes otherwise: they keep something from one run to the next, or draw. */
  #keptState(): Map<string, LeakFinding> {
    const first = this.#base, found = new Map<string, LeakFinding>();
    const second = new PipelineRun(this.pipeline, this.#data.base(), this.#categories, {
      frozen: { run: first, cut: this.given.candles.length, horizonOf: () => 0 },
    });
    for (const part of first.columnNames()) {
      const before = first.column(part), after = second.column(part), rounding = roundingOf(before);
      const row = before.findIndex((value, i) => differs(value, after[i]!, rounding));
      if (row < 0) continue;
      const evidence = { row, before: before[row]!, after: after[row]! };
      found.set(keyOf(part), this.#stateFinding(part, evidence));
    }
    for (const name of Object.keys(this.pipeline.fit ?? {})) {
      const changed = firstDifference(first.fit(name), second.fit(name));
      if (changed === null) continue;
      const { before, after } = changed;
      found.set(`fit ${name}`, this.#stateFinding({ kind: "fit", name }, { row: 0, before, after }));
    }
    return found;
  }

  #stateFinding(
    { kind, name }: Pick<LeakFinding, "kind" | "name">,
    { row, before, after }: { row: number; before: unknown; after: unknown },
  ): LeakFinding {
    const decidedAtMs = closeTimeOf(this.given.candles, row);
    return {
      kind,
      name,
      place: this.#place({ kind: kind as ColumnName["kind"], name }),
      message:
        `${kind} "${name}" is another one when it is made again of the same candles: it keeps something from run to ` +
        "run, which has seen the whole history, or draws by chance; make it of its arguments alone",
      fromRow: row,
      fromTimeMs: decidedAtMs,
      lookAheadCandles: null,
      wholeHistory: false,
      evidence: [{ row, decidedAtMs, before, after, alteration: "none: it was run twice", alteredFromRow: row }],
    };
  }

  /** How far labels look ahead; findings for those that look further than they say, or at everything. */
  #measureLabels(): Map<string, LeakFinding> {
    const { labels = {} } = this.pipeline, names = Object.keys(labels), found = new Map<string, LeakFinding>();
    if (names.length === 0) return found;
    const columns = names.map((name) => ({ kind: "label" as const, name }));
    const cuts = sampledRows(
      this.given.candles,
      columns.map((part) => this.#base.column(part)),
      LABEL_SAMPLES,
      new SeededRandom((this.options.seed ?? 1) + 1),
    );
    const judge = this.#judge(columns, 0);
    judge.look(cuts);
    const leaks = new Map(judge.leaks().map((leak) => [leak.key, leak]));
    this.#took(judge);
    for (const part of columns) {
      const leak = leaks.get(keyOf(part)), stated = statedHorizon(labels[part.name]!);
      this.#horizons.set(part.name, stated ?? leak?.lookAheadCandles ?? 0);
      const reach = leak?.lookAheadCandles ?? 0;
      if (leak === undefined || (!leak.wholeHistory && reach <= (stated ?? Infinity))) continue;
      const what = leak.wholeHistory
        ? "looks at the whole history and so has no horizon: no training row of it can be kept apart from the test"
        : `looks ${counted(reach, "candle")} ahead and says ${stated}: state the horizon that it has`;
      found.set(part.name, this.#finding(part, leak, `label "${part.name}" ${what}`));
      if (stated === null) this.#horizons.set(part.name, 0);
    }
    return found;
  }

  #columns(names: readonly ColumnName[], cuts: readonly number[]): LeakFinding[] {
    const judged = names.filter(({ kind }) => kind === "feature" || kind === "decision");
    const judge = this.#judge(judged, 0);
    judge.look(cuts, this.options.progress);
    const byKey = new Map(judged.map((part) => [keyOf(part), part]));
    const findings = judge.leaks().map((leak) => {
      const part = byKey.get(leak.key)!, what = part.kind === "decision" ? "the decision" : `feature "${part.name}"`;
      return this.#finding(
        part,
        leak,
        `${what} changes with ${reachText(leak)}: in a row it may use candles up to that row only`,
      );
    });
    this.#took(judge);
    return findings;
  }

  #outside(names: readonly ColumnName[]): LeakFinding[] {
    const parts = names.filter(({ kind }) => kind === "feature" || kind === "decision");
    this.#runs += 2;
    return outsideColumns(this.#base, this.#data, parts).map((part) => {
      const row = this.given.candles.length - 1, decidedAtMs = closeTimeOf(this.given.candles, row);
      const value = this.#base.column(part)[row]!, shown = value - value === 0 ? value : null;
      return this.#finding(
        part,
        {
          key: keyOf(part),
          evidence: [{
            row,
            decidedAtMs,
            before: shown,
            after: shown,
            alteration: "none: it stays when all candles and their times are others",
            alteredFromRow: 0,
          }],
          fromRow: 0,
          lookAheadCandles: 0,
          wholeHistory: false,
        },
        `${
          keyOf(part)
        } is the same whatever the candles are: it was made before, of what cannot be seen; make it of the ` +
          "arguments, or hand over a function that makes the pipeline of its candles",
      );
    });
  }

  #judge(parts: readonly ColumnName[], mayLookAhead: number): ColumnJudge {
    const judged = parts.map((part) => ({ key: keyOf(part), values: this.#base.column(part), mayLookAhead }));
    return new ColumnJudge(this.#data, judged, (data, cut) => {
      const run = new PipelineRun(this.make(), data, this.#categories, { frozen: this.#frozen(cut) });
      return new Map(parts.map((part) => [keyOf(part), this.#quietly(run, part)]));
    });
  }

  /** A column, or null where the user's code can make none of the altered candles. */
  #quietly(run: PipelineRun, part: ColumnName): Float64Array | null {
    try {
      return run.column(part);
    } catch (error) {
      const about = `${keyOf(part)} could not be judged with every future`;
      if (![...this.#notes].some((note) => note.startsWith(about))) {
        this.#notes.add(`${about}: ${(error as Error).message}`);
      }
      return null;
    }
  }

  #frozen(cut: number): Frozen {
    return { run: this.#base, cut, horizonOf: (label) => this.#horizons.get(label) ?? 0 };
  }

  #took(judge: ColumnJudge): void {
    this.#runs += judge.runs;
    for (const [alteration, message] of judge.failures) {
      this.#notes.add(`with a future that was ${alteration}: ${message}`);
    }
  }

  #finding(part: ColumnName, leak: ColumnLeak, message: string): LeakFinding {
    const { evidence, fromRow, lookAheadCandles, wholeHistory } = leak;
    return {
      kind: part.kind,
      name: part.kind === "decision" ? this.pipeline.id : part.name,
      place: this.#place(part),
      message,
      fromRow,
      fromTimeMs: closeTimeOf(this.given.candles, fromRow),
      lookAheadCandles,
      wholeHistory,
      evidence,
    };
  }

  #place({ kind, name }: Pick<LeakFinding, "kind" | "name">): SourcePlace {
    const { features = {}, labels = {}, fit = {}, decide, price } = this.pipeline;
    const fn = kind === "feature"
      ? typeof features === "function" ? features : features[name]
      : kind === "label"
      ? labelFunction(labels[name]!)
      : kind === "fit"
      ? fit[name]
      : kind === "price"
      ? price
      : decide;
    return placeOf(fn, (wire) => fn!(wire as never, wire as never));
  }

  /** Labels that reach into the test rows are a matter of the split, where one is stated. */
  #fits(): LeakFinding[] {
    const judge = new FitJudge(this.#base, this.#data, (label) => this.#horizons.get(label) ?? 0);
    const findings = judge.findings();
    this.#runs += judge.runs;
    judge.notes.forEach((note) => this.#notes.add(note));
    return findings;
  }

  #split(): LeakFinding[] {
    const { split } = this.pipeline;
    return split === undefined ? [] : splitLeaks(split, this.#base.folds(), this.#horizons, this.given.candles);
  }

  #universe(cuts: readonly number[]): LeakFinding[] {
    const judge = new UniverseJudge(this.#base, this.#data),
      step = Math.max(1, Math.floor(cuts.length / UNIVERSE_SAMPLES));
    const findings = judge.findings(cuts.filter((_, i) => i % step === 0));
    this.#runs += judge.runs;
    judge.notes.forEach((note) => this.#notes.add(note));
    return findings;
  }

  #prices(): LeakFinding[] {
    const judge = new PriceJudge(this.#base, this.#data), findings = judge.findings();
    this.#runs += judge.runs;
    return findings;
  }

  #warmUp(): WarmUp[] {
    const parts = this.#base.columnNames().filter(({ kind }) => kind === "feature" || kind === "decision");
    const runs = beginnings(this.given.candles.length).map((first) => {
      const frozen = this.#frozen(this.given.candles.length);
      const run = new PipelineRun(this.pipeline, this.#data.begunAt(first), this.#categories, {
        frozen,
        offset: first,
      });
      return { first, run };
    });
    this.#runs += runs.length;
    return parts.map((part) => {
      const columns = runs.flatMap(({ first, run }) => {
        const values = this.#quietly(run, part);
        return values === null ? [] : [{ first, values }];
      });
      return {
        kind: part.kind as "feature" | "decision",
        name: part.kind === "decision" ? this.pipeline.id : part.name,
        candles: columns.length === 0 ? null : settlingCandles(this.#base.column(part), columns),
        declared: null,
      };
    });
  }
}
