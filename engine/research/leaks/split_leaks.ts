// Training and test rows: what a training row's label tells of a test row, and the other way round.
import { counted } from "../../errors/mod.ts";
import { type CandleColumns } from "../../market/mod.ts";
import { closeTimeOf } from "./leak_data.ts";
import type { LeakFinding } from "./leak_report.ts";
import type { FoldRows } from "./pipeline_run.ts";
import { placeOf } from "./source_place.ts";

/** More changes between training and test than a test block in the middle of training has. */
const MOST_BLOCKS = 4;

interface Overlap {
  readonly fold: number;
  readonly train: number;
  readonly test: number;
  readonly rows: number;
}

/** Judges the folds that a pipeline states. */
export function splitLeaks(
  split: (...args: never[]) => unknown,
  folds: readonly FoldRows[],
  horizons: ReadonlyMap<string, number>,
  candles: CandleColumns,
): LeakFinding[] {
  const place = placeOf(split, (wire) => split(wire as never, wire as never));
  const found = (message: string, { train, test }: Pick<Overlap, "train" | "test">, horizon: number | null) => [{
    kind: "split" as const,
    name: "split",
    place,
    message,
    fromRow: train,
    fromTimeMs: closeTimeOf(candles, train),
    lookAheadCandles: horizon,
    wholeHistory: false,
    evidence: [{
      row: train,
      decidedAtMs: closeTimeOf(candles, train),
      before: `training row ${train}`,
      after: `test row ${test}`,
      alteration: "none: the rows alone show it",
      alteredFromRow: test,
    }],
  }];
  const shared = firstOf(folds, ({ train, test }) => sharedRow(train, test));
  if (shared !== null) {
    return found(`row ${shared.train} is a training row and a test row of fold ${shared.fold}`, shared, 0);
  }
  const mixed = firstOf(folds, ({ train, test }) => mixedRow(train, test, candles.length));
  if (mixed !== null) {
    return found(
      `training and test rows are mixed in fold ${mixed.fold} (shuffled): almost every test row has training rows right ` +
        "after it; split by time",
      mixed,
      1,
    );
  }
  for (const [label, horizon] of horizons) {
    const overlap = firstOf(folds, ({ train, test }) => overlapOf(train, test, horizon, candles.length));
    if (overlap === null) continue;
    return found(
      `label "${label}" looks ${
        counted(horizon, "candle")
      } ahead: that of training row ${overlap.train} reaches into the ` +
        `test rows, at row ${overlap.test}; leave out ${
          counted(horizon, "candle")
        } on each side of the test rows (purge)`,
      overlap,
      horizon,
    );
  }
  return [];
}

function firstOf(
  folds: readonly FoldRows[],
  look: (fold: FoldRows) => { train: number; test: number; rows: number } | null,
): Overlap | null {
  for (let fold = 0; fold < folds.length; fold++) {
    const found = look(folds[fold]!);
    if (found !== null) return { fold, ...found };
  }
  return null;
}

function sharedRow(train: Int32Array, test: Int32Array) {
  const tested = new Set(test), row = train.find((own) => tested.has(own));
  return row === undefined ? null : { train: row, test: row, rows: 1 };
}

/** The first place at which rows are mixed, where they are. */
function mixedRow(train: Int32Array, test: Int32Array, length: number) {
  const part = partsOfRows(train, test, length), blocks: number[] = [];
  let last = 0;
  for (let row = 0; row < length; row++) {
    if (part[row] === 0 || part[row] === last) continue;
    last = part[row]!;
    blocks.push(row);
  }
  // Combinatorial cross-validation has a few test blocks, each of many rows.
  if (blocks.length <= MOST_BLOCKS || test.length / (blocks.length / 2) > 10) return null;
  const first = blocks.find((row) => part[row] === 2)!;
  return { train: blocks.find((row) => row > first && part[row] === 1)!, test: first, rows: blocks.length };
}

function partsOfRows(train: Int32Array, test: Int32Array, length: number): Uint8Array {
  const part = new Uint8Array(length);
  for (const row of train) part[row] = 1;
  for (const row of test) part[row] = 2;
  return part;
}

/**
 * A training row whose label tells of candles after a test row's, or that lies within the label of a test row before it.
 * The candle of a test row itself is known when it is decided on.
 */
function overlapOf(train: Int32Array, test: Int32Array, horizon: number, length: number) {
  const part = partsOfRows(train, test, length);
  for (const row of test) {
    for (let other = Math.max(0, row - horizon + 1); other < Math.min(length, row + horizon); other++) {
      if (part[other] === 1) return { train: other, test: row, rows: 1 };
    }
  }
  return null;
}
