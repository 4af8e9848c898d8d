import * as Plot from "@observablehq/plot";
import { chartFrame, COLOR, timeAxis } from "./chart_frame.ts";
import type { EquityTable } from "./engine.ts";
import { equityAxis } from "./equity_axis.ts";
import { amount, dateTime, percent } from "./format.ts";
import { responsive } from "./responsive.ts";

/** Equity in quote units over time, with the benchmark's from the same start; `scale` of its axis. */
export function equityChart(table: EquityTable, scale: "linear" | "log"): HTMLElement {
  const rows = table.timeMs.map((timeMs, i) => ({
    time: new Date(timeMs),
    equity: table.equity[i],
    benchmark: table.benchmarkEquity?.[i] ?? null,
  }));
  const values = rows.flatMap(({ equity, benchmark }) => benchmark === null ? [equity] : [equity, benchmark]);
  const y = equityAxis(scale, Math.min(...values), Math.max(...values));
  const tip = (row: typeof rows[number]) =>
    [
      `${dateTime(row.time.getTime())} UTC`,
      `equity ${amount(row.equity)} (${percent(row.equity / rows[0].equity - 1, 1)})`,
      ...(row.benchmark === null
        ? []
        : [`${table.benchmarkLabel} ${amount(row.benchmark)} (${percent(row.benchmark / rows[0].equity - 1, 1)})`]),
    ].join("\n");
  return responsive((width) =>
    Plot.plot(chartFrame(width, 300, {
      x: timeAxis(),
      y,
      marks: [
        y.type === "linear"
          ? Plot.areaY(rows, { x: "time", y1: rows[0]?.equity, y2: "equity", fill: COLOR.accent, fillOpacity: 0.1 })
          : null,
        Plot.ruleY(rows.slice(0, 1), { y: "equity", stroke: COLOR.muted, strokeDasharray: "2,3" }),
        table.benchmarkEquity
          ? Plot.lineY(rows, { x: "time", y: "benchmark", stroke: COLOR.other, strokeWidth: 1.25 })
          : null,
        Plot.lineY(rows, { x: "time", y: "equity", stroke: COLOR.accent, strokeWidth: 1.5 }),
        Plot.ruleX(rows, Plot.pointerX({ x: "time", stroke: COLOR.muted })),
        Plot.dot(rows, Plot.pointerX({ x: "time", y: "equity", r: 3, fill: COLOR.accent })),
        Plot.tip(rows, Plot.pointerX({ x: "time", y: "equity", title: tip })),
      ],
    }))
  );
}
