import * as Plot from "@observablehq/plot";
import { chartFrame, COLOR, timeAxis } from "./chart_frame.ts";
import type { EquityTable } from "./engine.ts";
import { dateTime, percent } from "./format.ts";
import { responsive } from "./responsive.ts";

/** How far the equity is below its highest value so far. */
export function drawdownChart(table: EquityTable): HTMLElement {
  const rows = table.timeMs.map((timeMs, i) => ({ time: new Date(timeMs), fraction: table.drawdownFraction[i] }));
  return responsive((width) =>
    Plot.plot(chartFrame(width, 140, {
      x: timeAxis(),
      y: { grid: true, label: null, tickFormat: (fraction: number) => percent(fraction, 0), ticks: 4, tickSize: 0 },
      marks: [
        Plot.areaY(rows, { x: "time", y: "fraction", fill: COLOR.loss, fillOpacity: 0.18 }),
        Plot.lineY(rows, { x: "time", y: "fraction", stroke: COLOR.loss, strokeWidth: 1 }),
        Plot.ruleY([0], { stroke: COLOR.muted }),
        Plot.ruleX(rows, Plot.pointerX({ x: "time", stroke: COLOR.muted })),
        Plot.tip(
          rows,
          Plot.pointerX({
            x: "time",
            y: "fraction",
            title: ({ time, fraction }) => `${dateTime(time.getTime())} UTC\n${percent(fraction)} below the peak`,
          }),
        ),
      ],
    }))
  );
}
