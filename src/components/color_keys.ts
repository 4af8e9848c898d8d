import { element } from "./element.ts";

/** What the colours of a chart stand for. */
export function colorKeys(
  ...keys: readonly (readonly [color: "accent" | "other" | "loss", name: string])[]
): HTMLElement {
  return element(
    "div",
    { class: "keys" },
    ...keys.map(([color, name]) => element("span", { class: `key ${color}` }, name)),
  );
}
