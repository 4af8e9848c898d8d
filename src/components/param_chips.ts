import { element } from "./element.ts";

/** Parameters with their values, a chip each. */
export function paramChips(params: Readonly<Record<string, unknown>>): HTMLElement[] {
  return Object.entries(params).map(([name, value]) => element("span", { class: "chip" }, `${name} ${value}`));
}
