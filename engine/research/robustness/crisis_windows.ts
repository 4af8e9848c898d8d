// How an account went through times that everybody remembers.
import type { EquityCurve } from "../../portfolio/mod.ts";
import { formatTimestamp, parseTimestamp } from "../../time/mod.ts";
import type { HeldCurve } from "./held_market.ts";
import { rowAfter } from "../../market/mod.ts";
import { drawdownColumn, maxDrawdown } from "../../metrics/mod.ts";

/** A time with a name. */
export interface NamedWindow {
  readonly name: string;
  /** ISO text; the end is not included. */
  readonly from: string;
  readonly to: string;
}

/** Falls of the crypto market that differ in their causes and their speed. */
export const CRISIS_WINDOWS: readonly NamedWindow[] = [
  { name: "March 2020, the pandemic", from: "2020-03-01", to: "2020-04-01" },
  { name: "May 2021, China bans mining", from: "2021-05-01", to: "2021-06-01" },
  { name: "November 2022, the end of FTX", from: "2022-11-01", to: "2022-12-01" },
  { name: "August 2024, the yen carry trade unwinds", from: "2024-08-01", to: "2024-09-01" },
];

/** What an account did in a window, from close to close. */
export interface WindowFigures {
  readonly returnFraction: number;
  readonly maxDrawdownFraction: number;
}

/** A window within the run. */
export interface CrisisWindow extends NamedWindow {
  readonly run: WindowFigures;
  readonly held: WindowFigures;
  /** Share of closes with a position. */
  readonly exposureFraction: number;
}

/** The windows that a run covers, and the names of those that it does not. */
export interface CrisisWindows {
  readonly windows: readonly CrisisWindow[];
  readonly missing: readonly NamedWindow[];
}

/** The account in each window that the run covers from its first to its last moment. `held` is over the same closes. */
export function crisisWindows(curve: EquityCurve, held: HeldCurve, named = CRISIS_WINDOWS): CrisisWindows {
  const windows: CrisisWindow[] = [], missing: NamedWindow[] = [], { closeTimeMs } = curve;
  for (const window of named) {
    const fromMs = parseTimestamp(window.from), toMs = parseTimestamp(window.to);
    const from = rowAfter(closeTimeMs, fromMs), to = rowAfter(closeTimeMs, toMs);
    if (from === 0 || to === from || closeTimeMs[closeTimeMs.length - 1]! < toMs) {
      missing.push(window);
      continue;
    }
    let exposed = 0;
    for (let row = from; row < to; row++) if (curve.grossExposure[row]! > 0) exposed++;
    windows.push({
      ...window,
      from: formatTimestamp(fromMs),
      to: formatTimestamp(toMs),
      run: figuresIn(curve.equity, from, to),
      held: figuresIn(held.equity, from, to),
      exposureFraction: exposed / (to - from),
    });
  }
  return { windows, missing };
}

/** From the close before row `from` to the last one before row `to`. */
function figuresIn(equity: Float64Array, from: number, to: number): WindowFigures {
  const start = equity[from - 1]!, drawdown = maxDrawdown(drawdownColumn(equity.subarray(from, to), start));
  return { returnFraction: equity[to - 1]! / start - 1, maxDrawdownFraction: drawdown ?? 0 };
}
