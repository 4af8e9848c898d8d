import * as Plot from "@observablehq/plot";
import { chartFrame, COLOR } from "./chart_frame.ts";
import type { HistogramTable } from "./engine.ts";
import { number, percent } from "./format.ts";
import { responsive } from "./responsive.ts";

/** A value to be marked on the axis of returns. */
export interface MarkedReturn {
  readonly label: string;
  readonly fraction: number;
}

/** How often which daily return came. */
export function returnDistribution({ edges, counts }: HistogramTable, marked: readonly MarkedReturn[]): HTMLElement {
  const bins = counts.map((count, i) => ({ from: edges[i], to: edges[i + 1], count }));
  return responsive((width) =>
    Plot.plot(chartFrame(width, 316, {
      marginTop: 30,
      x: { label: null, tickFormat: (fraction: number) => percent(fraction, 0), tickSize: 0, ticks: 8 },
      y: { grid: true, label: null, tickSize: 0, ticks: 5 },
      marks: [
        Plot.rectY(bins, {
          x1: "from",
          x2: "to",
          y: "count",
          fill: ({ from }) => from < 0 ? COLOR.loss : COLOR.gain,
          fillOpacity: 0.75,
          insetLeft: 0.5,
          insetRight: 0.5,
          title: ({ from, to, count }) => `${number(count, 0)} days from ${percent(from, 1)} to ${percent(to, 1)}`,
        }),
        Plot.ruleY([0], { stroke: COLOR.muted }),
        Plot.ruleX(marked, { x: "fraction", stroke: COLOR.text, strokeDasharray: "2,3" }),
        ...(["end", "start"] as const).map((textAnchor) =>
          Plot.text(marked.filter(({ fraction }) => textAnchor === (fraction < 0 ? "end" : "start")), {
            x: "fraction",
            frameAnchor: "top",
            textAnchor,
            dy: -14,
            text: ({ label, fraction }) => `${label} ${percent(fraction, 1)}`,
            fill: COLOR.muted,
          })
        ),
      ],
    }))
  );
}
