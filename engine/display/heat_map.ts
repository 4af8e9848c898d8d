import { AXES, drawing } from "./drawing.ts";

/** A value for each pair of two parameters' values. */
export interface HeatMap {
  readonly x: string;
  readonly y: string;
  /** What the colour stands for. */
  readonly label: string;
  readonly cells: readonly { readonly x: string; readonly y: string; readonly value: number | null }[];
}

/** Cells that a drawing may have: more would be smaller than can be seen. */
const MOST_CELLS = 10_000;

/** SVG of a heat map; undefined where it would have too many cells. Cells without a value stay empty. */
export async function heatMapDrawing({ x, y, label, cells }: HeatMap): Promise<string | undefined> {
  if (cells.length > MOST_CELLS) return undefined;
  const values = (name: "x" | "y") => [...new Set(cells.map((cell) => cell[name]))];
  const rows = values("y");
  return await drawing(`${label} by ${x} and ${y}`, (plot) => ({
    height: Math.min(640, 70 + 26 * rows.length),
    marginBottom: 40,
    x: { ...AXES.x, type: "band", domain: values("x"), label: x },
    y: { type: "band", domain: rows.toReversed(), label: y, tickSize: 0 },
    color: { type: "linear", scheme: "RdYlGn", legend: false },
    marks: [plot.cell(cells.filter(({ value }) => value !== null), { x: "x", y: "y", fill: "value", inset: 0.5 })],
  }));
}
