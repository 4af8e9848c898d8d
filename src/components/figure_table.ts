import { element } from "./element.ts";

/** A small table of figures: heads, of which all but the first stand over numbers, and rows of cells. */
export function figureTable(heads: readonly string[], rows: readonly (readonly HTMLElement[])[]): HTMLElement {
  const head = heads.map((text, i) => element("th", { scope: "col", class: i === 0 ? undefined : "numeric" }, text));
  return element(
    "div",
    { class: "wide" },
    element(
      "table",
      { class: "tail-risk" },
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows.map((cells) => element("tr", {}, ...cells))),
    ),
  );
}
