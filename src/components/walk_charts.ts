import * as Plot from "@observablehq/plot";
import { chartFrame, COLOR, timeAxis } from "./chart_frame.ts";
import type { WalkDocument } from "./engine.ts";
import { equityAxis } from "./equity_axis.ts";
import { amount, date, dateTime, number } from "./format.ts";
import { responsive } from "./responsive.ts";

/** The account over all tests; where a window begins there is a line. */
export function walkEquityChart({ equity, windows, startingCash }: WalkDocument, scale: "linear" | "log"): HTMLElement {
  const rows = equity.timeMs.map((ms, i) => ({ time: new Date(ms), equity: equity.equity[i]! }));
  const values = [startingCash, ...equity.equity], y = equityAxis(scale, Math.min(...values), Math.max(...values));
  const title = (row: typeof rows[number]) => `${dateTime(row.time.getTime())} UTC\nequity ${amount(row.equity)}`;
  return responsive((width) =>
    Plot.plot(chartFrame(width, 300, {
      x: timeAxis(),
      y,
      marks: [
        Plot.ruleX(windows, { x: ({ testFromMs }) => new Date(testFromMs), stroke: COLOR.line }),
        Plot.ruleY([startingCash], { stroke: COLOR.muted, strokeDasharray: "2,3" }),
        Plot.lineY(rows, { x: "time", y: "equity", stroke: COLOR.accent, strokeWidth: 1.5 }),
        Plot.tip(rows, Plot.pointerX({ x: "time", y: "equity", title })),
      ],
    }))
  );
}

/** Sharpe ratio of each window's choice in its training, and in its test. */
export function walkSharpeChart({ windows }: WalkDocument): HTMLElement {
  const rows = windows.map((own) => ({
    time: new Date(own.testFromMs),
    train: own.trainSharpe,
    test: own.testSharpe,
    until: own.testToMs,
  }));
  const title = ({ time, train, test, until }: typeof rows[number]) =>
    `${date(time.getTime())} to ${date(until)}\nin training ${number(train, 2)}, in the test ${number(test, 2)}`;
  return responsive((width) =>
    Plot.plot(chartFrame(width, 240, {
      x: timeAxis(),
      y: { grid: true, label: null, ticks: 5, tickSize: 0, nice: true },
      marks: [
        Plot.ruleY([0], { stroke: COLOR.muted }),
        Plot.ruleX(rows, { x: "time", y1: "train", y2: "test", stroke: COLOR.line, strokeWidth: 2 }),
        Plot.dot(rows, { x: "time", y: "train", r: 3.5, stroke: COLOR.other, strokeWidth: 1.5 }),
        Plot.dot(rows, { x: "time", y: "test", r: 3.5, fill: COLOR.accent }),
        Plot.tip(rows, Plot.pointerX({ x: "time", y: "test", title })),
      ],
    }))
  );
}

/** The chosen value of each parameter over time, each on an axis of its own. */
export function walkParameterChart({ windows, axes }: WalkDocument): HTMLElement {
  const rows = axes.flatMap(({ name, values }, axis) =>
    windows.flatMap(({ params, testFromMs, testToMs }) => {
      if (params === null) return [];
      const at = values.indexOf(params[axis]!);
      return [{
        name,
        from: new Date(testFromMs),
        to: new Date(testToMs),
        at: values.length === 1 ? 0.5 : at / (values.length - 1),
        value: params[axis]!,
      }];
    })
  );
  const ends = axes.flatMap(({ name, values }) => [
    { name, at: 0, value: String(values[0]) },
    ...(values.length > 1 ? [{ name, at: 1, value: String(values.at(-1)) }] : []),
  ]);
  const title = ({ name, from, value }: typeof rows[number]) => `${date(from.getTime())}\n${name} ${value}`;
  return responsive((width) =>
    Plot.plot(chartFrame(width, 40 + 76 * axes.length, {
      x: timeAxis(),
      y: { axis: null, domain: [-0.1, 1.1] },
      fy: { label: null, domain: axes.map(({ name }) => name), padding: 0.15 },
      marginRight: 70,
      marks: [
        Plot.frame({ stroke: COLOR.line }),
        Plot.ruleY(rows, { x1: "from", x2: "to", y: "at", fy: "name", stroke: COLOR.accent, strokeWidth: 4 }),
        Plot.text(ends, {
          frameAnchor: "right",
          dx: 8,
          textAnchor: "start",
          y: "at",
          fy: "name",
          text: "value",
          fill: COLOR.muted,
        }),
        Plot.tip(rows, Plot.pointerX({ x1: "from", x2: "to", y: "at", fy: "name", title })),
      ],
    }))
  );
}
