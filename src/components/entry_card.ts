import * as Plot from "@observablehq/plot";
import { card } from "./card.ts";
import { chartFrame, COLOR } from "./chart_frame.ts";
import { element } from "./element.ts";
import { number, percent } from "./format.ts";
import { responsive } from "./responsive.ts";
import { isMade, type VerdictData } from "./verdict_data.ts";

/** Random entries that hold as often and as long, and the real ones among them. */
export function entryCard({ entries }: VerdictData): HTMLElement {
  const title = "Random entries";
  if (!isMade(entries)) return card(title, {}, element("p", { class: "empty" }, `None: ${entries.reason}.`));
  const { gross: { histogram, actual }, pValue, rotatedPValue, samples } = entries;
  const bins = histogram === null ? [] : histogram.counts.map((count, i) => ({
    from: histogram.edges[i],
    to: histogram.edges[i + 1],
    count,
  }));
  return card(
    title,
    { note: "Sum of the trades' logarithmic returns before costs; the line is the strategy's." },
    responsive((width) =>
      Plot.plot(chartFrame(width, 240, {
        x: { label: null, tickSize: 0, ticks: 8 },
        y: { grid: true, label: null, tickSize: 0, ticks: 4 },
        marks: [
          Plot.rectY(bins, {
            x1: "from",
            x2: "to",
            y: "count",
            fill: COLOR.accent,
            fillOpacity: 0.5,
            insetLeft: 0.5,
            insetRight: 0.5,
          }),
          Plot.ruleY([0], { stroke: COLOR.muted }),
          Plot.ruleX([actual], { stroke: COLOR.other, strokeWidth: 1.5 }),
        ],
      }))
    ),
    element(
      "p",
      { class: "in-words" },
      `Of ${number(samples, 0)} draws with as many entries, held as long, ${
        percent(pValue, 1)
      } did as well; with all entries moved together, ${percent(rotatedPValue, 1)}.`,
    ),
  );
}

/** How the study was made, and how to repeat it. */
export function studyIdentity({ run, settings, replays, path, why }: VerdictData): HTMLElement {
  const command = `deno task robustness ${run.hash.slice(0, 12)} --samples ${settings.samples} ` +
    `--seed ${settings.seed} --block ${settings.blockCandles}`;
  const facts: [string, string | Node][] = [
    ["Run", element("code", {}, run.hash)],
    ["Engine", run.engineVersion],
    ["Replays", `${number(replays, 0)}, ${path === "columns" ? "over columns" : `candle by candle: ${why}`}`],
    ["Histories of each kind", number(settings.samples, 0)],
    ["Draws of trades and entries", number(settings.tradeSamples, 0)],
    ["Blocks", `${number(settings.blockCandles, 0)} candles`],
    ["Seed", String(settings.seed)],
    ["Make it again", element("code", {}, command)],
  ];
  return card(
    "The study",
    { note: "The same run and seed give the same study. Its replays are no trials: nothing was chosen among them." },
    element(
      "dl",
      { class: "facts-list" },
      ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    ),
  );
}
