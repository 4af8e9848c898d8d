import { barOpen, DAY_MS, MINUTE_MS, type Timeframe, timeframe, type TimestampMs } from "../time/mod.ts";

const UNITS = [["w", 7 * DAY_MS], ["d", DAY_MS], ["h", 60 * MINUTE_MS], ["m", MINUTE_MS]] as const;

/** So many steps show the grid: a market that rarely trades leaves out candles, but not every second one each time. */
const STEPS_TO_TELL = 12;

/**
 * The timeframe whose grid the open times show: the largest step that all distances are made of.
 *
 * @returns undefined when there are too few candles to tell, or the step is no timeframe.
 */
export function gridOf(openTimeMs: Float64Array): Timeframe | undefined {
  if (openTimeMs.length <= STEPS_TO_TELL) return undefined;
  let step = 0;
  for (let i = 1; i < openTimeMs.length; i++) {
    step = divisor(step, Math.abs(openTimeMs[i]! - openTimeMs[i - 1]!));
    if (step !== 0 && step < MINUTE_MS) return undefined;
  }
  const month = timeframe("1M");
  if (step >= DAY_MS && openTimeMs.every((time) => barOpen(month, time as TimestampMs) === time)) return month;
  const unit = UNITS.find(([, length]) => step >= length && step % length === 0);
  if (unit === undefined || (step < DAY_MS && DAY_MS % step !== 0)) return undefined;
  return timeframe(`${step / unit[1]}${unit[0]}`);
}

function divisor(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}
