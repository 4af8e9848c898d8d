import { element } from "./element.ts";
import type { ReportDocument } from "./engine.ts";
import { date, number } from "./format.ts";
import { paramChips } from "./param_chips.ts";

/**
 * What was run, in a few words, and what to be careful about.
 *
 * @param verdict Headline of the study of its robustness, which it leads to; null where there is none.
 */
export function runHeader(
  { title, identity, period, warnings, trades }: ReportDocument,
  verdict: string | null,
): HTMLElement {
  document.title = `${title} · Crypto Trader`;
  const spec = identity.spec as { readonly params?: Readonly<Record<string, unknown>> };
  const facts = [
    ...(period === null ? ["no candle"] : [`${date(period.fromMs)} to ${date(period.toMs)}`]),
    `${number(trades.length, 0)} trades`,
    `run ${identity.hash.slice(0, 12)}`,
  ];
  return element(
    "div",
    { class: "run-header" },
    element("h1", {}, title),
    element(
      "p",
      { class: "facts" },
      ...facts.map((fact) => element("span", {}, fact)),
      ...(verdict === null ? [] : [element("a", { href: `../verdict/${identity.hash}.html` }, `verdict: ${verdict}`)]),
      ...paramChips(spec.params ?? {}),
    ),
    element("ul", { class: "warnings" }, ...warnings.map((warning) => element("li", {}, warning))),
  );
}
