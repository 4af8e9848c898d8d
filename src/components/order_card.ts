import * as Plot from "@observablehq/plot";
import { card } from "./card.ts";
import { chartFrame, COLOR, logTicks } from "./chart_frame.ts";
import { colorKeys } from "./color_keys.ts";
import { element } from "./element.ts";
import { number, percent } from "./format.ts";
import { responsive } from "./responsive.ts";
import { isMade, type VerdictData } from "./verdict_data.ts";

/** The account over its trades, in the band of accounts whose trades were drawn from the same ones. */
export function orderCard({ tradeOrder }: VerdictData): HTMLElement {
  const title = "Trades drawn anew";
  if (!isMade(tradeOrder)) return card(title, {}, element("p", { class: "empty" }, `None: ${tradeOrder.reason}.`));
  const { shuffledDrawdown, lossProbability, ruinProbability, ruinFraction, samples, drawdownProbabilities } =
    tradeOrder;
  const falls = drawdownProbabilities.map(({ depthFraction, probability }) =>
    `${percent(depthFraction, 0)} or more in ${percent(probability, 0)}`
  ).join(", ");
  return card(
    title,
    {
      note: `${number(samples, 0)} accounts of as many trades, drawn from those of the run; seen from trade to trade.`,
      controls: [
        colorKeys(["other", "the run"], ["accent", "nine of ten, and the middle"]),
      ],
    },
    fanChart(tradeOrder.fan),
    element(
      "p",
      { class: "in-words" },
      `${percent(lossProbability, 1)} of them end with a loss, and ${
        percent(ruinProbability, 1)
      } are at some time down to ${
        percent(ruinFraction, 0)
      } of the start. They fall from a peak by ${falls}. The same trades in another order fall by ${
        percent(-(shuffledDrawdown.p05 ?? 0), 0)
      } or more in one of twenty.`,
    ),
  );
}

function fanChart(
  { trade, p05, median, p95, actual }: {
    readonly trade: readonly number[];
    readonly p05: readonly number[];
    readonly median: readonly number[];
    readonly p95: readonly number[];
    readonly actual: readonly number[];
  },
): HTMLElement {
  const rows = trade.map((number, i) => ({
    number,
    p05: p05[i],
    median: median[i],
    p95: p95[i],
    actual: actual[i],
  })).filter((row) => row.p05 > 0 && row.actual > 0);
  const values = rows.flatMap((row) => [row.p05, row.p95, row.actual]);
  const ticks = logTicks(Math.min(1, ...values), Math.max(1, ...values));
  return responsive((width) =>
    Plot.plot(chartFrame(width, 260, {
      x: { label: null, tickSize: 0, ticks: width < 560 ? 3 : 8, tickFormat: (count: number) => `${count} trades` },
      y: { type: "log", grid: true, label: null, ticks, tickSize: 0, tickFormat: (value: number) => `× ${value}` },
      marks: [
        Plot.ruleY([1], { stroke: COLOR.muted, strokeDasharray: "2,3" }),
        Plot.areaY(rows, { x: "number", y1: "p05", y2: "p95", fill: COLOR.accent, fillOpacity: 0.14 }),
        Plot.lineY(rows, { x: "number", y: "median", stroke: COLOR.accent, strokeWidth: 1.25 }),
        Plot.lineY(rows, { x: "number", y: "actual", stroke: COLOR.other, strokeWidth: 1.5 }),
        Plot.ruleX(rows, Plot.pointerX({ x: "number", stroke: COLOR.muted })),
        Plot.tip(
          rows,
          Plot.pointerX({
            x: "number",
            y: "actual",
            title: (row: typeof rows[number]) =>
              `after ${row.number} trades\nthe run × ${number(row.actual, 2)}\n1 in 20 below × ${
                number(row.p05, 2)
              }\nmiddle × ${number(row.median, 2)}\n1 in 20 above × ${number(row.p95, 2)}`,
          }),
        ),
      ],
    }))
  );
}
