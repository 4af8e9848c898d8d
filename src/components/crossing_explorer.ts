import * as Plot from "@observablehq/plot";
import { card } from "./card.ts";
import { chartFrame, COLOR, timeAxis } from "./chart_frame.ts";
import { columnsOf, type Crossings, crossings } from "./crossings.ts";
import { element } from "./element.ts";
import type { CandleColumns, ReportDocument } from "./engine.ts";
import { compact, date, number } from "./format.ts";
import type { RecentCandles } from "./page_data.ts";
import { responsive } from "./responsive.ts";

/** Candles shown; those before them let the averages be known from the first one on. */
const SHOWN = 1000;
const LONGEST = { fast: 100, slow: 300 };

/** Two sliders that move the lengths of two averages; the engine computes the crossings anew at each move. */
export function crossingExplorer({ identity }: ReportDocument, recent: RecentCandles | null): HTMLElement {
  const title = "Crossings of two averages, live";
  if (recent === null) {
    return card(title, {}, element("p", { class: "empty" }, "The candles of this run are no longer in the lake."));
  }
  const candles = columnsOf(recent), from = Math.max(0, candles.length - SHOWN);
  const start = startOf(identity.spec);
  const fast = slider("fast", start.fast, LONGEST.fast), slow = slider("slow", start.slow, LONGEST.slow);
  const count = element("output", { class: "crossing-count", "aria-live": "polite" });
  const chart = element("div", { class: "crossing-chart" });
  const draw = () => {
    const found = crossings(candles, Number(fast.input.value), Number(slow.input.value));
    const above = found.above.filter((row) => row >= from), below = found.below.filter((row) => row >= from);
    count.replaceChildren(
      element("span", { class: "gain" }, `▲ ${number(above.length, 0)} up`),
      element("span", { class: "loss" }, `▼ ${number(below.length, 0)} down`),
    );
    chart.replaceChildren(crossingChart(candles, from, { ...found, above, below }));
  };
  for (const { input } of [fast, slow]) input.addEventListener("input", draw);
  draw();
  const shown = `${number(candles.length - from, 0)} candles of ${recent.timeframe} from ${
    date(candles.openTimeMs[from])
  } on`;
  return card(
    title,
    { note: `${recent.symbol}, the last ${shown}: the engine's own averages, computed in this page.` },
    element("div", { class: "sliders" }, fast.box, slow.box, count),
    chart,
  );
}

/** The run's own lengths where it has such parameters. */
function startOf(spec: unknown): { fast: number; slow: number } {
  const { fast, slow } = (spec as { readonly params?: Readonly<Record<string, unknown>> }).params ?? {};
  return typeof fast === "number" && typeof slow === "number" ? { fast, slow } : { fast: 10, slow: 50 };
}

function slider(name: string, value: number, max: number): { box: HTMLElement; input: HTMLInputElement } {
  const input = element("input", { type: "range", name, min: "2", max: String(max), step: "1" });
  input.value = String(value);
  const shown = element("output", {}, input.value);
  input.addEventListener("input", () => shown.textContent = input.value);
  return {
    box: element("label", { class: `slider ${name}` }, element("span", {}, `${name} average`), input, shown),
    input,
  };
}

function crossingChart(candles: CandleColumns, from: number, { fast, slow, above, below }: Crossings): HTMLElement {
  const rows = Array.from({ length: candles.length - from }, (_, i) => ({
    time: new Date(candles.openTimeMs[from + i]),
    close: candles.close[from + i],
    fast: fast[from + i],
    slow: slow[from + i],
  }));
  const marker = (at: readonly number[], options: Plot.DotOptions) =>
    Plot.dot(at.map((row) => rows[row - from]), { x: "time", y: "fast", r: 4.5, symbol: "triangle", ...options });
  return responsive((width) =>
    Plot.plot(chartFrame(width, 320, {
      x: timeAxis(),
      y: { grid: true, label: null, ticks: 6, tickSize: 0, tickFormat: compact, nice: true },
      marks: [
        Plot.lineY(rows, { x: "time", y: "close", stroke: COLOR.muted, strokeOpacity: 0.7, strokeWidth: 1 }),
        Plot.lineY(rows, { x: "time", y: "slow", stroke: COLOR.other, strokeWidth: 1.75 }),
        Plot.lineY(rows, { x: "time", y: "fast", stroke: COLOR.accent, strokeWidth: 1.75 }),
        marker(above, { fill: COLOR.gain }),
        marker(below, { fill: COLOR.loss, rotate: 180 }),
      ],
    }))
  );
}
