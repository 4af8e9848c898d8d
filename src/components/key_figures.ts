import { element } from "./element.ts";
import type { MetricEntry, ReportDocument } from "./engine.ts";
import { figure, signClass } from "./format.ts";

/** What a reader looks at first. */
const KEY_FIGURES = [
  "totalReturnFraction",
  "cagrFraction",
  "sharpe",
  "sortino",
  "maxDrawdownFraction",
  "winRateFraction",
  "profitFactor",
  "exposureTimeFraction",
];
/** Figures whose sign is coloured. */
const COLOURED = ["totalReturnFraction", "cagrFraction"];

/** The few figures that a run is judged by first, each with the benchmark's. */
export function keyFigures({ metrics, equity }: ReportDocument): HTMLElement {
  const entries = new Map(metrics.flatMap((section) => section.entries).map((entry) => [entry.name, entry]));
  const tiles = KEY_FIGURES.map((name) => entries.get(name)).filter((entry) => entry !== undefined);
  return element("dl", { class: "key-figures" }, ...tiles.map((entry) => tile(entry, equity.benchmarkLabel)));
}

function tile(
  { name, label, value, unit, convention, benchmark }: MetricEntry,
  benchmarkLabel: string | null,
): HTMLElement {
  const coloured = COLOURED.includes(name) ? signClass(value) : undefined;
  return element(
    "div",
    { class: "tile", title: convention },
    element("dt", {}, label),
    element("dd", { class: coloured }, figure(value, unit)),
    ...(benchmarkLabel === null || benchmark === null
      ? []
      : [element("dd", { class: "beside" }, `${figure(benchmark, unit)} ${benchmarkLabel}`)]),
  );
}
