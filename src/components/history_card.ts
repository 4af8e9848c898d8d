import * as Plot from "@observablehq/plot";
import { card } from "./card.ts";
import { chartFrame, COLOR, logTicks } from "./chart_frame.ts";
import { element } from "./element.ts";
import { figureTable } from "./figure_table.ts";
import { number, percent, signedPercent } from "./format.ts";
import { responsive } from "./responsive.ts";
import { isMade, type Spread, type VerdictData } from "./verdict_data.ts";

/** One kind of drawn histories. */
interface Row {
  readonly name: string;
  readonly spread: Spread;
  readonly profitable: number | null;
  readonly beats: number | null;
}

/** Growth that is drawn, at least: an account that lost all would have no place on the axis. */
const LEAST_GROWTH = 0.01;

/** What the strategy made of histories that were drawn, each kind a bar around its middle. */
export function historyCard(study: VerdictData): HTMLElement {
  const rows = rowsOf(study), title = "Other histories";
  if (rows.length === 0) return card(title, {}, element("p", { class: "empty" }, "No history was drawn."));
  const { settings, actual } = study;
  return card(
    title,
    {
      note: `Growth of the account over the whole run: nine of ten histories lie in the thin bar, half in the thick ` +
        `one. Blocks have ${number(settings.blockCandles, 0)} candles. The line is what happened.`,
    },
    rangeChart(rows, 1 + actual.totalReturnFraction),
    historyTable(rows),
  );
}

function rowsOf({ bootstrap, noise, skipped, tradeOrder }: VerdictData): Row[] {
  const rows: Row[] = [];
  for (
    const [name, own] of [["moving blocks", bootstrap.movingBlock], [
      "stationary blocks",
      bootstrap.stationary,
    ]] as const
  ) {
    if (isMade(own)) {
      rows.push({ name, spread: own.totalReturn, profitable: own.profitableFraction, beats: own.beatsHoldingFraction });
    }
  }
  for (const own of isMade(noise) ? noise.levels : []) {
    const name = `noise of ${percent(own.rangeFraction, 0)} of the range`;
    rows.push({ name, spread: own.totalReturn, profitable: own.profitableFraction, beats: own.beatsHoldingFraction });
  }
  for (const own of isMade(skipped) ? skipped.levels : []) {
    const name = `${percent(own.skipFraction, 0)} of trades missed`;
    rows.push({ name, spread: own.totalReturn, profitable: own.profitableFraction, beats: null });
  }
  if (isMade(tradeOrder)) {
    const { drawnReturn: spread, lossProbability } = tradeOrder;
    rows.push({ name: "trades drawn anew", spread, profitable: 1 - (lossProbability ?? 0), beats: null });
  }
  return rows;
}

function rangeChart(rows: readonly Row[], actual: number): HTMLElement {
  const growth = (value: number | null) => Math.max(LEAST_GROWTH, 1 + (value ?? 0));
  const bars = rows.map(({ name, spread }) => ({
    name,
    p05: growth(spread.p05),
    p25: growth(spread.p25),
    median: growth(spread.median),
    p75: growth(spread.p75),
    p95: growth(spread.p95),
    title: `${name}, ${number(spread.samples, 0)} drawn\n1 in 20 below ${signedPercent(spread.p05, 0)}\nmiddle ${
      signedPercent(spread.median, 0)
    }\n1 in 20 above ${signedPercent(spread.p95, 0)}`,
  }));
  const all = bars.flatMap(({ p05, p95 }) => [p05, p95]).concat(1, growth(actual - 1));
  const ticks = logTicks(Math.min(...all), Math.max(...all));
  return responsive((width) =>
    Plot.plot(chartFrame(width, 40 + 26 * bars.length, {
      marginLeft: width < 560 ? 130 : 170,
      x: { type: "log", label: null, ticks, tickSize: 0, grid: true, tickFormat: (value: number) => `× ${value}` },
      y: { domain: bars.map(({ name }) => name), label: null, tickSize: 0 },
      marks: [
        Plot.ruleX([1], { stroke: COLOR.muted }),
        Plot.ruleY(bars, { y: "name", x1: "p05", x2: "p95", stroke: COLOR.accent, strokeWidth: 2, strokeOpacity: 0.5 }),
        Plot.ruleY(bars, { y: "name", x1: "p25", x2: "p75", stroke: COLOR.accent, strokeWidth: 8, strokeOpacity: 0.6 }),
        Plot.tickX(bars, { y: "name", x: "median", stroke: COLOR.text, strokeWidth: 2 }),
        Plot.ruleX([growth(actual - 1)], { stroke: COLOR.other, strokeWidth: 1.5, strokeDasharray: "4,3" }),
        Plot.tip(bars, Plot.pointerY({ y: "name", x: "median", title: "title" })),
      ],
    }))
  );
}

function historyTable(rows: readonly Row[]): HTMLElement {
  const heads = ["Drawn histories", "Number", "1 in 20 below", "Middle", "1 in 20 above", "Made money", "Beat holding"];
  return figureTable(
    heads,
    rows.map(({ name, spread, profitable, beats }) => [
      element("th", { scope: "row" }, name),
      ...[
        number(spread.samples, 0),
        percent(spread.p05, 0),
        percent(spread.median, 0),
        percent(spread.p95, 0),
        percent(profitable, 0),
        percent(beats, 0),
      ].map((text) => element("td", { class: "numeric" }, text)),
    ]),
  );
}
