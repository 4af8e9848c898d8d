import * as Plot from "@observablehq/plot";
import { card } from "./card.ts";
import { chartFrame, COLOR, timeAxis } from "./chart_frame.ts";
import { element } from "./element.ts";
import type { ReportDocument, RollingTable } from "./engine.ts";
import { date, number, percent } from "./format.ts";
import { responsive } from "./responsive.ts";
import { segmentedControl } from "./segmented_control.ts";

/** A figure that can be looked at over time. */
interface Figure {
  readonly name: string;
  readonly of: (table: RollingTable) => readonly (number | null)[] | null;
  readonly format: (value: number, digits: number) => string;
}

const plain: Figure["format"] = (value, digits) => number(value, digits);
const FIGURES: readonly Figure[] = [
  { name: "Sharpe", of: (table) => table.sharpe, format: plain },
  { name: "Sortino", of: (table) => table.sortino, format: plain },
  { name: "drawdown", of: (table) => table.maxDrawdownFraction, format: percent },
  { name: "beta", of: (table) => table.beta, format: plain },
  { name: "correlation", of: (table) => table.benchmarkCorrelation, format: plain },
];
const VOLATILITY: Figure = { name: "volatility", of: (table) => table.volatilityFraction, format: percent };

/** Ratios of windows that move along the run, and the volatility below them. */
export function rollingCard({ rolling, equity }: ReportDocument): HTMLElement {
  const title = "Rolling ratios";
  if (rolling.length === 0) {
    return card(title, {}, element("p", { class: "empty" }, "The run is too short: windows need 60 days or more."));
  }
  const figures = FIGURES.filter(({ of }) => of(rolling[0]) !== null);
  let figure = 0, window = Math.min(1, rolling.length - 1);
  const charts = element("div", {});
  const draw = () =>
    charts.replaceChildren(
      rollingChart(rolling[window], figures[figure], 170, COLOR.accent),
      rollingChart(rolling[window], VOLATILITY, 120, COLOR.other),
    );
  draw();
  const beside = equity.benchmarkLabel === null ? "" : ` Beta and correlation are to ${equity.benchmarkLabel}.`;
  return card(
    title,
    {
      note: `Of the daily returns before each day, a year has 365.${beside}`,
      controls: [
        segmentedControl("Figure", figures.map(({ name }) => name), 0, (i) => (figure = i, draw())),
        segmentedControl(
          "Window",
          rolling.map(({ windowPeriods }) => `${windowPeriods} days`),
          window,
          (i) => (window = i, draw()),
        ),
      ],
    },
    charts,
  );
}

function rollingChart(table: RollingTable, { name, of, format }: Figure, height: number, stroke: string): HTMLElement {
  const values = of(table)!;
  const rows = table.timeMs.map((ms, i) => ({ time: new Date(ms), value: values[i] }));
  const known = rows.filter(({ value }) => value !== null);
  return responsive((width) =>
    Plot.plot(chartFrame(width, height, {
      x: timeAxis(),
      y: {
        grid: true,
        label: `${name}, ${table.windowPeriods} days`,
        labelAnchor: "top",
        labelArrow: "none",
        tickFormat: (value: number) => format(value, Number.isInteger(value) || format === percent ? 0 : 1),
        ticks: height < 150 ? 3 : 5,
        tickSize: 0,
        zero: true,
      },
      marginTop: 24,
      marks: [
        Plot.ruleY([0], { stroke: COLOR.muted }),
        Plot.lineY(rows, { x: "time", y: "value", stroke, strokeWidth: 1.25 }),
        Plot.ruleX(known, Plot.pointerX({ x: "time", stroke: COLOR.muted })),
        Plot.tip(
          known,
          Plot.pointerX({
            x: "time",
            y: "value",
            title: ({ time, value }) =>
              `${table.windowPeriods} days to ${date(time.getTime())}\n${name} ${format(value!, 2)}`,
          }),
        ),
      ],
    }))
  );
}
