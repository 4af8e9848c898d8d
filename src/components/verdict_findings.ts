import { card } from "./card.ts";
import { columns } from "./columns.ts";
import { element } from "./element.ts";
import type { Point, VerdictData } from "./verdict_data.ts";

const HELD = { true: ["✓", "was so"], false: ["✗", "was not so"], null: ["?", "nobody knows yet"] } as const;

/** What would have to be true for the strategy to make money, each with whether it was. */
export function conditionCard({ verdict: { conditions, unknown } }: VerdictData): HTMLElement {
  const lines = conditions.map(({ sentence, held }) => {
    const [mark, words] = HELD[`${held}`];
    return line(`held-${held}`, mark, sentence, words);
  });
  return card(
    "For this to make money, the following would have to be true",
    { note: "✓ it was so in what was studied, ✗ it was not, ? nobody can know yet." },
    element("ul", { class: "findings", "aria-label": "Conditions" }, ...lines),
    ...(unknown.length === 0 ? [] : [
      element("h3", {}, "Not looked at"),
      element("ul", { class: "findings" }, ...unknown.map((sentence) => line("held-null", "–", sentence))),
    ]),
  );
}

/** What speaks against it, the gravest first, and for it. */
export function findingCards({ verdict: { against, inFavour } }: VerdictData): HTMLElement {
  return columns(pointCard("What speaks against it", against), pointCard("What speaks for it", inFavour));
}

function pointCard(title: string, points: readonly Point[]): HTMLElement {
  if (points.length === 0) return card(title, {}, element("p", { class: "empty" }, "Nothing that was found."));
  const lines = points.map(({ weight, sentence }) =>
    line(weight, weight === "good" ? "✓" : "✗", sentence, weight === "fatal" ? "enough to rule it out" : undefined)
  );
  return card(title, {}, element("ul", { class: "findings" }, ...lines));
}

function line(name: string, mark: string, sentence: string, words?: string): HTMLElement {
  return element(
    "li",
    { class: name },
    element("span", { class: "mark", "aria-hidden": "true" }, mark),
    element("span", {}, sentence, ...(words ? [element("small", {}, ` ${words}`)] : [])),
  );
}
