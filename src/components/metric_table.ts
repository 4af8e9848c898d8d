import { element } from "./element.ts";
import type { MetricEntry, MetricSection } from "./engine.ts";
import { figure } from "./format.ts";

/** All figures by group. The convention of each is shown on hover and on focus, and read with its name. */
export function metricTable(sections: readonly MetricSection[], benchmarkLabel: string | null): HTMLElement {
  const tables = sections.map((section) => sectionTable(section, benchmarkLabel));
  return element("div", { class: "metric-columns" }, ...tables);
}

function sectionTable({ title, entries }: MetricSection, benchmarkLabel: string | null): HTMLElement {
  const compared = benchmarkLabel !== null && entries.some(({ benchmark }) => benchmark !== null);
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, title),
    element("th", { scope: "col", class: "numeric" }, "run"),
    ...(compared ? [element("th", { scope: "col", class: "numeric" }, benchmarkLabel)] : []),
  );
  const rows = entries.map((entry) => metricRow(entry, compared));
  return element("table", { class: "metrics" }, element("thead", {}, head), element("tbody", {}, ...rows));
}

function metricRow({ name, label, value, unit, convention, benchmark }: MetricEntry, compared: boolean): HTMLElement {
  const note = element("span", { class: "convention", role: "tooltip", id: `convention-${name}` }, convention);
  const term = element("span", { class: "term", tabindex: "0", "aria-describedby": note.id }, label);
  return element(
    "tr",
    { "data-metric": name },
    element("th", { scope: "row" }, term, note),
    element("td", { class: "numeric" }, figure(value, unit)),
    ...(compared ? [element("td", { class: "numeric other" }, figure(benchmark, unit))] : []),
  );
}
