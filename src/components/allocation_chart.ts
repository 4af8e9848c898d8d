import * as Plot from "@observablehq/plot";
import { chartFrame, COLOR, seriesColor, timeAxis } from "./chart_frame.ts";
import type { AllocationTable } from "./engine.ts";
import { dateTime, percent } from "./format.ts";
import { responsive } from "./responsive.ts";
import { shortNames } from "./short_names.ts";

const HEIGHT = 260;

/** Shares of the equity, stacked: markets and cash; what is sold short hangs below zero. */
export function allocationChart({ timeMs, markets, cashFraction }: AllocationTable): HTMLElement {
  const names = shortNames(markets.map(({ label }) => label));
  const columns = [
    ...markets.map(({ fraction }, i) => ({ label: names[i], fraction })),
    { label: "cash", fraction: cashFraction },
  ];
  const labels = columns.map(({ label }) => label);
  const cells = columns.flatMap(({ label, fraction }) =>
    timeMs.map((ms, i) => ({ time: new Date(ms), label, fraction: fraction[i] ?? 0 }))
  );
  const moments = timeMs.map((ms, i) => ({ time: new Date(ms), i }));
  const tip = ({ time, i }: typeof moments[number]) =>
    [
      `${dateTime(time.getTime())} UTC`,
      ...columns.filter(({ fraction }) => fraction[i] !== 0)
        .map(({ label, fraction }) => `${label} ${percent(fraction[i], 1)}`),
    ].join("\n");
  return responsive((width) =>
    Plot.plot(chartFrame(width, HEIGHT, {
      x: timeAxis(),
      y: PERCENT_AXIS,
      color: { domain: labels, range: [...markets.map((_, i) => seriesColor(i)), COLOR.line] },
      marks: [
        Plot.areaY(cells, {
          x: "time",
          y: "fraction",
          fill: "label",
          order: labels,
          curve: "step-after",
          fillOpacity: 0.85,
        }),
        Plot.ruleY([0], { stroke: COLOR.muted }),
        Plot.ruleX(moments, Plot.pointerX({ x: "time", stroke: COLOR.muted })),
        Plot.tip(moments, Plot.pointerX({ x: "time", title: tip, frameAnchor: "top" })),
      ],
    }))
  );
}

/** Long, short, net and gross exposure over time. */
export function exposureChart(table: AllocationTable): HTMLElement {
  const rows = table.timeMs.map((ms, i) => {
    const long = table.longFraction[i] ?? 0, short = table.shortFraction[i] ?? 0;
    return { time: new Date(ms), long, short: -short, net: table.netFraction[i], gross: table.grossFraction[i] };
  });
  const tip = ({ time, long, short, net, gross }: typeof rows[number]) =>
    `${dateTime(time.getTime())} UTC\ngross ${percent(gross, 1)}\nnet ${percent(net, 1)}\n` +
    `long ${percent(long, 1)}\nshort ${percent(-short, 1)}`;
  const step = { x: "time", curve: "step-after" } as const;
  return responsive((width) =>
    Plot.plot(chartFrame(width, HEIGHT, {
      x: timeAxis(),
      y: PERCENT_AXIS,
      marks: [
        Plot.areaY(rows, { ...step, y: "long", fill: COLOR.gain, fillOpacity: 0.22 }),
        Plot.areaY(rows, { ...step, y: "short", fill: COLOR.loss, fillOpacity: 0.22 }),
        Plot.lineY(rows, { ...step, y: "gross", stroke: COLOR.other, strokeWidth: 1 }),
        Plot.lineY(rows, { ...step, y: "net", stroke: COLOR.accent, strokeWidth: 1.25 }),
        Plot.ruleY([0], { stroke: COLOR.muted }),
        Plot.ruleX(rows, Plot.pointerX({ x: "time", stroke: COLOR.muted })),
        Plot.tip(rows, Plot.pointerX({ x: "time", y: "net", title: tip })),
      ],
    }))
  );
}

const PERCENT_AXIS = {
  grid: true,
  label: null,
  tickFormat: (fraction: number) => percent(fraction, 0),
  ticks: 5,
  tickSize: 0,
} as const;
