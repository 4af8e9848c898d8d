import * as Plot from "@observablehq/plot";
import { COLOR } from "./chart_frame.ts";
import type { CorrelationTable } from "./engine.ts";
import { number, UNDEFINED } from "./format.ts";
import { responsive } from "./responsive.ts";
import { shortNames } from "./short_names.ts";

/** Below this width a cell has no room for its figure. */
const WIDTH_FOR_TEXT = 46;
/** Of a letter of a name, at most. */
const LETTER_WIDTH = 7;

/** Each with each: the stronger the colour, the closer to 1 or −1. */
export function correlationHeatmap(table: CorrelationTable, method: "pearson" | "spearman"): HTMLElement {
  const names = shortNames(table.labels);
  const cells = table[method].flatMap((row, i) =>
    row.map((value, j) => ({ row: names[i], column: names[j], value, itself: i === j }))
  );
  const fill = ({ value, itself }: typeof cells[number]) =>
    itself || value === null
      ? "transparent"
      : `color-mix(in srgb, ${value < 0 ? COLOR.loss : COLOR.accent} ${
        Math.round(85 * Math.abs(value))
      }%, transparent)`;
  const nameWidth = LETTER_WIDTH * Math.max(...names.map(({ length }) => length)), marginLeft = 20 + nameWidth;
  const place = { x: "column", y: "row" } as const;
  return responsive((width) => {
    const cellWidth = Math.min(170, (width - marginLeft) / names.length);
    const hasHeads = cellWidth >= WIDTH_FOR_TEXT, isUpright = cellWidth < nameWidth + 8;
    const marginTop = hasHeads && isUpright ? 26 + nameWidth * 0.75 : 26;
    return Plot.plot({
      width: marginLeft + cellWidth * names.length,
      height: marginTop + 4 + Math.max(18, Math.min(34, cellWidth)) * names.length,
      marginLeft,
      marginTop,
      marginRight: 0,
      marginBottom: 4,
      x: {
        axis: hasHeads ? "top" : null,
        domain: names,
        label: null,
        tickSize: 0,
        padding: 0.04,
        tickRotate: isUpright ? -45 : 0,
      },
      y: { domain: names, label: null, tickSize: 0, padding: 0.06 },
      marks: [
        Plot.cell(cells, {
          ...place,
          fill,
          rx: 3,
          title: ({ row, column, value }) => `${row} with ${column}: ${number(value, 3)}`,
        }),
        Plot.text(cellWidth < WIDTH_FOR_TEXT ? [] : cells, {
          ...place,
          text: ({ value }) => value === null ? UNDEFINED : number(value, 2),
          fill: ({ itself }) => itself ? COLOR.muted : COLOR.text,
          fontVariant: "tabular-nums",
          pointerEvents: "none",
        }),
      ],
    });
  });
}
