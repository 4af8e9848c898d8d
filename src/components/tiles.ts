import { element } from "./element.ts";

/** A figure in large type. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  /** Said below it. */
  readonly beside?: string;
  /** Said on hover. */
  readonly title?: string;
  /** `gain` or `loss`. */
  readonly mark?: string | undefined;
}

/** A few figures beside each other. */
export function tileRow(tiles: readonly Tile[]): HTMLElement {
  return element(
    "dl",
    { class: "key-figures study-figures", style: `--tiles: ${tiles.length}` },
    ...tiles.map(({ label, value, beside, title, mark }) =>
      element(
        "div",
        { class: "tile", title },
        element("dt", {}, label),
        element("dd", { class: mark }, value),
        ...(beside === undefined ? [] : [element("dd", { class: "beside" }, beside)]),
      )
    ),
  );
}
