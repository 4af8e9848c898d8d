import * as Plot from "@observablehq/plot";
import { COLOR } from "./chart_frame.ts";
import type { YearRow } from "./engine.ts";
import { percent, signedPercent } from "./format.ts";
import { responsive } from "./responsive.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const COLUMNS = [...MONTHS, "Year"];
/** A return of this size, either way, has the full colour. */
const FULL_COLOR_FRACTION = 0.25;

/** Returns of each month and year; the stronger the colour, the larger the gain or loss. */
export function monthlyHeatmap(years: readonly YearRow[]): HTMLElement {
  const cells = years.flatMap(({ year, monthFractions, yearFraction }) =>
    [...monthFractions, yearFraction].flatMap((fraction, i) =>
      fraction === null ? [] : [{ year: String(year), column: COLUMNS[i], fraction }]
    )
  );
  const fill = ({ fraction }: typeof cells[number]) => {
    const share = Math.round(12 + 73 * Math.min(1, Math.abs(fraction) / FULL_COLOR_FRACTION));
    return `color-mix(in srgb, ${fraction < 0 ? COLOR.loss : COLOR.gain} ${fraction === 0 ? 0 : share}%, transparent)`;
  };
  const place = { x: "column", y: "year" } as const;
  return responsive((width) =>
    Plot.plot({
      width,
      height: 32 + 30 * years.length,
      marginLeft: 44,
      marginTop: 26,
      marginRight: 0,
      marginBottom: 6,
      x: { axis: "top", domain: COLUMNS, label: null, tickSize: 0, padding: 0.04 },
      y: { domain: years.map(({ year }) => String(year)), label: null, tickSize: 0, padding: 0.08 },
      marks: [
        Plot.cell(cells, {
          ...place,
          fill,
          rx: 3,
          title: (cell) => `${cell.column} ${cell.year}: ${signedPercent(cell.fraction)}`,
        }),
        ...[MONTHS, ["Year"]].map((columns, i) =>
          Plot.text(cells.filter(({ column }) => columns.includes(column)), {
            ...place,
            text: ({ fraction }) => percent(fraction, width < 620 ? 0 : 1).replace(" %", ""),
            fill: COLOR.text,
            fontWeight: i === 0 ? 400 : 600,
            fontVariant: "tabular-nums",
            pointerEvents: "none",
          })
        ),
      ],
    })
  );
}
