// Decisions that are made for one row at a time: the same row, with another future.
import { type Alteration, ALTERATION_TEXT, OTHER, STRONG } from "./altered_future.ts";
import { type AlterableData, closeTimeOf, type LeakData } from "./leak_data.ts";
import type { LeakEvidence, LeakFinding } from "./leak_report.ts";
import { PipelineRun } from "./pipeline_run.ts";
import { placeOf } from "./source_place.ts";
import { firstDifference, type FittedDifference } from "./value_difference.ts";
import { lastCut } from "./last_cut.ts";

const MOST_EVIDENCE = 3;

/** Judges `decideAt` of a pipeline at some rows. */
export function rowDecisionLeaks(
  base: PipelineRun,
  data: AlterableData,
  rows: readonly number[],
  notes: Set<string>,
): LeakFinding[] {
  const { decideAt, id } = base.pipeline, { candles } = data.given;
  if (decideAt === undefined) return [];
  const decide = (made: LeakData, row: number, cut: number): unknown => {
    const frozen = { run: base, cut, horizonOf: () => 0 };
    const { given } = new PipelineRun(base.pipeline, made, base.categories, { frozen });
    const asked = Object.defineProperties(
      { row, timeMs: closeTimeOf(candles, row) },
      Object.getOwnPropertyDescriptors(given),
    );
    try {
      return decideAt(made.candles, asked as never);
    } finally {
      data.restore();
    }
  };
  const changed = (row: number, cut: number, how: Alteration): FittedDifference | null => {
    const before = decide(data.base(), row, candles.length);
    try {
      return firstDifference(before, decide(data.altered(cut, how), row, cut));
    } catch (error) {
      notes.add(
        `decideAt could not be judged with a future that was ${ALTERATION_TEXT[how]}: ${(error as Error).message}`,
      );
      return null;
    }
  };
  const evidence: LeakEvidence[] = [];
  let reach = 0, wholeHistory = false;
  for (let i = 0; i < rows.length && evidence.length < MOST_EVIDENCE; i++) {
    const row = rows[i]!;
    const how = [STRONG[i % 3]!, OTHER[i % 3]!].find((own) => changed(row, row, own) !== null);
    if (how === undefined) continue;
    const { before, after } = changed(row, row, how)!, last = candles.length - 2;
    const at = (cut: number) =>
      (["extreme", "inverted", "unknown"] as const).some((own) => changed(row, cut, own) !== null);
    const cut = lastCut(row, last, at);
    wholeHistory ||= cut === last && cut - row > candles.length / 4;
    reach = Math.max(reach, cut - row + 1);
    evidence.push({
      row,
      decidedAtMs: closeTimeOf(candles, row),
      before: before ?? null,
      after: after ?? null,
      alteration: ALTERATION_TEXT[how],
      alteredFromRow: row + 1,
    });
  }
  if (evidence.length === 0) return [];
  return [{
    kind: "decision",
    name: id,
    place: placeOf(decideAt, (wire) => decideAt(wire as never, wire as never)),
    message:
      `decideAt answers otherwise when only candles after its row are changed: it may read rows up to given.row only`,
    fromRow: evidence[0]!.row,
    fromTimeMs: evidence[0]!.decidedAtMs,
    lookAheadCandles: reach,
    wholeHistory,
    evidence,
  }];
}
