import * as Plot from "@observablehq/plot";
import { card } from "./card.ts";
import { chartFrame, COLOR } from "./chart_frame.ts";
import { element } from "./element.ts";
import { compact, number, percent, roughly } from "./format.ts";
import { responsive } from "./responsive.ts";
import { isMade, type VerdictData } from "./verdict_data.ts";

/** What is left of the return a year at other costs and after delays. */
export function costCard({ costs, late }: VerdictData): HTMLElement {
  const title = "Costs and delays";
  const levels = isMade(costs)
    ? [{ multiple: 0, figures: costs.free }, ...costs.levels].map(({ multiple, figures }) => ({
      name: multiple === 0 ? "no costs" : `costs × ${multiple}`,
      value: figures.cagrFraction,
    }))
    : [];
  const delays = isMade(late)
    ? late.delays.map(({ delayMs, isOneBar, figures }) => ({
      name: isOneBar ? "one candle later" : `${delayMs / 1_000} s later`,
      value: figures.cagrFraction,
    }))
    : [];
  const rows = [...levels, ...delays].filter(({ value }) => value !== null);
  if (rows.length === 0) {
    const why = isMade(costs) ? "The run is too short." : `None: ${costs.reason}.`;
    return card(title, {}, element("p", { class: "empty" }, why));
  }
  return card(
    title,
    { note: "Return a year. A late order meets the worst price of the time that has passed." },
    barChart(rows),
    ...(isMade(costs) && costs.breakEvenBps !== null
      ? [
        element(
          "p",
          { class: "in-words" },
          costs.breakEvenBps === 0
            ? "It earns nothing even without costs."
            : `Nothing is earned at ${
              number(costs.breakEvenBps, 1)
            } basis points a side, fees and slippage together; ` +
              `the run paid ${number((costs.feeBps ?? 0) + (costs.slippageBps ?? 0), 1)}.`,
        ),
      ]
      : []),
  );
}

function barChart(rows: readonly { name: string; value: number | null }[]): HTMLElement {
  return responsive((width) =>
    Plot.plot(chartFrame(width, 40 + 22 * rows.length, {
      marginLeft: 110,
      marginRight: 50,
      x: { label: null, tickSize: 0, ticks: 5, grid: true, tickFormat: (value: number) => percent(value, 0) },
      y: { domain: rows.map(({ name }) => name), label: null, tickSize: 0 },
      marks: [
        Plot.barX(rows, {
          x: "value",
          y: "name",
          fill: ({ value }) => value < 0 ? COLOR.loss : COLOR.accent,
          fillOpacity: 0.75,
        }),
        Plot.text(rows, {
          x: "value",
          y: "name",
          text: ({ value }) => percent(value, 1),
          textAnchor: "start",
          dx: 4,
          fill: COLOR.muted,
          filter: ({ value }) => value >= 0,
        }),
        Plot.text(rows, {
          x: 0,
          y: "name",
          text: ({ value }) => percent(value, 1),
          textAnchor: "start",
          dx: 4,
          fill: COLOR.muted,
          filter: ({ value }) => value < 0,
        }),
        Plot.ruleX([0], { stroke: COLOR.muted }),
      ],
    }))
  );
}

/** The return a year that an account of some size keeps after its own impact. */
export function capacityCard({ capacity, run }: VerdictData): HTMLElement {
  const title = "Size";
  if (!isMade(capacity) || capacity.zeroAtQuote === null) {
    const why = isMade(capacity) ? "It earns nothing that size could take." : `None: ${capacity.reason}.`;
    return card(title, {}, element("p", { class: "empty" }, why));
  }
  const { curve, halfAtQuote, zeroAtQuote, participationAtQuote, settings } = capacity;
  const quote = run.markets[0].split("/").at(-1)!;
  return card(
    title,
    {
      note: `Return a year of an account that is kept at one size, after the impact of its own orders: ${
        settings.impactCoefficient === 1 ? "" : `${settings.impactCoefficient} × `
      }volatility × √(order ÷ volume of the candle).`,
    },
    responsive((width) =>
      Plot.plot(chartFrame(width, 240, {
        x: { label: null, tickSize: 0, ticks: 5, tickFormat: compact },
        y: { grid: true, label: null, tickSize: 0, ticks: 5, tickFormat: (value: number) => percent(value, 0) },
        marks: [
          Plot.ruleY([0], { stroke: COLOR.muted }),
          Plot.lineY(curve, { x: "equityQuote", y: "annualReturnFraction", stroke: COLOR.accent, strokeWidth: 1.5 }),
          Plot.ruleX([halfAtQuote, zeroAtQuote], { stroke: COLOR.other, strokeDasharray: "4,3" }),
        ],
      }))
    ),
    element(
      "p",
      { class: "in-words" },
      `At ${roughly(halfAtQuote!)} ${quote} half of the return is left, at ${roughly(zeroAtQuote)} nothing. ` +
        (participationAtQuote === null
          ? ""
          : `Above ${roughly(participationAtQuote)} one fill in ten takes more than ${
            percent(settings.participationFraction, 0)
          } of its candle's volume.`),
    ),
  );
}
