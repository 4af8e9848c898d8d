import { element } from "./element.ts";
import type { Meaning } from "./study_words.ts";

/** Figures with what they mean. */
export function meaningTable(rows: readonly Meaning[]): HTMLElement {
  return element(
    "table",
    { class: "meanings" },
    element(
      "tbody",
      {},
      ...rows.map(([figure, value, meaning]) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, figure),
          element("td", { class: "numeric" }, value),
          element("td", {}, meaning),
        )
      ),
    ),
  );
}
