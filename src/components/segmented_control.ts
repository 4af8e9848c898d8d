import { element } from "./element.ts";

/** A row of buttons of which one is pressed; `choose` is called with the position of a newly pressed one. */
export function segmentedControl(
  label: string,
  choices: readonly string[],
  pressed: number,
  choose: (index: number) => void,
): HTMLElement {
  const buttons = choices.map((choice, i) =>
    element("button", { type: "button", "aria-pressed": String(i === pressed) }, choice)
  );
  buttons.forEach((button, i) =>
    button.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      choose(i);
    })
  );
  return element("div", { class: "segments", role: "group", "aria-label": label }, ...buttons);
}
