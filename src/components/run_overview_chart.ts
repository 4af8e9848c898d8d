import * as Plot from "@observablehq/plot";
import { card } from "./card.ts";
import { chartFrame, COLOR, logTicks, timeAxis } from "./chart_frame.ts";
import { date, number, signedPercent } from "./format.ts";
import type { RunSummary } from "./page_data.ts";
import { responsive } from "./responsive.ts";

/** Colours that can be told apart in both themes, also by people who see red and green alike. */
const PALETTE = 8;

/** Growth of all runs over time, each from 1 at its start, on a logarithmic axis. */
export function runOverviewChart(runs: readonly RunSummary[]): HTMLElement {
  const label = ({ strategy, markets, timeframe, hash }: RunSummary) => {
    const name = `${strategy} · ${markets} · ${timeframe}`;
    const alike = runs.filter((run) => `${run.strategy} · ${run.markets} · ${run.timeframe}` === name);
    return alike.length > 1 ? `${name} · ${hash.slice(0, 4)}` : name;
  };
  const best = runs.toSorted((a, b) => (b.totalReturnFraction ?? 0) - (a.totalReturnFraction ?? 0));
  const shown = best.slice(0, PALETTE);
  const rows = shown.flatMap((run) =>
    run.curve.timeMs.map((ms, i) => ({ time: new Date(ms), growth: run.curve.growth[i], run: label(run) }))
  ).filter(({ growth }) => growth > 0);
  const growths = rows.map(({ growth }) => growth);
  const ticks = logTicks(Math.min(1, ...growths), Math.max(1, ...growths));
  const names = shown.map(label);
  const chart = responsive((width) =>
    Plot.plot(chartFrame(width, 300, {
      x: timeAxis(),
      y: { type: "log", grid: true, label: null, ticks, tickSize: 0, tickFormat: (growth: number) => `× ${growth}` },
      color: { domain: names, range: names.map((_, i) => `var(--series-${i + 1})`), legend: true },
      marks: [
        Plot.ruleY([1], { stroke: COLOR.muted, strokeDasharray: "2,3" }),
        Plot.lineY(rows, { x: "time", y: "growth", z: "run", stroke: "run", strokeWidth: 1.5 }),
        Plot.tip(
          rows,
          Plot.pointer({
            x: "time",
            y: "growth",
            stroke: "run",
            title: ({ time, growth, run }) => `${run}\n${date(time.getTime())}: ${signedPercent(growth - 1, 1)}`,
          }),
        ),
      ],
    }))
  );
  const which = shown.length < runs.length
    ? `The ${shown.length} best of ${number(runs.length, 0)} runs.`
    : "All runs.";
  return card("Growth", { note: `${which} Each starts at 1; the axis is logarithmic.` }, chart);
}
