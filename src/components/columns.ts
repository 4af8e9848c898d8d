import { element } from "./element.ts";

/** Cards beside each other; below each other on a narrow page. */
export function columns(...cards: readonly HTMLElement[]): HTMLElement {
  return element("div", { class: "beside-each-other" }, ...cards);
}
