import type { Verdict } from "./verdict.ts";

/** Marks before conditions: held in what was studied, did not, and nobody can know yet. */
const MARKS = { true: "✓", false: "✗", null: "?" } as const;

/** A verdict as paragraphs and lists of plain text. */
export function verdictText({ headline, summary, conditions, against, inFavour, unknown }: Verdict): string {
  const list = (title: string, lines: readonly string[]) => lines.length === 0 ? [] : [`${title}\n${lines.join("\n")}`];
  return [
    `Verdict: ${headline}. ${summary}`,
    ...list(
      "For this to make money, the following would have to be true (✓ was so, ✗ was not, ? nobody knows):",
      conditions.map(({ sentence, held }) => `  ${MARKS[`${held}`]} ${sentence}`),
    ),
    ...list("Against it:", against.map(({ weight, sentence }) => `  ${weight === "fatal" ? "✗✗" : "✗"} ${sentence}`)),
    ...list("For it:", inFavour.map(({ sentence }) => `  ✓ ${sentence}`)),
    ...list("Not known:", unknown.map((sentence) => `  ? ${sentence}`)),
  ].join("\n\n");
}
