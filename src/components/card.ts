import { type Content, element } from "./element.ts";

/** A framed part of a page: title, what it shows in a line, controls at the right, and the content. */
export function card(
  title: string,
  { note, controls = [] }: { readonly note?: string; readonly controls?: readonly Content[] },
  ...content: readonly Content[]
): HTMLElement {
  const head = element(
    "header",
    {},
    element("div", {}, element("h2", {}, title), ...(note ? [element("p", {}, note)] : [])),
    ...controls,
  );
  return element("section", { class: "card", "aria-label": title }, head, ...content);
}
