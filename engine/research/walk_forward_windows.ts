import { counted, InputError } from "../errors/mod.ts";
import { DAY_MS, formatTimestamp, type TimestampMs } from "../time/mod.ts";

/** How a history is cut for walk-forward; whole or parts of days. */
export interface WalkForwardLayout {
  /** What parameters are chosen on. */
  readonly trainDays: number;
  /** What they are traded on afterwards, and how far the next window is. */
  readonly testDays: number;
  /** Left out between both, so that no position reaches from one into the other; 0 unless stated. */
  readonly gapDays?: number;
  /** True: each training begins where the history does, and grows; else it rolls. */
  readonly anchored?: boolean;
}

/** A span of time; its end is not included. */
export interface TimeSpan {
  readonly fromMs: TimestampMs;
  readonly toMs: TimestampMs;
}

/** Where parameters are chosen, and where they are traded. */
export interface TrainTestSpan {
  readonly train: TimeSpan;
  readonly test: TimeSpan;
}

/**
 * Windows over a history, in order. The tests follow one another without a hole; the last one ends with the history, and
 * may be shorter.
 *
 * @throws {InputError} `walk-forward` for lengths that are no lengths, or a history too short for one window.
 */
export function walkForwardWindows({ fromMs, toMs }: TimeSpan, layout: WalkForwardLayout): TrainTestSpan[] {
  const { trainDays, testDays, gapDays = 0, anchored = false } = layout;
  checkLength("training", trainDays, 0);
  checkLength("test", testDays, 0);
  if (gapDays !== 0) checkLength("gap", gapDays, 0);
  const [train, test, gap] = [trainDays, testDays, gapDays].map((days) => Math.round(days * DAY_MS));
  const first = fromMs + train! + gap!;
  if (!(first < toMs)) {
    throw new InputError(
      "walk-forward",
      `the candles from ${formatTimestamp(fromMs)} to ${formatTimestamp(toMs)} are ${
        days(toMs - fromMs)
      }: a training of ${days(train!)}${gap! > 0 ? ` and a gap of ${days(gap!)}` : ""} leaves none to test on. ` +
        "Shorten the training, or begin earlier",
    );
  }
  const windows: TrainTestSpan[] = [];
  for (let at = first; at < toMs; at += test!) {
    windows.push({
      train: span(anchored ? fromMs : at - gap! - train!, at - gap!),
      test: span(at, Math.min(at + test!, toMs)),
    });
  }
  return windows;
}

function checkLength(what: string, days: number, least: number): void {
  if (Number.isFinite(days) && days > least && Math.round(days * DAY_MS) > 0) return;
  throw new InputError("walk-forward", `a ${what} of ${days} days is none: give a number of days above 0`);
}

function span(fromMs: number, toMs: number): TimeSpan {
  return { fromMs: fromMs as TimestampMs, toMs: toMs as TimestampMs };
}

function days(lengthMs: number): string {
  return counted(Math.round(lengthMs / DAY_MS * 100) / 100, "day");
}
