import { rowsToKeep } from "../metrics/mod.ts";
import { AXES, COLOR, drawing } from "./drawing.ts";

/** Points that a drawing keeps. */
const MOST_POINTS = 600;

/** An account over time, with moments at which something about it changed. */
export interface EquityLine {
  readonly label: string;
  readonly timeMs: ArrayLike<number>;
  readonly equity: ArrayLike<number>;
  readonly marksMs?: readonly number[];
}

/** SVG of an account over time. */
export async function equityLineDrawing({ label, timeMs, equity, marksMs = [] }: EquityLine): Promise<string> {
  const rows = rowsToKeep([equity], MOST_POINTS).map((row) => ({ time: new Date(timeMs[row]!), equity: equity[row]! }));
  return await drawing(label, (plot) => ({
    ...AXES,
    height: 260,
    marks: [
      plot.ruleX(marksMs.map((ms) => new Date(ms)), {
        stroke: COLOR.muted,
        strokeOpacity: 0.35,
        strokeDasharray: "2,3",
      }),
      plot.lineY(rows, { x: "time", y: "equity", stroke: COLOR.accent, strokeWidth: 1.5 }),
    ],
  }));
}
