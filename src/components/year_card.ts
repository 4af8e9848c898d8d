import * as Plot from "@observablehq/plot";
import { card } from "./card.ts";
import { chartFrame, COLOR } from "./chart_frame.ts";
import { colorKeys } from "./color_keys.ts";
import { element } from "./element.ts";
import { figureTable } from "./figure_table.ts";
import { percent, signClass, signedPercent } from "./format.ts";
import { responsive } from "./responsive.ts";
import { isMade, type VerdictData } from "./verdict_data.ts";

/** What each year brought, beside holding. */
export function yearCard({ sources }: VerdictData): HTMLElement {
  const title = "Years";
  if (!isMade(sources) || sources.years.length === 0) {
    return card(title, {}, element("p", { class: "empty" }, "There is no whole year."));
  }
  const rows = sources.years.flatMap(({ year, returnFraction, heldReturnFraction, growthShareFraction }) => [
    { year: String(year), who: "the run", value: returnFraction, share: growthShareFraction },
    { year: String(year), who: "holding", value: heldReturnFraction, share: null },
  ]);
  return card(
    title,
    {
      note: "Return of each year, the first and the last as far as the run goes.",
      controls: [
        colorKeys(["accent", "the run"], ["other", "holding"]),
      ],
    },
    responsive((width) =>
      Plot.plot(chartFrame(width, 260, {
        fx: {
          label: null,
          tickSize: 0,
          padding: 0.25,
          tickFormat: (year: string) => width < 480 ? `’${year.slice(2)}` : year,
        },
        x: { axis: null, domain: ["the run", "holding"], padding: 0.05 },
        y: { grid: true, label: null, tickSize: 0, ticks: 5, tickFormat: (value: number) => percent(value, 0) },
        marks: [
          Plot.barY(rows, {
            fx: "year",
            x: "who",
            y: "value",
            fill: ({ who }) => who === "the run" ? COLOR.accent : COLOR.other,
            fillOpacity: 0.8,
            title: ({ year, who, value, share }) =>
              `${who} in ${year}: ${signedPercent(value, 1)}` +
              (share === null ? "" : `\n${percent(share, 0)} of its whole growth`),
          }),
          Plot.ruleY([0], { stroke: COLOR.muted }),
        ],
      }))
    ),
  );
}

/** How the account went through the crises that the run covers. */
export function crisisCard({ crisis: { windows, missing } }: VerdictData): HTMLElement {
  const heads = ["Window", "The run", "Holding", "Its fall", "Holding's", "In the market"];
  const table = figureTable(
    heads,
    windows.map(({ name, run, held, exposureFraction }) => {
      const cell = (value: number, mark: boolean) =>
        element("td", { class: ["numeric", mark ? signClass(value) : ""].join(" ").trim() }, percent(value, 1));
      return [
        element("th", { scope: "row" }, name),
        cell(run.returnFraction, true),
        cell(held.returnFraction, true),
        cell(run.maxDrawdownFraction, false),
        cell(held.maxDrawdownFraction, false),
        element("td", { class: "numeric" }, percent(exposureFraction, 0)),
      ];
    }),
  );
  const absent = missing.length === 0
    ? []
    : [element("p", { class: "in-words" }, `Not in the data: ${missing.map(({ name }) => name).join("; ")}.`)];
  return card(
    "Crises",
    { note: "The account in times that everybody remembers, from close to close." },
    ...(windows.length === 0 ? [] : [table]),
    ...absent,
  );
}
