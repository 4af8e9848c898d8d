// Which markets are candidates at a decision: that must not change with what becomes of them.
import type { CandleColumns } from "../../market/mod.ts";
import { sliceCandles } from "../../market/mod.ts";
import { type Alteration, ALTERATION_TEXT } from "./altered_future.ts";
import { type AlterableData, closeTimeOf, type LeakData, rowClosingAfter } from "./leak_data.ts";
import type { LeakEvidence, LeakFinding } from "./leak_report.ts";
import type { Column, Universe } from "./pipeline.ts";
import { PipelineRun } from "./pipeline_run.ts";
import { placeOf } from "./source_place.ts";

const ALTERATIONS: readonly Alteration[] = ["extreme", "inverted", "noise", "shuffled", "unknown"];
const MOST_EVIDENCE = 3;

/** Judges a pipeline's universe at the decisions of some rows. */
export class UniverseJudge {
  runs = 0;
  readonly notes = new Set<string>();

  constructor(readonly base: PipelineRun, readonly data: AlterableData) {}

  findings(rows: readonly number[]): LeakFinding[] {
    if (this.base.pipeline.universe === undefined) return [];
    const evidence: LeakEvidence[] = [];
    for (let i = 0; i < rows.length && evidence.length < MOST_EVIDENCE; i++) {
      const seen = this.#changeAt(rows[i]!, i);
      if (seen !== null) evidence.push(seen);
    }
    const unborn = evidence.length > 0 ? null : this.#notYetThere(rows);
    if (unborn !== null) evidence.push(unborn);
    if (evidence.length === 0) return [];
    return [this.#finding(evidence, unborn !== null)];
  }

  #finding(evidence: readonly LeakEvidence[], isUnborn: boolean): LeakFinding {
    const { universe } = this.base.pipeline, [first] = evidence;
    return {
      kind: "universe",
      name: "universe",
      place: placeOf(universe, (wire) => universe!(wire as never, wire as never)),
      message: isUnborn
        ? "the universe holds a market of which there is no candle yet: it was chosen with hindsight"
        : "the universe at a decision changes with what its markets do afterwards: choose it by what was known then, " +
          "dead markets among them",
      fromRow: first!.row,
      fromTimeMs: first!.decidedAtMs,
      lookAheadCandles: null,
      wholeHistory: this.#dependsOnTheEnd(first!.row),
      evidence,
    };
  }

  #changeAt(row: number, turn: number): LeakEvidence | null {
    const before = this.#members(this.data.base(), row).join(" ");
    const others: [string, () => LeakData][] = [
      ...[0, 1].map((i): [string, () => LeakData] => {
        const how = ALTERATIONS[(2 * turn + i) % ALTERATIONS.length]!;
        return [ALTERATION_TEXT[how], () => this.data.altered(row, how)];
      }),
      ["cut off for some of the markets, as if they were delisted", () => this.#ended(row)],
      [ALTERATION_TEXT.truncated, () => this.data.truncated(row)],
    ];
    for (const [alteration, make] of others) {
      const after = this.#quietly(() => this.#members(make(), row).join(" "), alteration);
      if (after === null || after === before) continue;
      const { candles } = this.data.given;
      return { row, decidedAtMs: closeTimeOf(candles, row), before, after, alteration, alteredFromRow: row + 1 };
    }
    return null;
  }

  /** Half of the markets end with the decision; those in an odd place of the order of their symbols. */
  #ended(row: number): LeakData {
    const made = this.data.base(), now = closeTimeOf(this.data.given.candles, row);
    const end = (candles: CandleColumns) => sliceCandles(candles, 0, rowClosingAfter(candles, now));
    const symbols = Object.keys(made.markets).sort();
    const markets = Object.fromEntries(
      symbols.map((symbol, i) => [symbol, (i + row) % 2 === 1 ? end(made.markets[symbol]!) : made.markets[symbol]!]),
    );
    return { ...made, markets };
  }

  #notYetThere(rows: readonly number[]): LeakEvidence | null {
    for (const row of rows) {
      const now = closeTimeOf(this.data.given.candles, row), { markets } = this.data.given;
      const unborn = this.#members(this.data.base(), row).find((symbol) =>
        markets[symbol] !== undefined && rowClosingAfter(markets[symbol]!, now) === 0
      );
      if (unborn === undefined) continue;
      return {
        row,
        decidedAtMs: now,
        before: unborn,
        after: null,
        alteration: "none: its first candle closes later",
        alteredFromRow: row,
      };
    }
    return null;
  }

  #dependsOnTheEnd(row: number): boolean {
    const { length } = this.data.given.candles, before = this.#members(this.data.base(), row).join(" ");
    return (["extreme", "inverted"] as const).some((how) => {
      const after = this.#quietly(() => this.#members(this.data.altered(length - 2, how), row).join(" "), how);
      return after !== null && after !== before;
    });
  }

  #members(data: LeakData, row: number): string[] {
    this.runs++;
    try {
      const frozen = { run: this.base, cut: row, horizonOf: () => 0 };
      const run = new PipelineRun(this.base.pipeline, data, this.base.categories, { frozen });
      const timeMs = closeTimeOf(this.data.given.candles, row);
      const given = Object.defineProperties({ row, timeMs }, Object.getOwnPropertyDescriptors(run.given));
      const rowIn = (symbol: string, length: number) => {
        const market = data.markets[symbol];
        return market === undefined || market.length !== length ? row : rowClosingAfter(market, timeMs) - 1;
      };
      return membersAt(this.base.pipeline.universe!(data.markets, given as never), row, rowIn);
    } finally {
      this.data.restore();
    }
  }

  #quietly<T>(run: () => T, alteration: string): T | null {
    try {
      return run();
    } catch (error) {
      this.notes.add(
        `the universe could not be judged with a future that was ${alteration}: ${(error as Error).message}`,
      );
      return null;
    }
  }
}

/**
 * Members at a row, in order, whichever way they are stated.
 *
 * @param rowIn Row of a symbol's column of some length: of its own market, where the column is as long as that.
 */
function membersAt(universe: Universe, row: number, rowIn: (symbol: string, length: number) => number): string[] {
  if (universe instanceof Set) return [...universe].sort();
  if (!Array.isArray(universe)) {
    const columns = Object.entries(universe as Readonly<Record<string, Column>>);
    return columns.filter(([symbol, column]) => Number(column[rowIn(symbol, column.length)]) > 0)
      .map(([symbol]) => symbol).sort();
  }
  const rows = universe as readonly (string | readonly string[])[];
  return (rows.some(Array.isArray) ? [...(rows[row] ?? [])] : [...rows] as string[]).map(String).sort();
}
