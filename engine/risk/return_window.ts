/**
 * The last returns of each instrument of an account, by candle group, in rings. Plain data of a fixed size: it is saved
 * with the trader's state and nothing is allocated when a candle closes.
 */
export interface ReturnWindow {
  /** Candle groups so far. */
  groups: number;
  /**
   * By instrument, in place `group % length`: close ÷ close before − 1; NaN where it has no candle in that group or none
   * in the one before.
   */
  readonly returns: readonly Float64Array[];
  /** By instrument: the group of its last candle, −1 before the first. */
  readonly lastGroup: Float64Array;
}

/** An empty window of so many groups. */
export function newReturnWindow(instruments: number, length: number): ReturnWindow {
  return {
    groups: 0,
    returns: Array.from({ length: instruments }, () => new Float64Array(length).fill(NaN)),
    lastGroup: new Float64Array(instruments).fill(-1),
  };
}

/** A candle group closes: the oldest returns make room. */
export function beginGroup(window: ReturnWindow): void {
  const { returns } = window;
  if (returns.length === 0) return;
  const place = window.groups++ % returns[0]!.length;
  for (let i = 0; i < returns.length; i++) returns[i]![place] = NaN;
}

/** Notes an instrument's candle of the group that has begun. @param before Its close before, NaN without one. */
export function noteReturn(window: ReturnWindow, instrument: number, before: number, close: number): void {
  const group = window.groups - 1, own = window.returns[instrument]!;
  if (window.lastGroup[instrument] === group - 1 && group > 0) own[group % own.length] = close / before - 1;
  window.lastGroup[instrument] = group;
}

/**
 * Pearson's correlation of two instruments over the groups of the window in which both have a return; NaN where these
 * are fewer than half of it or one of the two stood still. Two passes from the oldest to the newest.
 */
export function correlationOf({ groups, returns }: ReturnWindow, a: number, b: number): number {
  const x = returns[a]!, y = returns[b]!, length = x.length;
  let count = 0, sumX = 0, sumY = 0;
  for (let i = groups; i < groups + length; i++) {
    const p = x[i % length]!, q = y[i % length]!;
    if (p !== p || q !== q) continue;
    count++;
    sumX += p;
    sumY += q;
  }
  if (count * 2 < length) return NaN;
  const meanX = sumX / count, meanY = sumY / count;
  let xx = 0, yy = 0, xy = 0;
  for (let i = groups; i < groups + length; i++) {
    const p = x[i % length]!, q = y[i % length]!;
    if (p !== p || q !== q) continue;
    xx += (p - meanX) * (p - meanX);
    yy += (q - meanY) * (q - meanY);
    xy += (p - meanX) * (q - meanY);
  }
  return xy / Math.sqrt(xx * yy);
}
