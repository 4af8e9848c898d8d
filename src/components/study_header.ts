import { element } from "./element.ts";
import type { StudySubject } from "./engine.ts";
import { date } from "./format.ts";

/** What was studied, in a few words, and what to be careful about. */
export function studyHeader(
  kind: string,
  { strategy, markets, timeframe, fromMs, toMs }: StudySubject,
  facts: readonly string[],
  warnings: readonly string[],
): HTMLElement {
  const title = `${strategy} · ${markets} · ${timeframe}`;
  document.title = `${kind} of ${title} · Crypto Trader`;
  const all = [`${date(fromMs)} to ${date(toMs)}`, ...facts];
  return element(
    "div",
    { class: "run-header" },
    element("h1", {}, `${kind}: ${title}`),
    element("p", { class: "facts" }, ...all.map((fact) => element("span", {}, fact))),
    element("ul", { class: "warnings" }, ...warnings.map((warning) => element("li", {}, warning))),
  );
}
